/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunRecord, RunState } from '../../src/protocol/run.js';
import type { CalibrationView, ConfusionView } from '../../src/protocol/sample.js';
import { encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { pictures, record, withViews, type Recording } from './recording.js';

/** How well a fine-tuned network does. */

const classes = ['cat', 'dog', 'bird'];
const confusion: ConfusionView = {
  kind: 'confusion',
  from: 'test',
  classes,
  counts: 'confusion',
  examples: 'examples',
  labels: [0, 0, 1, 2, 0, 1],
  guesses: [1, 1, 0, 1, 0, 1],
  confidences: 'confidences',
};
const confusionTensors: Record<string, NamedTensor> = {
  confusion: { shape: [3, 3], data: Int32Array.of(6, 2, 0, 1, 1199, 0, 0, 3, 9) },
  examples: pictures(6),
  confidences: { shape: [6], data: Float32Array.of(0.6, 0.9, 0.7, 0.8, 0.99, 0.95) },
};
const calibration: CalibrationView = { kind: 'calibration', from: 'test', bins: 'bins', expectedError: 0.042 };
/** Of four bins the first is empty, the others are too sure by 0.05, 0, 0.05. */
const bins = Float32Array.of(0, 0, 0, 0.4, 0.35, 10, 0.6, 0.6, 4, 0.9, 0.85, 40);
const both: Record<string, NamedTensor> = { ...confusionTensors, bins: { shape: [4, 3], data: bins } };

function tuned(part: Partial<RunRecord> = {}, recording: Recording = record(2)): Recording {
  const whole = withViews(recording, [confusion, calibration], both);
  return { ...whole, run: { ...whole.run, stage: 'finetune', method: 'full', parent: 'a', ...part } };
}

describe('how well a classifier does is shown', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  const cell = (row: number, column: number) =>
    monitor.host.page
      .locator('.confusion-grid [role=row]')
      .nth(row + 1)
      .locator('[role=gridcell]')
      .nth(column);
  const listed = () =>
    monitor.host.page
      .locator('.confusion-examples li')
      .evaluateAll((items) => items.map((item) => item.getAttribute('title')));
  const title = () => monitor.host.page.locator('.confusion-examples h3').innerText();

  it('as a matrix with the counts, each cell in words, the diagonal set apart', async () => {
    const { page } = await monitor.showAll(tuned());
    assert.equal(await page.getByText('1,214 of 1,220 right').count(), 1);
    assert.equal(await cell(0, 1).getAttribute('aria-label'), '2 of 8 “cat” are taken for “dog”');
    assert.equal(await cell(1, 1).getAttribute('aria-label'), '1,199 of 1,200 “dog” are right');
    assert.deepEqual(await page.locator('.confusion-grid [role=gridcell]').allTextContents(), [
      '6', '2', '', '1', '1,199', '', '', '3', '9',
    ]); // prettier-ignore
    const border = (row: number, column: number) =>
      cell(row, column).evaluate((element) => getComputedStyle(element).borderTopWidth);
    assert.deepEqual([await border(1, 1), await border(0, 1)], ['1px', '0px']);
  });

  it('in shades of parts of the class, however many examples it has', async () => {
    await monitor.showAll(tuned());
    const shade = (row: number, column: number) =>
      cell(row, column).evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(await shade(0, 0), await shade(2, 2), '6 of 8 as 9 of 12');
    assert.equal(await shade(0, 1), await shade(2, 1), '2 of 8 as 3 of 12');
    const distinct = new Set([await shade(0, 0), await shade(0, 1), await shade(0, 2), await shade(1, 1)]);
    assert.equal(distinct.size, 4);
  });

  it('with what is most surely wrong, and the examples of a cell that is clicked until it is clicked again', async () => {
    const { page } = await monitor.showAll(tuned());
    const wrong = ['wrong: dog, 90 %, it is cat', 'wrong: dog, 80 %, it is bird', 'wrong: cat, 70 %, it is dog'];
    assert.deepEqual(await listed(), [...wrong, 'wrong: dog, 60 %, it is cat']);
    await cell(0, 1).click();
    assert.deepEqual(await listed(), ['wrong: dog, 90 %, it is cat', 'wrong: dog, 60 %, it is cat']);
    assert.equal(await title(), '2 of 8 “cat” are taken for “dog”');
    await cell(1, 1).click();
    assert.deepEqual(await listed(), ['right: dog, 95 %']);
    assert.equal(await title(), '1,199 of 1,200 “dog” are right · the 1 surest');
    assert.equal(await cell(0, 1).getAttribute('aria-selected'), 'false');
    await cell(1, 1).click();
    assert.equal((await listed()).length, 4);
    await cell(0, 1).click();
    await page.getByRole('button', { name: 'Most surely wrong' }).click();
    assert.equal((await listed()).length, 4);
  });

  it('to the keyboard alone, which stays within the matrix', async () => {
    const { page } = await monitor.showAll(tuned());
    assert.equal(await page.locator('.confusion-grid [tabindex="0"]').count(), 1);
    await cell(0, 0).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    assert.equal(await title(), '3 of 12 “bird” are taken for “dog” · the 1 surest');
    assert.equal(await cell(2, 1).getAttribute('tabindex'), '0');
    assert.equal(await page.locator('.confusion-grid [tabindex="0"]').count(), 1);
    assert.ok(await cell(2, 1).evaluate((element) => element === document.activeElement));
    await page.keyboard.press('Escape');
    assert.equal(await title(), 'Most surely wrong');
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.locator('.confusion-words').innerText(), '0 of 12 “bird” are taken for “cat”');
    await monitor.host.settle();
    assert.equal(monitor.host.of('pause').length, 0, 'space chooses, it does not pause');
    assert.ok(await page.locator('.timeline .following').isVisible(), 'arrows do not move the time');
  });

  it('with texts in place of pictures, where examples are ids of tokens', async () => {
    const tokens = JSON.stringify({ 5: ' the', 6: ' <b>cat</b>', 7: ' sat' });
    const examples: NamedTensor = { shape: [2, 3], data: Int32Array.of(5, 6, 7, 5, 7, -1) };
    const probabilities: NamedTensor = { shape: [2, 2], data: Float32Array.of(0.9, 0.1, 0.3, 0.7) };
    const counts: NamedTensor = { shape: [2, 2], data: Int32Array.of(0, 2, 0, 0) };
    const recording = withViews(
      record(2),
      [
        { ...confusion, classes: ['a', 'b'], labels: [0, 0], guesses: [1, 1] },
        { kind: 'guesses', from: 'validation', input: 'ids', classes: ['a', 'b'], labels: [0, 0], probabilities: 'p' },
      ],
      {
        confusion: counts,
        examples,
        confidences: { shape: [2], data: Float32Array.of(0.6, 0.8) },
        ids: examples,
        p: probabilities,
      },
      { tokens },
    );
    const { dataset } = recording.run;
    recording.run = { ...recording.run, dataset: { ...dataset!, kind: 'text' } };
    const { page } = await monitor.showAll(recording);
    const texts = (of: string) => page.locator(`${of} .example-text`).allTextContents();
    assert.deepEqual(await texts('.confusion-examples'), ['the sat', 'the <b>cat</b> sat']);
    assert.deepEqual(await texts('.guesses'), ['the <b>cat</b> sat', 'the sat']);
    assert.equal(await page.locator('.guesses canvas, .confusion canvas').count(), 0);
    assert.equal(await page.locator('.guesses .section-head').getByText('validation examples').count(), 1);
  });

  /** As many classes as this, every tenth example taken for the next one. */
  function many(size: number): Recording {
    const names = Array.from({ length: size }, (_, i) => `a class with a long name ${i}`);
    const counts = new Int32Array(size * size);
    for (let i = 0; i < size; i++) {
      counts[i * size + i] = 9;
      counts[i * size + ((i + 1) % size)] = 1;
    }
    const view = { ...confusion, classes: names, labels: [1, 1, 2, 3, 4, 5], guesses: [2, 2, 3, 4, 5, 6] };
    return withViews(record(2), [view], { ...confusionTensors, confusion: { shape: [size, size], data: counts } });
  }

  for (const [size, width] of [
    [77, 1280],
    [77, 420],
    [100, 900],
    [10, 420],
  ] as const)
    it(`${size} classes on ${width} pixels, cells in place, nothing beside the page`, async () => {
      const { page } = await monitor.showAll(many(size), { width, height: 900 });
      const [wide, room] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.ok(wide <= room, `${wide} in ${room}`);
      const from = (await cell(0, 0).boundingBox())!;
      const to = (await cell(size - 1, size - 1).boundingBox())!;
      const pitch = (to.x - from.x) / (size - 1);
      assert.ok(pitch >= 9 && Math.abs(pitch - 1 - from.width) < 0.1, `cells ${pitch} apart, ${from.width} wide`);
      assert.ok(to.y > from.y);
      await cell(1, 2).click();
      assert.match(await title(), /^1 of 10 “a class with a long name 1” are taken for “a class with a long name 2”/);
      await page.locator('.confusion').screenshot({ path: path.join(results, `confusion-${size}-${width}.png`) });
    });

  it('as the part that is right by confidence, and in a sentence', async () => {
    const { page } = await monitor.showAll(tuned());
    assert.equal(
      await page.locator('.calibration > p').first().innerText(),
      'On average it is 4.2 points surer than right.',
    );
    const shares = (of: string) =>
      page
        .locator(`${of} > span`)
        .evaluateAll((bars) =>
          bars.map((bar) => Math.round((100 * bar.querySelector('i')!.clientHeight) / bar.clientHeight)),
        );
    assert.deepEqual(await shares('.calibration-plot'), [0, 35, 60, 85]);
    const [, some = 0, few = 0, most] = await shares('.calibration-counts');
    assert.ok(few > 6 && few < 14 && some > 20 && some < 30 && most === 100, `${some} ${few} ${most}`);
    assert.match(
      (await page.locator('.calibration-plot').getAttribute('aria-label'))!,
      /right\. 10 examples with a confidence of 40\.0 % on average: 35\.0 % are right\. 4 examples/,
    );
  });

  it('in another sentence where it is too careful, both, or neither', async () => {
    const sentence = async (expectedError: number, ...values: number[]): Promise<string> => {
      const tensors = { bins: { shape: [values.length / 3, 3], data: Float32Array.from(values) } };
      const { page } = await monitor.showAll(withViews(record(2), [{ ...calibration, expectedError }], tensors));
      return page.locator('.calibration > p').first().innerText();
    };
    assert.equal(await sentence(0.1, 0.4, 0.5, 5, 0.7, 0.8, 5), 'On average it is 10.0 points less sure than right.');
    assert.match(await sentence(0.1, 0.4, 0.5, 5, 0.8, 0.7, 5), /^On average its confidence is 10\.0 points off, here/);
    assert.equal(await sentence(0.004, 0.4, 0.404, 5), 'It is right as often as it is sure.');
  });

  describe('with a header that says', () => {
    const facts = async (recording: Recording, state?: RunState): Promise<string> => {
      const host = await monitor.open();
      await host.show(recording, state);
      return (await host.page.locator('.facts').innerText()).replace(/\s+/g, ' ');
    };
    const accurate = (recording: Recording): Recording => ({
      ...recording,
      metrics: recording.metrics.map((metric) =>
        'validationLoss' in metric.values
          ? { ...metric, values: { ...metric.values, validationAccuracy: 0.71, probeAccuracy: 0.6 } }
          : metric,
      ),
    });

    it('how it is taught, on how many labels, and how often it is right so far', async () => {
      const told = await facts(accurate(tuned()));
      assert.match(told, /Epoch 2 of 100 step 470 Full fine-tuning on 60,000 labels validation accuracy 71\.0 % loss/);
      assert.doesNotMatch(told, /test accuracy|probe/);
    });

    it('in the end how often it is right on what no choice depends on, else on all of the validation', async () => {
      const ended = { state: 'completed', epochs: 2 } as const;
      const metrics = { validationAccuracy: 0.705 };
      assert.match(
        await facts(accurate(tuned({ ...ended, metrics: { ...metrics, testAccuracy: 0.6994 } }))),
        /labels test accuracy 69\.9 % loss/,
      );
      assert.match(await facts(accurate(tuned({ ...ended, metrics }))), /validation accuracy 70\.5 %/);
    });

    it('nothing of the kind of a pretraining', async () => {
      assert.doesNotMatch(await facts(accurate(record(2))), /labels|accuracy/);
    });

    it('iterations of what is solved, of which nobody knows how many it takes', async () => {
      const solved = (part: Partial<RunRecord>): Recording => {
        const whole = tuned({ method: 'probe', stepsPerEpoch: 1, ...part });
        const metrics = whole.metrics.slice(0, 12).map((metric) => ({ ...metric, epoch: metric.step }));
        return { ...whole, metrics, events: whole.events.slice(0, 3) };
      };
      const told = await facts(solved({ epochs: 1000 }));
      assert.match(told, /^Iteration 12 Linear probe on 60,000 labels loss 0\.\d+ TensorFlow/);
      assert.doesNotMatch(told, /1,000|left|step|Epoch|\/s/);
      const { page } = monitor.host;
      assert.equal(await page.getByRole('textbox', { name: 'Learning rate' }).count(), 0, 'which has no effect');
      assert.equal(await page.locator('.progress').isVisible(), false);
      assert.equal(await page.locator('.timeline .where').innerText(), 'Iteration 12');
      const whole = solved({ epochs: 12, step: 12, epoch: 12, state: 'completed' });
      whole.events.push({ step: 12, epoch: 12, at: '2026-11-24T11:00:00Z', type: 'state', state: 'completed' });
      assert.match(await facts(whole), /^Iteration 12/);
      assert.equal(await monitor.host.page.getByText('Complete after 12 iterations.').count(), 1);
    });

    it('of nearest neighbours, which have no steps, nothing but how well they do; there are no curves and no time', async () => {
      const whole = tuned({ method: 'neighbours', epochs: 0, stepsPerEpoch: 1, state: 'completed', seconds: 3 });
      const at = { step: 0, epoch: 0, at: '2026-11-24T11:00:00Z' };
      const told = await facts({
        ...whole,
        metrics: [{ ...at, time: 1, values: { trainingLoss: 0, validationLoss: 0.4, validationAccuracy: 0.85 } }],
        events: [...whole.events.slice(0, 3), { ...at, type: 'state', state: 'completed' }],
      });
      assert.equal(
        told,
        'Nearest neighbours on 60,000 labels validation accuracy 85.0 % validation 0.4000 TensorFlow 2.20 · 1 thread took 3 s',
      );
      const { page } = monitor.host;
      for (const part of ['.loss', '.terms', '.timeline', '.curves', '.waiting'])
        assert.equal(await page.locator(part).isVisible(), false, part);
      assert.equal(await page.getByText('Complete.', { exact: true }).count(), 1);
      assert.ok(await page.locator('.confusion').isVisible());
    });
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`with letters that can be read on every shade in the theme ${theme}`, async () => {
      const size = 10;
      const view = { ...confusion, classes: Array.from({ length: size }, (_, i) => `class ${i}`) };
      // In each row the parts 1 %, 4 %, 9 % ... so that shades are evenly spread.
      const row = Array.from({ length: size }, (_, i) => (i + 1) ** 2);
      const counts = Int32Array.from({ length: size * size }, (_, i) =>
        i % size === Math.floor(i / size) ? 400 - row[i % size]! : i < size ? row[i]! : 1 + ((i * 7) % 90),
      );
      const tensors = { ...both, confusion: { shape: [size, size], data: counts } };
      const host = await monitor.showAll(withViews(record(2), [view, calibration], tensors), { theme, height: 1500 });
      const contrasts = await host.page.locator('.confusion-cell').evaluateAll((cells) => {
        const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
        const luminance = (colour: string): number => {
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
          const [r = 0, g = 0, b = 0] = Array.from(pen.getImageData(0, 0, 1, 1).data, (byte) =>
            byte / 255 <= 0.03928 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
          );
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        return cells.map((cell) => {
          const { color, backgroundColor } = getComputedStyle(cell);
          const [dark = 0, bright = 0] = [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
          return (bright + 0.05) / (dark + 0.05);
        });
      });
      assert.ok(Math.min(...contrasts) >= 4.5, `contrast ${Math.min(...contrasts)}`);
      await host.page.locator('.confusion').scrollIntoViewIfNeeded();
      await host.page.screenshot({ path: path.join(results, `classifying-${theme}.png`) });
    });

  describe('of which a file may be wrong:', () => {
    const decoded = (view: object, tensors: Record<string, NamedTensor> = both) =>
      decodeSample(0, encodeSafetensors({ tensors, metadata: { views: JSON.stringify([view]) } }));

    it('what it leaves out or has too much of is told', () => {
      assert.deepEqual(decoded(confusion).confusion!.shown[0], {
        example: 4,
        label: 0,
        guess: 0,
        confidence: Math.fround(0.99),
      });
      for (const part of [{ classes: [] }, { classes: undefined }, { counts: 'examples' }, { classes: ['a', 'b'] }])
        assert.throws(() => decoded({ ...confusion, ...part }), /confusion matrix/);
      for (const part of [{ labels: [0] }, { guesses: null }, { confidences: 'bins' }])
        assert.throws(() => decoded({ ...confusion, ...part }), /what each of 6 examples is taken for/);
      assert.throws(() => decoded({ ...confusion, examples: 'bins' }), /do not say what the rows of bins are/);
      assert.throws(() => decoded({ ...calibration, bins: 'confidences' }), /not a matrix/);
    });

    it('examples of classes that are not there are left out, and what is no number is none', () => {
      const { shown } = decoded({ ...confusion, labels: [0, 7, -1, 1.5, null, 'cat'] }).confusion!;
      assert.deepEqual(
        shown.map(({ example }) => example),
        [0],
      );
      const strange = { bins: { shape: [1, 3], data: Float32Array.of(NaN, 7, -3) } };
      assert.deepEqual(decoded(calibration, strange).calibration!.bins, [{ confidence: 0, accuracy: 1, count: 0 }]);
    });
  });
});
