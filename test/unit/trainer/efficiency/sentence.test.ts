import assert from 'node:assert/strict';
import type { EfficiencyMean } from '../../../../src/protocol/efficiency.js';
import { sentenceOf, verdictsOf } from '../../../../src/trainer/efficiency/sentence.js';

/** @param curves means by budget */
function means(curves: Record<string, Record<number, number>>, half: number | null = 0.02): EfficiencyMean[] {
  return Object.entries(curves).flatMap(([mode, curve]) =>
    Object.entries(curve).map(([labels, mean]) => ({
      mode,
      labelsPerClass: Number(labels),
      seeds: half === null ? 1 : 3,
      mean,
      low: half === null ? null : mean - half,
      high: half === null ? null : mean + half,
      gain:
        half === null || mode === 'scratch' ? null : gain(mean - (curves['scratch']?.[Number(labels)] ?? NaN), half),
    })),
  );
}

const gain = (difference: number, half: number) =>
  Number.isNaN(difference) ? null : { low: difference - 2 * half, high: difference + 2 * half };

const say = (found: EfficiencyMean[], wanted: number | null = null) =>
  sentenceOf(found, 'accuracy', wanted, (mode) => mode);

describe('The sentence of a measurement', () => {
  const scratch = { 1: 0.3, 10: 0.6, 100: 0.83 };

  it('says how many labels the same accuracy takes from scratch', () =>
    assert.equal(
      say(means({ scratch, probe: { 1: 0.5, 10: 0.78, 100: 0.9 }, full: { 1: 0.4, 10: 0.7, 100: 0.9 } })),
      'With 10 labels per class the pretrained encoder (probe) reaches 78 %; from scratch that takes about 61.',
    ));

  it('says that it takes more than were measured', () =>
    assert.match(
      say(means({ scratch, full: { 1: 0.6, 10: 0.85, 100: 0.9 } })),
      /^With 10 .* \(full\) reaches 85 %; from scratch that takes more than 100\.$/,
    ));

  it('speaks of the budget that the reader has in mind, or the nearest that was measured', () => {
    const found = means({ scratch, probe: { 1: 0.5, 10: 0.78, 100: 0.9 } });
    assert.match(say(found, 90), /^With 100 labels per class .*90 %.*more than 100/);
    assert.match(say(found, 2), /^With 1 label per class .*50 %.*about 4\.6\./);
  });

  it('says plainly when it does not help', () => {
    assert.equal(
      say(means({ scratch, probe: { 1: 0.5, 10: 0.58, 100: 0.7 } })),
      'With 10 labels per class the pretrained encoder (probe) reaches 58 %, from scratch 60 %: here pretraining does not help. It helps with 1. It does worse than scratch with 100.',
    );
    assert.match(
      say(means({ scratch, probe: { 10: 0.62 } })),
      /62 %, from scratch 60 %, but by these seeds that may be chance/,
    );
    assert.match(say(means({ scratch, probe: { 10: 0.9 } }, null)), /One seed shows no more than that/);
  });

  it('speaks of macro F1 and of each label where an example may have several', () => {
    const found = means({ scratch, probe: { 1: 0.5, 10: 0.78, 100: 0.9 } });
    const said = (wanted: number, of = found) => sentenceOf(of, 'macroF1', wanted, (mode) => mode);
    assert.equal(
      said(10),
      'With 10 examples of each label the pretrained encoder (probe) reaches a macro F1 of 78 %; from scratch that takes about 61.',
    );
    assert.match(said(1), /^With 1 example of each label .* a macro F1 of 50 %/);
    assert.match(said(10, means({ scratch })), /a network reaches a macro F1 of 60 % from scratch/);
  });

  it('says where it is not so', () =>
    assert.match(
      say(means({ scratch, probe: { 1: 0.5, 10: 0.78, 100: 0.84 } })),
      /about 61\. With 100 it may be chance\.$/,
    ));

  it('says what was not compared', () => {
    assert.match(say(means({ probe: { 10: 0.8 } })), /reaches 80 %\. It was not compared: add the mode "scratch"\./);
    assert.match(say(means({ scratch })), /a network reaches 60 % from scratch\. No pretrained mode was measured\./);
    assert.equal(say([]), 'Nothing was measured yet.');
  });
});

describe('The verdict of a budget', () => {
  it('is by the gain of the best pretrained mode over scratch', () =>
    assert.deepEqual(
      verdictsOf(
        means({
          scratch: { 1: 0.5, 2: 0.5, 5: 0.5, 10: 0.5 },
          probe: { 1: 0.3, 2: 0.3, 5: 0.3 },
          full: { 1: 0.6, 2: 0.4, 5: 0.53 },
        }),
      ),
      [
        { labelsPerClass: 1, verdict: 'helps' },
        { labelsPerClass: 2, verdict: 'hurts' },
        { labelsPerClass: 5, verdict: 'unclear' },
      ],
    ));
});
