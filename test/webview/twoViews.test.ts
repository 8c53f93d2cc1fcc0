/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { record, STEPS_PER_EPOCH, type Recording } from './recording.js';

/** What methods show that learn from two views of each example, from labels, or from a teacher. */

const last = 2 * STEPS_PER_EPOCH;
const count = 10;
const digits = decodeSafetensors(record(0).samples.get(0)!).tensors['input']!;
const inverted: NamedTensor = { shape: digits.shape, data: Uint8Array.from(digits.data, (value) => 255 - value) };

/** 0.9 within pairs, -0.2 between others. */
const similarity: NamedTensor = {
  shape: [count, count],
  data: Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 0.9 : -0.2)),
};
const features = 32;
const correlation: NamedTensor = {
  shape: [features, features],
  data: Float32Array.from({ length: features * features }, (_, i) =>
    i % (features + 1) === 0 ? 0.8 : 0.1 * Math.sin(i * 1.7),
  ),
};
const classes = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
/** All right with 73 % but the last, which is taken for a sandal. */
const probabilities: NamedTensor = {
  shape: [count, count],
  data: Float32Array.from({ length: count * count }, (_, i) => {
    const [row, column] = [Math.floor(i / count), i % count];
    return column === (row === 9 ? 5 : row) ? 0.73 : 0.03;
  }),
};

const pairs: SampleView[] = [
  { kind: 'pairs', from: 'validation', first: 'first', second: 'second', similarity: 'similarity' },
  { kind: 'matrix', tensor: 'correlation' },
];
const guesses: SampleView[] = [
  {
    kind: 'guesses',
    from: 'validation',
    input: 'first',
    classes,
    labels: classes.map((_, i) => i),
    probabilities: 'probabilities',
  },
];

/** A teacher that is right with 91 %: the student disagrees on the last. */
const opinion: NamedTensor = {
  shape: [count, count],
  data: Float32Array.from({ length: count * count }, (_, i) => (Math.floor(i / count) === i % count ? 0.91 : 0.01)),
};
const cosine: NamedTensor = {
  shape: [count],
  data: Float32Array.from({ length: count }, (_, i) => (i === 9 ? -0.2 : 1 - i / 20)),
};
const labelAgreement: SampleView[] = [
  { kind: 'agreement', from: 'validation', input: 'first', classes, student: 'probabilities', teacher: 'opinion' },
];
const featureAgreement: SampleView[] = [{ kind: 'agreement', from: 'validation', input: 'first', cosine: 'cosine' }];

function recording(views: SampleView[]): Recording {
  const tensors = { first: digits, second: inverted, similarity, correlation, probabilities, opinion, cosine };
  const whole = record(2);
  const samples = [...whole.samples].map(([step, bytes]) => {
    const metadata = { ...decodeSafetensors(bytes).metadata, views: JSON.stringify(views) };
    return [step, encodeSafetensors({ tensors, metadata })] as const;
  });
  const metrics = whole.metrics.map((record) => ({
    ...record,
    values: { ...record.values, ...(record.values['loss'] && { alignment: record.step / 1000, uniformity: -2.5 }) },
  }));
  return { ...whole, metrics, samples: new Map(samples) };
}

describe('the monitor shows what is learned from two views, or from labels:', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  const show = async (views: SampleView[], options: { theme?: ThemeName; width?: number; height?: number } = {}) => {
    const host = await monitor.open(options);
    await host.show(recording(views));
    await host.page.locator(`[data-step="${last}"]`).first().waitFor();
    await host.settle();
    return host;
  };

  /** Brightness of a place, as parts of width and height. */
  const brightness = (selector: string, x: number, y: number) =>
    monitor.host.page.locator(selector).evaluate(
      (canvas: HTMLCanvasElement, [x, y]) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const context = copy.getContext('2d', { willReadFrequently: true })!;
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1);
        return [data[0]!, data[1]!, data[2]!];
      },
      [x, y] as const,
    );

  it('pairs of views with their similarity, in pictures, numbers and words', async () => {
    const { page } = await show(pairs);
    assert.deepEqual(await brightness('canvas[data-pair="first"]', 0.001, 0.02), [0, 0, 0]);
    assert.deepEqual(await brightness('canvas[data-pair="second"]', 0.001, 0.02), [255, 255, 255]);
    const figures = await page.locator('.pair-figures span').allTextContents();
    assert.ok(figures.length >= 5 && figures.every((text) => text === '0.90'), figures.join());
    assert.equal(
      await page.locator('.pair-figures').getAttribute('aria-label'),
      'Mean similarity at step 470: 0.90 within pairs, −0.20 between different examples',
    );
    assert.match(await page.locator('.pairs .picture-legend').innerText(), /alignment 0\.4700\s+uniformity [-−]2\.500/);
    assert.equal(await page.locator('.reconstruction').isVisible(), false);
    assert.equal(await page.locator('.guesses').isVisible(), false);
  });

  it('pairs of texts, one above the other, with their similarity', async () => {
    const words = Object.fromEntries(['please', ' cancel', ' my', ' card', '[MASK]'].map((word, i) => [i + 5, word]));
    const ids = (...rows: number[][]): NamedTensor => ({ shape: [2, 4], data: Int32Array.from(rows.flat()) });
    const tensors = {
      first: ids([5, 6, 7, 8], [6, 7, 8, -1]),
      second: ids([6, 9, 8, -1], [7, 8, -1, -1]),
      similarity: { shape: [2, 2], data: Float32Array.of(0.93, -0.1, 0.3, 0.5) },
    };
    const whole = record(2);
    const metadata = { views: JSON.stringify(pairs.slice(0, 1)), tokens: JSON.stringify(words) };
    const samples = new Map([...whole.samples.keys()].map((step) => [step, encodeSafetensors({ tensors, metadata })]));
    const host = await monitor.open();
    await host.show({ ...whole, samples });
    const items = host.page.locator('.pair-texts li');
    await items.first().waitFor();
    assert.deepEqual(
      (await items.allInnerTexts()).map((text) => text.split(/\n+/)),
      [
        ['please cancel my card', 'cancel[MASK] card', 'similarity 0.93'],
        ['cancel my card', 'my card', 'similarity 0.50'],
      ],
    );
    assert.equal(await host.page.locator('.pairs .picture-rows').isVisible(), false);
    assert.match(
      await host.page.locator('.pairs .picture-legend').innerText(),
      /own pair 0\.72\s+other examples 0\.10/,
    );
    await host.page.screenshot({ path: path.join(results, 'views-pairs-of-texts.png') });
  });

  it('each similarity stands under its pair', async () => {
    const { page } = await show(pairs);
    const canvas = (await page.locator('canvas[data-pair="second"]').boundingBox())!;
    const figures = page.locator('.pair-figures span');
    const shown = await figures.count();
    const last = (await figures.nth(shown - 1).boundingBox())!;
    assert.ok(Math.abs(last.x - (canvas.x + ((shown - 1) * (canvas.width + 4)) / shown)) < 3, 'left edges agree');
    assert.ok(last.y >= canvas.y + canvas.height);
  });

  it('the cross-correlation, its diagonal in full colour', async () => {
    const { page } = await show(pairs);
    const [on, beside] = [
      await brightness('.matrix canvas', 0.5 + 0.5 / features, 0.5 + 0.5 / features),
      await brightness('.matrix canvas', 0.9, 0.1),
    ];
    const ground = await brightness('.matrix canvas', 0.5 / features + 1 / features, 0.5 / features);
    const far = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]!));
    assert.ok(far(on, ground) > 4 * far(beside, ground), `${on.join()} ${beside.join()} ${ground.join()}`);
    const mean =
      Array.from(correlation.data).reduce(
        (sum, value, i) => sum + (i % (features + 1) === 0 ? 0 : Math.abs(value)),
        0,
      ) /
      (features * (features - 1));
    assert.equal(
      await page.locator('.matrix canvas').getAttribute('aria-label'),
      `Cross-correlation at step 470: 32 features, mean 0.8 on the diagonal, mean size ${mean.toFixed(2)} beside it`,
    );
  });

  it('guesses: what each example is taken for, and what it is', async () => {
    const { page } = await show(guesses);
    const items = page.locator('.guess-list li');
    assert.equal(await items.count(), count);
    assert.equal(await items.nth(1).getAttribute('data-right'), 'true');
    const drawings = await items
      .locator('canvas')
      .evaluateAll((all: HTMLCanvasElement[]) => all.map((one) => one.toDataURL()));
    assert.equal(new Set(drawings).size, count, 'each its own picture');
    assert.match(await items.nth(1).innerText(), /Trouser\s+73 %/);
    assert.equal(await items.nth(9).getAttribute('data-right'), 'false');
    assert.match(await items.nth(9).innerText(), /Sandal\s+is Ankle boot/);
    assert.equal(
      await items.nth(9).locator('canvas').getAttribute('aria-label'),
      'wrong: Sandal, 73 %, it is Ankle boot',
    );
    assert.equal(await page.getByText('9 of 10 right').count(), 1);
    assert.equal(await page.locator('.pairs').isVisible(), false);
  });

  it('a student beside its teacher, by labels', async () => {
    const { page } = await show(labelAgreement);
    const items = page.locator('.agreement li');
    assert.equal(await items.count(), count);
    assert.equal(await page.getByText('9 of 10 agree').count(), 1);
    assert.equal(await items.nth(1).getAttribute('data-right'), 'true');
    assert.match(await items.nth(1).innerText(), /student\s+Trouser\s+73 %\s+teacher\s+Trouser\s+91 %/);
    assert.equal(await items.nth(9).getAttribute('data-right'), 'false');
    assert.match(await items.nth(9).innerText(), /student\s+Sandal\s+73 %\s+teacher\s+Ankle boot\s+91 %/);
    assert.equal(
      await items.nth(9).locator('canvas').getAttribute('aria-label'),
      'the student says Sandal, 73 %; the teacher Ankle boot, 91 %',
    );
    const widths = await items
      .nth(9)
      .locator('.guess-bar i')
      .evaluateAll((all: HTMLElement[]) => all.map(({ style }) => style.width));
    assert.deepEqual(widths, ['73%', '91%']);
    assert.equal(await page.locator('.guesses').isVisible(), false);
  });

  it('a student beside its teacher, by features', async () => {
    const { page } = await show(featureAgreement);
    const items = page.locator('.agreement li');
    assert.equal(await page.getByText('mean cosine 0.70').count(), 1);
    assert.match(await items.nth(1).innerText(), /cosine\s+0\.95/);
    assert.match(await items.nth(9).innerText(), /cosine\s+−0\.20/);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    for (const [name, views] of [
      ['pairs', pairs],
      ['guesses', guesses],
      ['agreement', labelAgreement],
      ['features', featureAgreement],
    ] as const)
      it(`${name} in the theme ${theme}${theme === 'dark-modern' ? ', also where it is narrow' : ''}`, async () => {
        for (const width of theme === 'dark-modern' ? [1280, 520] : [1280]) {
          const { page } = await show([...views], { theme, width, height: 1150 });
          await page.screenshot({ path: path.join(results, `views-${name}-${theme}-${width}.png`), fullPage: true });
          const { scroll, client } = await page.evaluate(() => ({
            scroll: document.documentElement.scrollWidth,
            client: document.documentElement.clientWidth,
          }));
          assert.ok(scroll <= client, 'nothing scrolls sideways');
        }
      });

  describe('of which a file may be wrong:', () => {
    const decoded = (view: object, tensors: Record<string, NamedTensor> = {}) =>
      decodeSample(
        0,
        encodeSafetensors({
          tensors: {
            first: digits,
            second: inverted,
            similarity,
            correlation,
            probabilities,
            opinion,
            cosine,
            ...tensors,
          },
          metadata: { views: JSON.stringify([view]) },
        }),
      );
    const few: NamedTensor = { shape: [3, 3], data: new Float32Array(9) };
    const bytes: NamedTensor = { shape: [3, 3], data: new Uint8Array(9) };

    it('similarities, guesses and matrices that do not fit are refused', () => {
      assert.throws(() => decoded(pairs[0]!, { similarity: few }), /similarities are 3 x 3 for 10 pairs/);
      assert.throws(() => decoded(pairs[1]!, { correlation: bytes }), /not a matrix of numbers/);
      assert.throws(() => decoded(guesses[0]!, { probabilities: few }), /guesses are 3 x 3 for 10 examples/);
      assert.throws(() => decoded({ ...guesses[0]!, classes: ['a'] }), /guesses/);
      const odd: NamedTensor = { shape: [1, 28, 280, 1], data: digits.data };
      assert.throws(() => decoded(pairs[0]!, { second: odd }), /differ in shape/);
    });

    it('a student and a teacher that do not fit are refused, cosines brought into their range', () => {
      const [byLabels, byFeatures] = [labelAgreement[0]!, featureAgreement[0]!];
      assert.throws(() => decoded(byLabels, { opinion: few }), /guesses are 3 x 3 for 10 examples/);
      assert.throws(() => decoded(byFeatures, { cosine: few }), /not a number for each of 10 examples/);
      assert.throws(() => decoded({ ...byFeatures, cosine: 7 }), /not a number for each of 10 examples/);
      const wild: NamedTensor = { shape: [count], data: new Float32Array(count).fill(NaN).fill(9, 5).fill(-9, 8) };
      const { cosines } = decoded(byFeatures, { cosine: wild }).agreement!;
      assert.deepEqual(Array.from(cosines!), [0, 0, 0, 0, 0, 1, 1, 1, -1, -1]);
    });

    it('labels and names that are none are passed over, numbers brought into their range', () => {
      const { guesses: found } = decoded({
        ...guesses[0]!,
        labels: [-1, '1', null, 99],
        classes: classes.map(() => 7),
      });
      assert.deepEqual(
        found!.guesses.map(({ truth, guess }) => [truth, guess]),
        Array.from({ length: 10 }, () => [null, '']),
      );
      const wild: NamedTensor = { shape: [1, 3], data: Float32Array.of(NaN, 9, -9) };
      assert.deepEqual(Array.from(decoded(pairs[1]!, { correlation: wild }).matrix!.data), [0, 1, -1]);
    });
  });
});
