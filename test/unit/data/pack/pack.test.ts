import * as assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { PackCache } from '../../../../src/data/pack/cache.js';
import { pack, type PackOptions } from '../../../../src/data/pack/pack.js';
import type { Preparation, Preparer } from '../../../../src/data/prepare/preparation.js';
import { DataError, type Collection } from '../../../../src/data/reader.js';
import { temporaryFolder } from '../make.js';

type Texts = Preparation & { kind: 'text' };

/** Texts "0", "1", ...; visited in the order of their remainders by three, as an archive might give them. */
function texts(count: number): Collection<'text'> & { visited: number[] } {
  const visited: number[] = [];
  return {
    kind: 'text',
    visited,
    info: {
      kind: 'text',
      format: 'test',
      path: '/data/texts',
      count,
      shape: [-1],
      range: null,
      classes: null,
      groups: null,
      splits: [{ name: 'train', start: 0, count }],
      problems: [],
      files: [],
    },
    labels: null,
    groups: null,
    name: (position) => `text ${position}`,
    async visit(positions, action) {
      const wanted = Array.from(positions ?? { length: count }, (position, i) => position ?? i);
      for (const position of wanted.sort((a, b) => (a % 3) - (b % 3))) {
        visited.push(position);
        await action(position, position === 13 ? new DataError('text 13 is torn', 'text 13') : String(position));
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Two values: the number and its square; 7 has none. */
const squares: Preparer<'text', Texts> = {
  kind: 'text',
  typeOf: () => 'float32',
  parallel: false,
  plan: () => ({ preparation, notes: [] }),
  open: () => (text) => {
    if (text === '7') throw new Error('it is unlucky');
    return Float32Array.of(Number(text), Number(text) ** 2);
  },
};
const preparation: Texts = { kind: 'text', shape: [2], range: [0, 100] };

describe('Packing', () => {
  const at = temporaryFolder();
  const positions = (count: number, without: number[] = []): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => i).filter((i) => !without.includes(i));
  const options = (more: Partial<PackOptions> = {}): PackOptions => ({
    positions: positions(30, [7, 13]),
    cache: null,
    fingerprint: 'sha256:1',
    onError: 'stop',
    ...more,
  });

  for (const [place, memoryBytes] of [
    ['memory', 1e9],
    ['a file', 0],
  ] as const) {
    it(`keeps examples by position in ${place}, in whatever order they were read`, async () => {
      const cache = new PackCache(at(place));
      const collection = texts(30);
      const { values } = await pack(collection, squares, preparation, options({ cache, memoryBytes }));
      assert.deepEqual(await values.read([29, 0, 5, 6, 8]), Float32Array.of(29, 841, 0, 0, 5, 25, 6, 36, 8, 64));
      assert.throws(() => values.read([7]), RangeError);
      await values.close();

      const again = texts(30);
      const second = await pack(again, squares, preparation, options({ cache, memoryBytes }));
      assert.deepEqual([again.visited, await second.values.read([29])], [[], Float32Array.of(29, 841)]);
      await second.values.close();
    });

    it(`prepares anew for other data, another preparation or other positions, in ${place}`, async () => {
      const cache = new PackCache(at(place));
      for (const [other, more] of [
        [preparation, { fingerprint: 'sha256:2' }],
        [{ ...preparation, range: [0, 1] as [number, number] }, {}],
        [preparation, { positions: positions(20, [7, 13]) }],
      ] as const) {
        const collection = texts(30);
        const { values } = await pack(collection, squares, other, options({ cache, memoryBytes, ...more }));
        assert.ok(collection.visited.length > 0);
        await values.close();
      }
    });

    it(`leaves out what cannot be read when that is wanted, and remembers it, in ${place}`, async () => {
      const cache = new PackCache(at(`${place} skipped`));
      for (let time = 0; time < 2; time++) {
        const { values, unreadable, notKept } = await pack(
          texts(30),
          squares,
          preparation,
          options({ cache, memoryBytes, positions: positions(30), onError: 'skip' }),
        );
        assert.deepEqual(
          [...unreadable],
          [
            [7, 'text 7 cannot be used: it is unlucky.'],
            [13, 'text 13 is torn'],
          ],
        );
        assert.equal(notKept, null);
        assert.deepEqual(await values.read([14]), Float32Array.of(14, 196));
        await values.close();
      }
    });

    it(`stops at what cannot be read and leaves nothing behind, in ${place}`, async () => {
      const cache = new PackCache(at(`${place} stopped`));
      const packing = pack(
        texts(30),
        squares,
        preparation,
        options({ cache, memoryBytes, positions: positions(30, [13]) }),
      );
      await assert.rejects(packing, (error: DataError) => {
        assert.match(error.message, /text 7 cannot be used: it is unlucky/);
        assert.match(error.advice ?? '', /"onError": "skip"/);
        return true;
      });
      await assert.rejects(
        pack(texts(30), squares, preparation, options({ cache, memoryBytes, positions: positions(30, [7]) })),
        /torn/,
      );
      assert.deepEqual(
        readdirSync(at()).includes(`${place} stopped`)
          ? readdirSync(at(`${place} stopped`)).filter((name) => name !== '.gitignore')
          : [],
        [],
      );
    });
  }

  it('refuses data of which nothing can be read', async () => {
    const packing = pack(
      texts(30),
      squares,
      preparation,
      options({ positions: Int32Array.of(7, 13), onError: 'skip' }),
    );
    await assert.rejects(packing, /None of the 2 examples in \/data\/texts can be read/);
  });

  it('trains on what is in memory though it cannot be kept, and says so', async () => {
    writeFileSync(at('no folder'), '');
    const { values, notKept } = await pack(
      texts(30),
      squares,
      preparation,
      options({ cache: new PackCache(path.join(at('no folder'), 'cache')) }),
    );
    assert.deepEqual(await values.read([2]), Float32Array.of(2, 4));
    assert.match(notKept ?? '', /no folder/);
  });

  it('tells when the disk takes no file that is needed', async () => {
    writeFileSync(at('a file'.replace(' ', '-')), '');
    await assert.rejects(
      pack(
        texts(30),
        squares,
        preparation,
        options({ cache: new PackCache(path.join(at('a-file'), 'cache')), memoryBytes: 0 }),
      ),
      DataError,
    );
  });

  describe('in the cache', () => {
    const entry = (folder: string): string => {
      const [name] = readdirSync(at(folder)).filter((one) => !one.startsWith('.'));
      return at(folder, name!);
    };
    const fill = async (folder: string, maxBytes?: number, fingerprint = 'sha256:1'): Promise<number> => {
      const collection = texts(30);
      const cache = new PackCache(at(folder), maxBytes);
      await (await pack(collection, squares, preparation, options({ cache, fingerprint }))).values.close();
      return collection.visited.length;
    };

    it('ignores itself in git', async () => {
      await fill('git');
      assert.equal(readFileSync(at('git', '.gitignore'), 'utf8'), '*\n');
    });

    it('is not trusted when it is damaged', async () => {
      for (const damage of [
        (folder: string) => truncateSync(path.join(folder, 'values.bin'), 100),
        (folder: string) => writeFileSync(path.join(folder, 'pack.json'), '{"version":1'),
        (folder: string) => writeFileSync(path.join(folder, 'pack.json'), '{"version":999}'),
        (folder: string) =>
          writeFileSync(
            path.join(folder, 'pack.json'),
            readFileSync(path.join(folder, 'pack.json'), 'utf8').replace('"rows":28', '"rows":-1'),
          ),
      ]) {
        await fill('damaged');
        assert.equal(await fill('damaged'), 0);
        damage(entry('damaged'));
        assert.equal(await fill('damaged'), 28);
      }
    });

    it('makes room by what was not used for the longest time, and removes what a killed writer left', async () => {
      const bytes = 28 * 8;
      await fill('room', 3 * bytes, 'a');
      const oldest = entry('room');
      for (const name of ['b', 'c']) await fill('room', 3 * bytes, name);
      const long = new Date(Date.now() - 48 * 3600 * 1000);
      for (const name of readdirSync(at('room'))) if (!name.startsWith('.')) utimesSync(at('room', name), long, long);
      const longer = new Date(long.getTime() - 3600 * 1000);
      utimesSync(oldest, longer, longer);
      assert.equal(await fill('room', 3 * bytes, 'a'), 0); // used: the newest now
      mkdirSync(at('room', '.x.1.ab.tmp'));
      utimesSync(at('room', '.x.1.ab.tmp'), long, long);
      mkdirSync(at('room', '.y.1.ab.tmp'));
      await fill('room', 3 * bytes, 'd');
      const names = readdirSync(at('room')).filter((name) => name !== '.gitignore');
      assert.deepEqual([names.length, names.includes('.y.1.ab.tmp'), names.includes('.x.1.ab.tmp')], [4, true, false]);
      assert.ok(statSync(oldest).isDirectory());
    });

    it('serves two that prepare the same at once', async () => {
      assert.deepEqual(await Promise.all([fill('two'), fill('two')]), [28, 28]);
      assert.equal(readdirSync(at('two')).filter((name) => name !== '.gitignore').length, 1);
      assert.equal(await fill('two'), 0);
    });
  });
});
