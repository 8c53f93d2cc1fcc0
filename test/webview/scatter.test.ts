import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { encodeSafetensors, decodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { stream } from '../../src/protocol/random.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { record, STEPS_PER_EPOCH } from './recording.js';

/** What the monitor shows of numbers that are predicted. */

const last = 2 * STEPS_PER_EPOCH;
const random = stream(1, 'scatter');
const shown = 400;
const points: NamedTensor = {
  shape: [shown, 2],
  data: Float32Array.from({ length: shown }, () => 20 + 30 * random.uniform()).reduce(
    (pairs, truth, i) => {
      pairs.set([truth, truth + 2 * random.normal()], 2 * i);
      return pairs;
    },
    new Float32Array(2 * shown),
  ),
};
const few: NamedTensor = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
const test: SampleView = {
  kind: 'scatter',
  from: 'test',
  points: 'points',
  count: 5000,
  meanAbsoluteError: 1.61,
  r2: 0.954,
};
const validation: SampleView = { ...test, from: 'validation', points: 'few', count: 2, r2: -0.5 };

describe('the monitor shows predicted numbers', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  const show = async (theme?: ThemeName, width = 1280) => {
    const host = await monitor.open({ ...(theme && { theme }), width, height: 1150 });
    const whole = record(2);
    const samples = [...whole.samples].map(([step, bytes]) => {
      const metadata = { ...decodeSafetensors(bytes).metadata, views: JSON.stringify([validation, test]) };
      return [step, encodeSafetensors({ tensors: { points, few }, metadata })] as const;
    });
    await host.show({ ...whole, samples: new Map(samples) });
    await host.page.locator(`.scatter [data-step="${last}"]`).waitFor();
    await host.settle();
    return host;
  };

  it('against the true ones, with their errors in words; the whole test set rather than a few examples', async () => {
    const { page } = await show();
    const text = await page.locator('.scatter').innerText();
    assert.match(text, /Predictions\s+5,000 test examples/i);
    assert.match(text, /Mean absolute error 1\.610, R² 0\.95/);
    assert.match(
      (await page.locator('.scatter canvas').getAttribute('aria-label')) ?? '',
      /^Predicted against true numbers at step 470\. Mean absolute error 1\.610/,
    );
    assert.equal(await page.locator('.guesses').isVisible(), false);
    const isDrawn = await page.locator('.scatter canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const inked = (x: number, y: number): boolean =>
        data[4 * (Math.round(y) * canvas.width + Math.round(x)) + 3]! > 0;
      const side = canvas.width;
      let [near, far] = [0, 0];
      for (let i = 0; i < side; i++)
        for (let j = 0; j < side; j++)
          if (inked(i, j)) {
            if (Math.abs(i - (side - j)) < side / 6) near++;
            else far++;
          }
      return [near, far];
    });
    assert.ok(isDrawn[0]! > isDrawn[1]!, `points are along the diagonal: ${isDrawn.join()}`);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    it(`in the theme ${theme}, also where it is narrow`, async () => {
      for (const width of [1280, 520]) {
        const { page } = await show(theme, width);
        await page.screenshot({ path: path.join(results, `views-scatter-${theme}-${width}.png`), fullPage: true });
        const { scroll, client } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }));
        assert.ok(scroll <= client, 'nothing scrolls sideways');
      }
    });

  it('of a file that may be wrong: points that are none are refused, measures that are none are not known', () => {
    const decoded = (view: object, tensors: Record<string, NamedTensor> = {}) =>
      decodeSample(
        0,
        encodeSafetensors({ tensors: { points, few, ...tensors }, metadata: { views: JSON.stringify([view]) } }),
      ).scatter!;
    assert.throws(
      () => decoded(test, { points: { shape: [1, 3], data: new Float32Array(3) } }),
      /points have 3 coordinates/,
    );
    assert.throws(() => decoded({ ...test, points: 7 }), /not a matrix of numbers/);
    const { count, r2, meanAbsoluteError } = decoded({ ...test, count: 'x', r2: null, meanAbsoluteError: '1' });
    assert.deepEqual([count, r2, meanAbsoluteError], [shown, NaN, NaN]);
  });
});
