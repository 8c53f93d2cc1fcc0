import { drawDigit, DIGIT_SIZE } from '../../src/data/strokeDraw.js';
import { stream } from '../../src/protocol/random.js';
import type { MetricRecord, RunEvent, RunRecord } from '../../src/protocol/run.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';

/** A run as a trainer would have written it: made of formulas, so that tests know what must be shown. */
export interface Recording {
  run: RunRecord;
  metrics: MetricRecord[];
  events: RunEvent[];
  /** By step. */
  samples: Map<number, Uint8Array>;
}

export const STEPS_PER_EPOCH = 235;
const PICTURES = 10;
const UNITS = 32;

/** Falls as the loss of a small autoencoder does, with a little noise that depends on the step alone. */
export function lossAt(step: number): number {
  const noise = Math.sin(step * 12.9898) * 43758.5453;
  return 0.082 + 0.3 * Math.exp(-step / 30) + 0.2 * Math.exp(-step / 420) + 0.004 * (noise - Math.floor(noise) - 0.5);
}

export function validationAt(step: number): number {
  return 0.08 + 0.3 * Math.exp(-step / 30) + 0.2 * Math.exp(-step / 420);
}

export function record(epochs: number, total = 100): Recording {
  const steps = epochs * STEPS_PER_EPOCH;
  const metrics: MetricRecord[] = [];
  const at = (step: number): string => new Date(Date.UTC(2026, 10, 24, 11, 0, 0) + step * 20).toISOString();
  const events: RunEvent[] = [
    { step: 0, epoch: 0, at: at(0), type: 'state', state: 'preparing' },
    { step: 0, epoch: 0, at: at(0), type: 'state', state: 'running' },
    { step: 0, epoch: 0, at: at(0), type: 'sample' },
  ];
  const samples = new Map([[0, sampleBytes(0, 0)]]);
  for (let step = 1; step <= steps; step++) {
    const epoch = step / STEPS_PER_EPOCH;
    const time = step * 0.00207;
    metrics.push({ step, epoch, time, values: { loss: lossAt(step) } });
    const whole = step % STEPS_PER_EPOCH === 0;
    if (whole) {
      const validationLoss = validationAt(step);
      metrics.push({
        step,
        epoch,
        time,
        values: { trainingLoss: lossAt(step), validationLoss, examplesPerSecond: 118400 },
      });
      events.push({ step, epoch, at: at(step), type: 'checkpoint' });
    }
    if (whole || [5, 20, 50, 100].includes(step)) {
      samples.set(step, sampleBytes(step, epoch));
      events.push({ step, epoch, at: at(step), type: 'sample' });
    }
  }
  events.push(
    {
      step: steps,
      epoch: epochs,
      at: at(steps),
      type: 'diagnosis',
      level: 'good',
      message: 'No sign of overfitting: training and validation agree within 0.001.',
    },
    {
      step: steps,
      epoch: epochs,
      at: at(steps),
      type: 'diagnosis',
      level: 'warning',
      message: '2 of 32 code units are zero for every image.',
      advice: 'A smaller code, or a lower learning rate at the start, may do as well.',
      recipePath: ['encoder', 'units'],
    },
    { step: steps, epoch: epochs, at: at(steps), type: 'change', name: 'learningRate', from: 0.002, to: 0.001 },
    {
      step: steps,
      epoch: epochs,
      at: at(steps),
      type: 'diagnosis',
      level: 'good',
      message: 'Learning well: validation loss fell 3.1 % in the last three epochs.',
    },
  );
  return { run: runRecord({ epochs: total, step: steps, epoch: epochs }), metrics, events, samples };
}

export function runRecord(part: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 1,
    id: '20261124-110000-mnist-autoencoder',
    name: 'mnist-autoencoder',
    stage: 'pretrain',
    method: 'autoencoder',
    parent: null,
    state: 'running',
    engine: { name: 'tensorflow', version: '2.20.0', threads: 1, features: [] },
    versions: {},
    seed: 1,
    dataset: {
      path: 'mnist',
      kind: 'image',
      format: 'idx',
      trainingCount: 60000,
      validationCount: 10000,
      validationFrom: 'test',
      shape: [28, 28, 1],
      preparation: { kind: 'numbers', shape: [28, 28, 1], range: [0, 255] },
      classes: null,
      fingerprint: '',
    },
    summary: 'Autoencoder 784 → 32 → 784 · binary cross-entropy',
    parameters: 50992,
    epochs: 100,
    stepsPerEpoch: STEPS_PER_EPOCH,
    batchSize: 256,
    step: 0,
    epoch: 0,
    learningRate: 0.001,
    created: '2026-11-24T11:00:00Z',
    started: '2026-11-24T11:00:00Z',
    ended: null,
    seconds: 0,
    pid: 1,
    address: null,
    recipePath: '/workspace/digits.pretrain.json',
    metrics: {},
    error: null,
    ...part,
  };
}

export function lines(records: readonly unknown[]): string {
  return records.map((value) => JSON.stringify(value) + '\n').join('');
}

const size = DIGIT_SIZE * DIGIT_SIZE;
const digits = drawDigits();

function drawDigits(): Uint8Array {
  const data = new Uint8Array(PICTURES * size);
  const random = stream(3, 'monitor tests');
  for (let digit = 0; digit < PICTURES; digit++) drawDigit(digit, random, data, digit * size);
  return data;
}

/** What a network that has learnt for so long makes of the digits: grey noise at first, then ever less blurred. */
export function outputAt(step: number): Uint8Array {
  if (step === 0) return Uint8Array.from(digits, (_value, i) => 128 + 14 * Math.sin(i * 7.77) + 10 * Math.sin(i * 1.3));
  let output: Float32Array = Float32Array.from(digits);
  for (let pass = 0; pass < Math.round(9 / (1 + step / 120)) + 1; pass++) output = blur(output);
  return Uint8Array.from(output, (value, i) =>
    Math.min(255, value * 1.12 + (6 * Math.abs(Math.sin(i * 3.1))) / (1 + step / 300)),
  );
}

export function meanAbsoluteError(step: number): number {
  const output = outputAt(step);
  return digits.reduce((sum, value, i) => sum + Math.abs((output[i] ?? 0) - value), 0) / digits.length / 255;
}

function blur(source: Float32Array): Float32Array {
  const into = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const start = i - (i % size);
    const x = i % DIGIT_SIZE;
    const y = Math.floor((i % size) / DIGIT_SIZE);
    let sum = 0;
    for (const [dx, dy, weight] of KERNEL) {
      const [px, py] = [Math.min(27, Math.max(0, x + dx)), Math.min(27, Math.max(0, y + dy))];
      sum += weight * (source[start + py * DIGIT_SIZE + px] ?? 0);
    }
    into[i] = sum;
  }
  return into;
}

const KERNEL = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].map((dx) => [dx, dy, ((dx ? 1 : 2) * (dy ? 1 : 2)) / 16] as const),
);

function weightsAt(step: number): Float32Array {
  const data = new Float32Array(UNITS * size);
  for (let unit = 0; unit < UNITS; unit++)
    for (let i = 0; i < size; i++) {
      const x = (i % DIGIT_SIZE) / 28 - 0.5;
      const y = Math.floor(i / DIGIT_SIZE) / 28 - 0.5;
      const angle = unit * 0.7;
      const wave = Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) * (9 + (unit % 5) * 4) + unit);
      const learnt = wave * Math.exp(-(x * x + y * y) * 7);
      const noise = Math.sin(i * 12.9898 + unit * 78.233) * 0.5;
      const share = step / (step + 200);
      data[unit * size + i] = 0.3 * (learnt * share + noise * (1 - share) * 0.6);
    }
  return data;
}

export function sampleBytes(step: number, epoch: number): Uint8Array {
  const shape = [PICTURES, DIGIT_SIZE, DIGIT_SIZE, 1];
  const views: SampleView[] = [
    { kind: 'reconstruction', from: 'test', input: 'input', output: 'output' },
    { kind: 'weights', tensor: 'weights', total: UNITS },
  ];
  return encodeSafetensors({
    tensors: {
      input: { shape, data: digits },
      output: { shape, data: outputAt(step) },
      weights: { shape: [UNITS, DIGIT_SIZE, DIGIT_SIZE, 1], data: weightsAt(step) },
    },
    metadata: { step: JSON.stringify(step), epoch: JSON.stringify(epoch), views: JSON.stringify(views) },
  });
}

/** A recording with more views in each sample. */
export function withViews(
  recording: Recording,
  views: SampleView[],
  tensors: Record<string, NamedTensor>,
  more: Record<string, string> = {},
): Recording {
  const samples = new Map(
    [...recording.samples].map(([step, bytes]) => {
      const file = decodeSafetensors(bytes);
      const before = JSON.parse(file.metadata['views']!) as SampleView[];
      const metadata = { ...file.metadata, ...more, views: JSON.stringify([...before, ...views]) };
      return [step, encodeSafetensors({ tensors: { ...file.tensors, ...tensors }, metadata })] as const;
    }),
  );
  return { ...recording, samples };
}

/** The digits of the recording in each place of a grid, each picture a little darker than the one before. */
export function pictures(count: number): NamedTensor {
  const data = new Uint8Array(count * size);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < size; k++)
      data[i * size + k] = (digits[((i * 3) % 10) * size + k] as number) * (1 - (0.6 * i) / count);
  return { shape: [count, 28, 28, 1], data };
}
