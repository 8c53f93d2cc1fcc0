import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { openPool, Pool } from '../../../../src/data/work/pool.js';
import { setLanguage } from '../../../../src/protocol/l10n.js';
import { image, references } from '../image/reference.js';
import { temporaryFolder } from '../make.js';
import * as functions from './functions.js';

const from = (name: string): string => path.join(__dirname, name);
/** Runs as long as it takes until the others are seen to go on beside it. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('A pool of workers', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const file = (): string => at('worker.js');
  const pools: Pool<typeof functions>[] = [];
  const open = (threads: number, own: string | null = file()): Pool<typeof functions> => {
    const pool = new Pool<typeof functions>(() => Promise.resolve(functions), { file: own, threads });
    pools.push(pool);
    return pool;
  };

  before(() => {
    buildSync({ entryPoints: [from('worker.ts')], outfile: file(), bundle: true, platform: 'node' });
  });
  afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

  for (const kind of ['threads', 'this thread']) {
    const usual = (): Pool<typeof functions> => open(2, kind === 'threads' ? file() : null);

    it(`gives each job its own result, on ${kind}`, async () => {
      const pool = usual();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => pool.run('double', () => ({ values: Uint8Array.of(i, 1) }))),
      );
      results.forEach(({ values }, i) => assert.deepEqual([...values], [2 * i, 2]));
    });

    it(`passes on a function’s error and goes on, on ${kind}`, async () => {
      const pool = usual();
      const failed = pool.run('fail', () => ({ why: 'it is damaged' }));
      const done = pool.run('double', () => ({ values: Uint8Array.of(4) }));
      await assert.rejects(failed, new Error('it is damaged'));
      assert.deepEqual([...(await done).values], [8]);
    });

    it(`says what is wrong in the language of who asks, on ${kind}`, async () => {
      setLanguage('de', { 'it is empty (0 bytes)': 'sie ist leer (0 Bytes)' });
      try {
        await assert.rejects(
          usual().run('failInWords', () => undefined),
          new Error('sie ist leer (0 Bytes)'),
        );
      } finally {
        setLanguage('en', {});
      }
    });

    it(`passes on the error of an input that cannot be made, on ${kind}`, async () => {
      const pool = usual();
      const reason = new Error('no such file');
      await assert.rejects(
        pool.run('double', () => Promise.reject(reason)),
        reason,
      );
      assert.equal((await pool.run('double', () => ({ values: Uint8Array.of(4) }))).values[0], 8);
    });

    it(`makes only a few inputs ahead, on ${kind}`, async () => {
      const pool = usual();
      let [made, done, most] = [0, 0, 0];
      const job = async (): Promise<void> => {
        await pool.run('double', () => {
          most = Math.max(most, ++made - done);
          return { values: new Uint8Array(10) };
        });
        done++;
      };
      await Promise.all(Array.from({ length: 40 }, job));
      assert.ok(most <= 5, `${most} at once`);
    });

    it(`rejects what its signal stops, whether it waits or runs, on ${kind}`, async () => {
      const pool = usual();
      const controller = new AbortController();
      const reason = new Error('stopped');
      let made = 0;
      const jobs = Array.from({ length: 20 }, () =>
        pool.run(
          'where',
          () => {
            made++;
            return { milliseconds: 5 };
          },
          controller.signal,
        ),
      );
      const other = pool.run('where', () => ({ milliseconds: 0 }));
      await pause();
      controller.abort(reason);
      const settled = await Promise.allSettled(jobs);
      assert.ok(settled.filter(({ status }) => status === 'rejected').length >= 10);
      for (const result of settled) if (result.status === 'rejected') assert.equal(result.reason, reason);
      await other;
      assert.ok(made < 15, `${made} inputs were made`);
      await assert.rejects(
        pool.run('where', () => ({ milliseconds: 0 }), controller.signal),
        reason,
      );
    });

    it(`rejects what is not done when it is closed, and what comes later, on ${kind}`, async () => {
      const pool = usual();
      const jobs = Array.from({ length: 10 }, () => pool.run('where', () => ({ milliseconds: 50 })));
      const settled = Promise.allSettled(jobs);
      await pool.close();
      for (const result of await settled) assert.match(String((result as PromiseRejectedResult).reason), /was closed/);
      await assert.rejects(
        pool.run('where', () => ({ milliseconds: 0 })),
        /was closed/,
      );
    });
  }

  it('uses all its threads and not more', async () => {
    const pool = open(2);
    const threads = await Promise.all(
      Array.from({ length: 12 }, () => pool.run('where', () => ({ milliseconds: 20 }))),
    );
    assert.equal(new Set(threads).size, 2);
    assert.ok(!threads.includes(0));
  });

  it('hands memory over instead of copying it, but none that others use as well', async () => {
    const pool = open(1);
    const own = new Uint8Array(1000);
    await pool.run('double', () => ({ values: own }));
    assert.equal(own.byteLength, 0);
    const shared = new Uint8Array(1000);
    const part = shared.subarray(10, 20);
    await pool.run('double', () => ({ values: part }));
    assert.equal(part.byteLength, 10);
  });

  it('loses only the job at which a thread ends: the others are done by another', async () => {
    const pool = open(1);
    let made = 0;
    const first = pool.run('double', () => ({ values: Uint8Array.of(1) }));
    const crashed = pool.run('crash', () => undefined);
    const next = pool.run('double', () => {
      made++;
      return { values: Uint8Array.of(3) };
    });
    const last = pool.run('double', () => ({ values: Uint8Array.of(4) }));
    assert.equal((await first).values[0], 2);
    await assert.rejects(crashed, /^Error: its worker ended$/);
    assert.deepEqual([(await next).values[0], (await last).values[0]], [6, 8]);
    assert.equal(made, 2);
  });

  it('passes on that a result cannot be sent', async () => {
    await assert.rejects(
      open(1).run('uncloneable', () => undefined),
      /could not be cloned/,
    );
  });

  it('tells why a thread ended, and ends trying when none starts', async () => {
    writeFileSync(at('broken.js'), 'throw new Error("no start")');
    const pool = open(1, at('broken.js'));
    const jobs = [1, 2, 3].map(() => pool.run('where', () => ({ milliseconds: 0 })));
    for (const result of await Promise.allSettled(jobs))
      assert.match(String((result as PromiseRejectedResult).reason), /its worker ended \(no start\)/);
  });

  it('keeps its process alive while it works, and not when it is idle', () => {
    const script = `
      import { Pool } from ${JSON.stringify(from('../../../../src/data/work/pool.ts'))};
      const pool = new Pool(() => { throw new Error('never'); }, { file: ${JSON.stringify(file())} });
      const work = () => pool.run('where', () => ({ milliseconds: 300 }));
      void work().then(work).then((thread) => console.log('done', thread > 0));`;
    writeFileSync(at('idle.mts'), script);
    const out = execFileSync(process.execPath, ['--import', 'tsx', at('idle.mts')], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(out.trim(), 'done true');
  });

  it('decodes and resizes images, from sources too', async () => {
    const pool = openPool();
    try {
      const load = () => ({ bytes: image('420.jpg'), channels: 3 as const });
      const whole = await pool.run('decodeImage', load);
      assert.deepEqual(Buffer.from(whole.data), references.get('420.jpg')?.rgb);
      const resizing = { width: 8, height: 6, fit: 'stretch' as const };
      const small = await pool.run('decodeImage', () => ({ ...load(), resizing }));
      assert.equal(small.data.length, 8 * 6 * 3);
      await assert.rejects(
        pool.run('decodeImage', () => ({ ...load(), bytes: Buffer.from('no image') })),
        /^Error: it is neither PNG/,
      );
      const several = await pool.run('decodeImages', () => [load(), { ...load(), bytes: Buffer.from('GIF89a') }]);
      assert.deepEqual(several[0], whole);
      assert.match((several[1] as { error: string }).error, /^it is a GIF/);
    } finally {
      await pool.close();
    }
  });
});
