import assert from 'node:assert/strict';
import { EventStore } from '../../webview/state/events.js';
import { Inbox } from '../../webview/state/inbox.js';
import { MetricStore } from '../../webview/state/metrics.js';
import { decodeSample } from '../../webview/state/samples.js';
import { SampleStore } from '../../webview/state/sampleStore.js';
import { readViewState } from '../../webview/state/viewState.js';
import { errorFigures } from '../../webview/view/pictures.js';
import { encodeSafetensors } from '../../src/protocol/safetensors.js';
import { meanAbsoluteError, outputAt, runRecord, sampleBytes } from './recording.js';

function metric(step: number, values: Record<string, unknown>, time = step * 0.01): string {
  return JSON.stringify({ step, epoch: step / 10, time, values });
}

function filled(...lines: string[]): MetricStore {
  const store = new MetricStore();
  for (const line of lines) store.addLine(line);
  return store;
}

function values(store: MetricStore, name: string): number[] {
  const series = store.series.get(name);
  return series ? Array.from(series.value.data.subarray(0, series.value.length)) : [];
}

function steps(store: MetricStore, name: string): number[] {
  const series = store.series.get(name);
  return series ? Array.from(series.step.data.subarray(0, series.step.length)) : [];
}

describe('metrics of the monitor', () => {
  it('keep every named value in its own series', () => {
    const store = filled(metric(1, { loss: 0.5 }), metric(2, { loss: 0.4, validationLoss: 0.45, kl: 3 }));
    assert.deepEqual(values(store, 'loss'), [0.5, 0.4]);
    assert.deepEqual(steps(store, 'validationLoss'), [2]);
    assert.deepEqual(values(store, 'kl'), [3]);
    assert.equal(store.lastStep, 2);
    assert.equal(store.lastEpoch, 0.2);
  });

  it('grow past the first allocation without losing a point', () => {
    const store = filled(...Array.from({ length: 5000 }, (_v, i) => metric(i + 1, { loss: i })));
    assert.equal(values(store, 'loss').length, 5000);
    assert.deepEqual([values(store, 'loss')[7], values(store, 'loss')[4999]], [7, 4999]);
  });

  it('let the later measurement count when a resumed run passes the same steps again', () => {
    const store = filled(
      metric(8, { loss: 8 }),
      metric(9, { loss: 9 }),
      metric(10, { loss: 10 }),
      metric(10, { validationLoss: 100 }),
      metric(11, { loss: 11 }),
      metric(9, { loss: 90 }),
    );
    assert.deepEqual(steps(store, 'loss'), [8, 9]);
    assert.deepEqual(values(store, 'loss'), [8, 90]);
    assert.deepEqual(steps(store, 'validationLoss'), [], 'a validation after the checkpoint is of the lost past');
    assert.equal(store.lastStep, 9);
  });

  it('keep the validation that belongs to the checkpoint a run is resumed from', () => {
    const store = filled(
      metric(10, { loss: 1 }),
      metric(10, { validationLoss: 2 }),
      metric(12, { loss: 3 }),
      metric(11, { loss: 4 }),
    );
    assert.deepEqual(steps(store, 'validationLoss'), [10]);
    assert.deepEqual(steps(store, 'loss'), [10, 11]);
  });

  it('count lines that are broken and go on', () => {
    const store = filled(
      metric(1, { loss: 1 }),
      '{"step": 2, "epo',
      '[]',
      'null',
      '{"step":"x","values":{}}',
      '{"step":3}',
      '',
      metric(4, { loss: 4 }),
    );
    assert.equal(store.broken, 5);
    assert.equal(store.firstBroken, 2);
    assert.deepEqual(values(store, 'loss'), [1, 4]);
  });

  it('show what is not a number as a gap, also as Python writes it', () => {
    const store = filled(
      '{"step":1,"epoch":0,"time":0,"values":{"loss":NaN}}',
      '{"step":2,"epoch":0,"time":0,"values":{"loss":-Infinity}}',
      '{"step":3,"epoch":0,"time":0,"values":{"loss":null}}',
      '{"step":4,"epoch":0,"time":0,"values":{"loss":1e999}}',
      '{"step":5,"epoch":0,"time":0,"values":{"loss":{"a":1},"x":"text"}}',
    );
    assert.equal(store.broken, 0);
    assert.deepEqual(values(store, 'loss'), [NaN, NaN, NaN, NaN]);
    assert.equal(store.series.has('x'), false);
  });

  it('do not let a file with endless names fill the memory', () => {
    const store = filled(...Array.from({ length: 500 }, (_v, i) => metric(i, { [`name${i}`]: 1 })));
    assert.ok(store.series.size <= 64);
  });

  it('never let epoch or time run backwards within a series', () => {
    const store = filled(
      '{"step":1,"epoch":0.5,"time":9,"values":{"loss":1}}',
      '{"step":2,"values":{"loss":1}}',
      '{"step":3,"epoch":0.1,"time":"x","values":{"loss":1}}',
    );
    const loss = store.series.get('loss');
    assert.deepEqual(Array.from(loss?.epoch.data.subarray(0, 3) ?? []), [0.5, 0.5, 0.5]);
    assert.deepEqual(Array.from(loss?.time.data.subarray(0, 3) ?? []), [9, 9, 9]);
  });
});

describe('events of the monitor', () => {
  it('keep checkpoints and samples ascending when a resumed run passes them again', () => {
    const store = new EventStore();
    for (const [type, step] of [
      ['sample', 0],
      ['sample', 10],
      ['checkpoint', 10],
      ['sample', 20],
      ['sample', 10],
      ['sample', 15],
    ])
      store.addLine(JSON.stringify({ type, step, epoch: 0, at: '' }));
    assert.deepEqual(
      store.samples.map(({ step }) => step),
      [0, 10, 15],
    );
    assert.deepEqual(
      store.checkpoints.map(({ step }) => step),
      [10],
    );
  });

  it('keep as turns what the curves may show a trace of, without what a resumed run has undone', () => {
    const store = new EventStore();
    const add = (step: number, event: object) => store.addLine(JSON.stringify({ step, epoch: 0, at: '', ...event }));
    add(0, { type: 'state', state: 'running' });
    add(10, { type: 'change', name: 'learningRate', from: 1, to: 0.1 });
    add(20, { type: 'state', state: 'paused' });
    add(20, { type: 'change', name: 'learningRate', from: 0.1, to: 0.2 });
    add(20, { type: 'state', state: 'running' });
    add(40, { type: 'change', name: 'learningRate', from: 0.2, to: 0.3 });
    const told = () =>
      store.turns.map((turn) => (turn.type === 'change' ? `${turn.step}: ${turn.to}` : `${turn.step}`));
    assert.deepEqual(told(), ['10: 0.1', '20: 0.2', '40: 0.3']);
    add(30, { type: 'state', state: 'running' }); // the trainer was killed and went on from its checkpoint
    assert.deepEqual(told(), ['10: 0.1', '20: 0.2', '30']);
  });

  it('leave out what they do not know, and bound what they keep', () => {
    const store = new EventStore();
    store.addLine('{"type":"newThing","step":1,"epoch":0,"at":""}');
    store.addLine('{"type":"state","state":"dancing","step":1,"epoch":0,"at":""}');
    store.addLine('nonsense');
    assert.equal(store.happenings.length, 0);
    assert.equal(store.broken, 1);
    for (let i = 0; i < 2000; i++)
      store.addLine(
        JSON.stringify({ type: 'diagnosis', level: 'good', message: 'x'.repeat(5000), step: i, epoch: 0, at: '' }),
      );
    assert.equal(store.happenings.length, 500);
    const last = store.happenings.at(-1);
    assert.ok(last?.type === 'diagnosis' && last.message.length === 2000);
  });
});

describe('samples of the monitor', () => {
  it('are decoded with their pictures', () => {
    const sample = decodeSample(20, sampleBytes(20, 0.1));
    assert.equal(sample.epoch, 0.1);
    assert.deepEqual(sample.reconstruction?.output.data, outputAt(20));
    assert.equal(sample.weights?.pictures.count, 32);
  });

  it('have an error that equals the mean absolute difference of the pictures', () => {
    const { reconstruction } = decodeSample(100, sampleBytes(100, 0.4));
    const figures = errorFigures(reconstruction!.input, reconstruction!.output);
    assert.ok(Math.abs(figures.meanAbsolute - meanAbsoluteError(100)) < 1e-9);
    assert.ok(figures.fullColour > 0 && figures.fullColour <= 1 && figures.largest <= 1);
  });

  it('are asked for once, at most four at a time, and forgotten in the order of their last use', () => {
    const asked: number[] = [];
    let time = 0;
    const store = new SampleStore(
      (step) => asked.push(step),
      () => time,
    );
    for (let step = 0; step < 6; step++) store.get(step);
    store.get(0);
    assert.deepEqual(asked, [0, 1, 2, 3]);
    time = 10_000;
    store.get(5);
    assert.deepEqual(asked, [0, 1, 2, 3, 5], 'an answer that never comes holds nothing up');
    const bytes = sampleBytes(0, 0);
    for (let step = 0; step < 200; step++) {
      store.receive(step, bytes);
      store.get(0);
    }
    assert.equal(store.get(0)?.step, 0);
    assert.equal(store.get(199)?.step, 199);
    asked.length = 0;
    store.get(1);
    assert.deepEqual(asked, [1], 'the oldest was forgotten and is asked for again');
  });

  it('that are missing or broken are remembered with the reason', () => {
    const store = new SampleStore(
      () => undefined,
      () => 0,
    );
    const reasons = (bytes: Uint8Array | null): string | undefined => {
      store.receive(1, bytes);
      assert.equal(store.get(1), undefined);
      return store.refusal(1);
    };
    assert.equal(reasons(null), '');
    assert.match(reasons(new Uint8Array(3)) ?? '', /shorter than 8 bytes/);
    assert.match(reasons(sampleBytes(0, 0).subarray(0, 5000)) ?? '', /cut off/);
    const file = (tensors: Parameters<typeof encodeSafetensors>[0]['tensors'], views: unknown): Uint8Array =>
      encodeSafetensors({ tensors, metadata: { step: '1', epoch: '0', views: JSON.stringify(views) } });
    const view = [{ kind: 'reconstruction', from: 'test', input: 'a', output: 'b' }];
    assert.match(
      reasons(file({ a: { shape: [1, 2, 2, 1], data: new Uint8Array(4) } }, view)) ?? '',
      /Tensor b is not in the file/,
    );
    assert.match(reasons(file({ a: { shape: [4], data: new Uint8Array(4) } }, view)) ?? '', /\[4\]/);
    assert.match(reasons(file({}, { no: 'list' })) ?? '', /not a list/);
    store.receive(1, file({}, [{ kind: 'somethingNew' }, null, 3]));
    assert.equal(store.get(1)?.reconstruction, null, 'views of a newer version are left out');
  });
});

describe('reading what arrives', () => {
  it('goes on in the middle of a text after a pause, in order, each line once', () => {
    const seen: string[] = [];
    let time = 0;
    const inbox = new Inbox(
      { message: ({ type }) => seen.push(type), line: (file, line) => seen.push(`${file} ${line}`) },
      () => (time += 1),
    );
    const text = Array.from({ length: 1000 }, (_v, i) => `${i}\n`).join('');
    inbox.add({ type: 'metrics', text });
    inbox.add({ type: 'events', text: 'a\nb\n' });
    inbox.add({ type: 'live' });
    let turns = 1;
    while (inbox.read(2)) turns += 1;
    assert.ok(turns > 3, `${turns} turns`);
    assert.deepEqual(seen, [
      ...Array.from({ length: 1000 }, (_v, i) => `metrics ${i}`),
      'events a',
      'events b',
      'live',
    ]);
  });

  it('drops what was not read yet when another run is shown', () => {
    const seen: string[] = [];
    const inbox = new Inbox(
      { message: ({ type }) => seen.push(type), line: (_file, line) => seen.push(line) },
      () => 0,
    );
    inbox.add({ type: 'metrics', text: 'old\n' });
    inbox.add({ type: 'show', run: runRecord(), state: 'running' });
    inbox.read(5);
    assert.deepEqual(seen, ['show']);
  });
});

describe('view state', () => {
  it('comes back as far as it makes sense, else from the settings, else from the defaults', () => {
    const settings = { smoothing: 0.3, logAxis: false };
    const kept = {
      runId: 'a',
      position: 12,
      sample: 10,
      smoothing: 7,
      xAxis: 'moon',
      mapMethod: 'umap',
      mapColour: 'sun',
      extra: 1,
    };
    assert.deepEqual(readViewState(kept, settings), {
      runId: 'a',
      logAxis: false,
      smoothing: 0.3,
      xAxis: 'step',
      mapMethod: 'umap',
      mapColour: 'label',
      position: 12,
      sample: 10,
    });
    assert.equal(readViewState('garbage', null).position, null);
  });
});
