import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RunFeed, type FeedMessage, type FeedOptions } from '../../../src/host/runFeed.js';
import { TrackedRun } from '../../../src/host/trackedRun.js';
import { FakeTrainer, runRecord, temporaryFolder, until, writeRun } from './support.js';

describe('The feed of a monitor', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let run: TrackedRun;
  let feed: RunFeed | null;
  let messages: FeedMessage[];

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    run = new TrackedRun(folder, { mayConnect: () => true, lookAgain: 20, silence: 100 });
    messages = [];
    feed = null;
  });
  afterEach(async () => {
    feed?.dispose();
    run.dispose();
    await remove();
  });

  function start(
    options: FeedOptions = {},
    send = (message: FeedMessage): Promise<unknown> => Promise.resolve(messages.push(message)),
  ): void {
    feed = new RunFeed(run, send, { interval: 10, poll: 10, ...options });
    void feed.start();
  }

  const text = (type: 'metrics' | 'events') =>
    messages
      .slice(messages.findLastIndex((message) => message.type === 'show'))
      .map((message) => (message.type === type ? message.text : ''))
      .join('');
  const types = () => messages.map(({ type }) => type);
  const metrics = () => readFile(path.join(folder, 'metrics.jsonl'), 'utf8');

  it('shows a finished run from its folder alone, and then says that this was all', async () => {
    await writeRun(folder, runRecord({ state: 'completed' }));
    await writeFile(path.join(folder, 'metrics.jsonl'), '{"step":1}\n{"step":2}\n');
    await writeFile(path.join(folder, 'events.jsonl'), '{"type":"sample"}\n');
    await run.refresh();
    start();
    await until(() => types().includes('live'), 'live');
    assert.deepEqual(types(), ['show', 'metrics', 'events', 'live']);
    assert.equal(text('metrics'), '{"step":1}\n{"step":2}\n');
    assert.equal(text('events'), '{"type":"sample"}\n');
  });

  it('gives each line once and in order, whenever it joins a run that is being written', async () => {
    const trainer = await FakeTrainer.start(folder);
    let step = 0;
    const write = async (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        await trainer.append(
          'metrics',
          Array.from({ length: 1 + (step % 7) }, () => `{"step":${step++}}`),
        );
        if (i % 5 === 0) await trainer.append('events', [`{"type":"sample","step":${step}}`]);
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    await write(50);
    await run.refresh();
    const writing = write(200);
    start({ interval: 3, chunkBytes: 64, queueBytes: 128 });
    await writing;
    await until(() => text('metrics').endsWith(`{"step":${step - 1}}\n`), 'all metrics');
    assert.equal(text('metrics'), await metrics());
    await until(() => text('events').length === trainer.sizes.events, 'all events');
    assert.equal(text('events'), await readFile(path.join(folder, 'events.jsonl'), 'utf8'));
    await trainer.die();
  });

  it('sends together what comes quickly', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    start({ interval: 100 });
    await until(() => types().includes('live'), 'live');
    const begin = Date.now();
    for (let step = 0; step < 500; step++) {
      await trainer.append('metrics', [`{"step":${step}}`]);
      trainer.push({ type: 'run', run: { ...trainer.record, step } });
    }
    await until(() => text('metrics').includes('"step":499'), 'all metrics');
    const rounds = (Date.now() - begin) / 100 + 2;
    assert.ok(types().filter((type) => type === 'metrics').length <= rounds);
    assert.ok(types().filter((type) => type === 'run').length <= rounds);
    await trainer.die();
  });

  it('has one message under way, however slow the monitor is', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    let underWay = 0;
    let most = 0;
    start({ interval: 1, queueBytes: 200 }, async (message) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay--;
      messages.push(message);
    });
    for (let step = 0; step < 300; step++) await trainer.append('metrics', [`{"step":${step}}`]);
    await until(() => text('metrics').includes('"step":299'), 'all metrics');
    assert.equal(most, 1);
    assert.equal(text('metrics'), await metrics());
    await trainer.die();
  });

  it('gives events while metrics never cease', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    let rounds = 0;
    start({ interval: 1 }, async (message) => {
      messages.push(message);
      if (message.type !== 'metrics' || rounds++ > 200) return;
      const pushed = new Promise((resolve) => run.pushed.add(resolve));
      await trainer.append('metrics', [`{"step":${rounds}}`]); // done while this message was on its way
      await pushed;
    });
    await until(() => types().includes('live'), 'live');
    await trainer.append('metrics', ['{"step":0}']);
    await until(() => text('metrics').includes('"step":5}'), 'steps');
    await trainer.append('events', ['{"type":"sample","step":5}']);
    await until(() => text('events') !== '', 'the event');
    assert.ok(rounds < 100, `${rounds} rounds of metrics came before the event`);
    await trainer.die();
  });

  it('watches the files while no trainer answers', async () => {
    await writeRun(folder, runRecord({ state: 'running', pid: process.pid }));
    await run.refresh();
    start();
    await until(() => types().includes('live'), 'live');
    await appendFile(path.join(folder, 'metrics.jsonl'), '{"step":1}\n{"st');
    await until(() => text('metrics') === '{"step":1}\n', 'the first line');
    await appendFile(path.join(folder, 'metrics.jsonl'), 'ep":2}\n');
    await until(() => text('metrics') === '{"step":1}\n{"step":2}\n', 'the second line');
  });

  it('goes on without a gap when the trainer dies and another one resumes the run', async () => {
    const first = await FakeTrainer.start(folder);
    await first.append('metrics', ['{"step":1}']);
    await run.refresh();
    start();
    await first.append('metrics', ['{"step":2}']);
    await until(() => text('metrics').includes('"step":2'), 'both lines');
    await first.die();
    await until(
      () => messages.some((message) => message.type === 'run' && message.state === 'interrupted'),
      'interrupted',
    );
    const second = await FakeTrainer.start(folder);
    Object.assign(second.sizes, first.sizes);
    await second.append('metrics', ['{"step":3}']);
    await run.refresh();
    await second.append('metrics', ['{"step":4}']);
    await until(() => text('metrics').includes('"step":4'), 'all lines');
    assert.equal(text('metrics'), await metrics());
    assert.equal(types().filter((type) => type === 'show').length, 1);
    await second.die();
  });

  it('shows the run anew when its files were replaced', async () => {
    await writeRun(folder, runRecord({ state: 'stopped' }));
    await writeFile(path.join(folder, 'metrics.jsonl'), '{"step":1}\n{"step":2}\n');
    await run.refresh();
    start();
    await until(() => types().includes('live'), 'live');
    await truncate(path.join(folder, 'metrics.jsonl'), 11);
    await until(() => types().filter((type) => type === 'show').length === 2, 'shown again');
    await until(() => text('metrics') === '{"step":1}\n', 'from the beginning');
  });

  it('passes on what is being prepared', async () => {
    const trainer = await FakeTrainer.start(folder, { state: 'preparing' });
    await run.refresh();
    start();
    await until(() => types().includes('live'), 'live');
    trainer.push({ type: 'progress', message: 'Reading images', fraction: 0.25 });
    await until(() => types().includes('progress'), 'progress');
    assert.deepEqual(
      messages.find(({ type }) => type === 'progress'),
      { type: 'progress', message: 'Reading images', fraction: 0.25 },
    );
    await trainer.die();
  });

  it('sends nothing once it is disposed', async () => {
    const trainer = await FakeTrainer.start(folder);
    await run.refresh();
    start();
    await until(() => types().includes('live'), 'live');
    feed?.dispose();
    const count = messages.length;
    await trainer.append('metrics', ['{"step":1}']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(messages.length, count);
    await trainer.die();
  });
});
