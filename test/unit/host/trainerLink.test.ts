import assert from 'node:assert/strict';
import net from 'node:net';
import path from 'node:path';
import { NoTrainerError, TrainerLink } from '../../../src/host/trainerLink.js';
import type { TrainerPush } from '../../../src/protocol/trainer.js';
import { FakeTrainer, runRecord, temporaryFolder, until } from './support.js';

describe('A link to a trainer', () => {
  let folder: string;
  let remove: () => Promise<void>;
  const trainers: FakeTrainer[] = [];

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => {
    for (const trainer of trainers.splice(0)) await trainer.die();
    await remove();
  });

  async function start(): Promise<FakeTrainer> {
    const trainer = await FakeTrainer.start(folder);
    trainers.push(trainer);
    return trainer;
  }

  it('knows the run and how far its files reach, also after pushes', async () => {
    const trainer = await start();
    await trainer.append('metrics', ['{"step":1,"µ":1}']);
    const link = await TrainerLink.connect(trainer.address);
    assert.equal(link.run.name, 'digits');
    assert.deepEqual(link.offsets, trainer.sizes);
    const pushes: TrainerPush[] = [];
    link.pushed.add((push) => pushes.push(push));
    await trainer.append('metrics', ['{"step":2,"µ":1}', '{"step":3}']);
    await trainer.append('events', ['{"type":"sample"}']);
    trainer.push({ type: 'run', run: runRecord({ step: 3 }) });
    await until(() => pushes.length === 3, 'three pushes');
    assert.deepEqual(link.offsets, trainer.sizes);
    assert.equal(link.run.step, 3);
    link.close();
  });

  it('passes requests on, and the reason when one is refused', async () => {
    const trainer = await start();
    const link = await TrainerLink.connect(trainer.address);
    await link.request({ type: 'pause' });
    assert.deepEqual(trainer.requests, [{ type: 'pause' }]);
    await assert.rejects(link.request({ type: 'setLearningRate', learningRate: 2 }), /Too high\./);
    link.close();
  });

  it('tells that the trainer is gone, and fails what is asked then', async () => {
    const trainer = await start();
    const link = await TrainerLink.connect(trainer.address);
    let closed = 0;
    link.closed.add(() => closed++);
    await trainer.die();
    await until(() => closed === 1, 'closed');
    await assert.rejects(link.request({ type: 'pause' }));
  });

  it('is refused for certain where nobody listens', async () => {
    const trainer = await start();
    await trainer.die();
    await assert.rejects(
      TrainerLink.connect(trainer.address),
      (error) => error instanceof NoTrainerError && error.gone,
    );
  });

  it('gives up, but not for certain, when no answer comes', async () => {
    const address = path.join(folder, 's');
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(address, resolve));
    await assert.rejects(TrainerLink.connect(address, 50), (error) => error instanceof NoTrainerError && !error.gone);
    server.close();
  });

  it('is none to something else that listens there', async () => {
    for (const answer of [
      'HTTP/1.1 400 Bad Request\n',
      '{"push":{"type":"metrics","lines":[]}}\n',
      '{"push":{"type":"hello"}}\n',
      '{"push":null}\n',
      JSON.stringify({ push: { type: 'run', run: runRecord(), offsets: { metrics: 0, events: 0 } } }) + '\n',
    ]) {
      const address = path.join(folder, `s${answer.length}`);
      const server = net.createServer((socket) => socket.end(answer));
      await new Promise<void>((resolve) => server.listen(address, resolve));
      await assert.rejects(TrainerLink.connect(address), NoTrainerError);
      server.close();
    }
  });
});
