import assert from 'node:assert/strict';
import type { Codes } from '../../../../src/learn/evaluate/codes.js';
import { Diagnostician, normalisedDeviation, type Measured } from '../../../../src/learn/evaluate/diagnose.js';
import type { Diagnosis } from '../../../../src/learn/loop.js';
import { stream } from '../../../../src/protocol/random.js';

/** Normally distributed codes around a middle; the first units are zero for all. */
function codes({ width = 8, dead = 0, middle = 0, spread = 1, count = 400 } = {}): Codes {
  const random = stream(2, 'codes');
  return {
    count,
    width,
    data: Float32Array.from({ length: count * width }, (_, i) =>
      i % width < dead ? 0 : middle + spread * random.normal(),
    ),
  };
}

/** What is told after each of so many epochs that were measured so, by default in a run that goes well. */
function told(epochs: number, at: (epoch: number) => Partial<Measured>, isGame = false): Diagnosis[][] {
  const diagnostician = new Diagnostician(isGame);
  return Array.from({ length: epochs }, (_, i) => {
    const epoch = i + 1;
    const loss = 0.7 / (1 + epoch);
    return diagnostician.examine({
      epoch,
      trainingLoss: loss,
      validation: { loss: loss + 0.01 },
      first: 0.7,
      codes: codes(),
      ...at(epoch),
    });
  });
}

/** Epoch, level and option of all that is told. */
const brief = (all: Diagnosis[][]) =>
  all.flatMap((some, i) => some.map(({ level, recipePath }) => [i + 1, level, (recipePath ?? []).join('.')].join(' ')));

describe('Diagnoses of a training', () => {
  it('are none while it goes well', () => {
    assert.deepEqual(brief(told(19, () => ({}))), []);
  });

  it('tell once of units that are zero for every example, again when they are half, and when they are back', () => {
    const dead = [0, 2, 2, 3, 2, 4, 5, 0, 0, 0, 0];
    const all = told(11, (epoch) => ({ codes: codes({ dead: dead[epoch - 1]! }) }));
    assert.deepEqual(brief(all), ['2 warning encoder', '6 problem encoder', '10 good ']);
    assert.match(all[1]![0]!.message, /^2 of 8 code units are zero for each of 400 examples/);
    assert.match(all[9]![0]!.message, /in use again/);
  });

  it('do not call what comes and goes over', () => {
    const all = told(12, (epoch) => ({ codes: epoch % 3 === 0 ? codes({ dead: 1 }) : codes() }));
    assert.deepEqual(brief(all), ['3 warning encoder']);
  });

  it('judge codes only after epochs in which they were looked at', () => {
    const all = told(12, (epoch) => ({ codes: epoch === 2 ? codes({ dead: 1 }) : null }));
    assert.deepEqual(brief(all), ['2 warning encoder']);
  });

  it('measure the deviation of normalised codes: 1 / √width for normally distributed ones', () => {
    for (const width of [16, 256])
      assert.ok(Math.abs(normalisedDeviation(codes({ width, count: 2000 })) * Math.sqrt(width) - 1) < 0.05);
    // By hand: (1, 0) and (0.6, 0.8) deviate from their mean by 0.2 and 0.4.
    assert.ok(Math.abs(normalisedDeviation({ count: 2, width: 2, data: Float32Array.of(5, 0, 3, 4) }) - 0.3) < 1e-7);
    assert.equal(normalisedDeviation({ count: 2, width: 2, data: new Float32Array(4) }), 0);
  });

  it('tell when all codes point the same way, not when they only lie on one side', () => {
    const collapsed = told(2, () => ({ codes: codes({ middle: 10, spread: 0.1 }) }));
    // What varies across the common direction: 0.1 / 10 · √(1 - 1 / 8) = 0.94 %.
    assert.deepEqual(brief(collapsed), ['1 problem pretrain.optimizer.learningRate']);
    assert.match(collapsed[0]![0]!.message, /nearly all the same.*vary by 0\.9. %/);
    const rectified = codes();
    rectified.data.forEach((value, i) => (rectified.data[i] = Math.max(0, value)));
    assert.deepEqual(brief(told(2, () => ({ codes: rectified }))), []);
  });

  it('tell of a generator that makes the same whatever it starts from, and when that is over', () => {
    const variety = [0.8, 0.05, 0.04, 0.4, 0.5, 0.6, 0.7];
    const all = told(7, (epoch) => ({ validation: { loss: 1, variety: variety[epoch - 1]! } }), true);
    assert.deepEqual(brief(all), ['2 problem pretrain.stabilisation', '6 good ']);
    assert.match(all[1]![0]!.message, /vary by 5\.0 % of what real ones do/);
  });

  it('tell of a variational code that holds nothing, after the first epoch', () => {
    const validation = (kl: number) => ({ loss: 0.2, kl });
    assert.deepEqual(brief(told(3, () => ({ validation: validation(0.02) }))), ['2 problem pretrain.beta']);
    assert.deepEqual(brief(told(3, () => ({ validation: validation(12) }))), []);
  });

  it('tell of overfitting: a validation loss that rises while the training loss falls', () => {
    const rising = (epoch: number) => ({ validation: { loss: 0.2 + 0.02 * Math.abs(epoch - 4) } });
    const all = told(12, rising);
    assert.deepEqual(brief(all), ['9 warning pretrain.earlyStopping']);
    assert.match(all[8]![0]!.message, /lowest in epoch 4 \(0\.2000\) and is now 0\.3000/);
    const both = told(12, (epoch) => ({ ...rising(epoch), trainingLoss: 0.2 + 0.02 * Math.abs(epoch - 4) }));
    assert.deepEqual(brief(both), [], 'the training loss rises as well');
    const hardly = told(12, (epoch) => ({ validation: { loss: 0.2 + 0.001 * Math.abs(epoch - 4) } }));
    assert.deepEqual(brief(hardly), []);
    assert.deepEqual(brief(told(12, rising, true)), [], 'in a game the first loss tells nothing');
  });

  it('tell when nothing is learnt, and when it then is', () => {
    const all = told(9, (epoch) => ({ trainingLoss: epoch < 5 ? 0.699 : 0.3, validation: null }));
    assert.deepEqual(brief(all), ['3 problem pretrain.optimizer.learningRate', '7 good ']);
    assert.deepEqual(brief(told(9, () => ({ trainingLoss: 0.699, validation: null, first: null }))), []);
  });

  it('tell when the loss is at its floor', () => {
    const at = (epoch: number) => 0.1 + 0.6 * Math.exp(-epoch);
    const all = told(40, (epoch) => ({ trainingLoss: at(epoch), validation: { loss: at(epoch) } }));
    // Means of ten epochs differ by 0.06 Σ exp(-k) of the ten before, which is below 0.002 · 0.6 from k = 5 on.
    assert.deepEqual(brief(all), ['24 good pretrain.epochs']);
    const slowly = (epoch: number) => 0.7 - 0.01 * epoch;
    assert.deepEqual(brief(told(40, (epoch) => ({ trainingLoss: slowly(epoch), validation: null }))), []);
  });

  it('forget epochs that training went back before', () => {
    const diagnostician = new Diagnostician(false);
    const measured = (epoch: number, loss: number): Measured => ({
      epoch,
      trainingLoss: 1 / epoch,
      validation: { loss },
      first: 2,
      codes: null,
    });
    for (let epoch = 1; epoch <= 4; epoch++) diagnostician.examine(measured(epoch, 0.1));
    for (let epoch = 1; epoch <= 12; epoch++)
      assert.deepEqual(diagnostician.examine(measured(epoch, 1 - 0.01 * epoch)), []);
  });
});
