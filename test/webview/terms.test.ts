/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { MetricStore } from '../../webview/state/metrics.js';
import { isShare, readable, termsOf } from '../../webview/state/terms.js';
import { useMonitor } from './lab.js';
import { results, type FakeHost, type ThemeName } from './page.js';
import { curveHeights, markerShare } from './pixels.js';
import { lines, record, STEPS_PER_EPOCH, type Recording } from './recording.js';

/** What methods measure besides the loss. */

const last = 4 * STEPS_PER_EPOCH;

/** KL falls from 100, the accuracy grows from 20 % to 80 %, both a little otherwise in validation; the probe rarely. */
function measured(): Recording {
  const whole = record(4);
  const metrics = whole.metrics.map((metric) => {
    const { step, values } = metric;
    const terms = { kl: klAt(step), accuracy: 0.2 + (0.6 * step) / last, headEntropy: -1.5 };
    const validation = { validationKl: klAt(step) + 1, validationAccuracy: 0.75, probeAccuracy: 0.831 };
    return { ...metric, values: { ...values, ...('loss' in values ? terms : validation) } };
  });
  return { ...whole, metrics };
}

function klAt(step: number): number {
  return 10 + 90 * Math.exp(-step / 50);
}

const recording = measured();

describe('what a method measures besides its loss', () => {
  it('are all values that stand nowhere else, each with its validation twin, the probe last', () => {
    const names = [
      'loss',
      'probeAccuracy',
      'kl',
      'trainingLoss',
      'validationLoss',
      'validationKl',
      'examplesPerSecond',
    ];
    assert.deepEqual(termsOf([...names, 'validationOnly']), [
      { name: 'kl', training: 'kl', validation: 'validationKl' },
      { name: 'only', validation: 'validationOnly' },
      { name: 'probeAccuracy', validation: 'probeAccuracy' },
    ]);
    assert.deepEqual(termsOf(['loss', 'validationLoss', 'trainingLoss', 'examplesPerSecond']), []);
  });

  it('has a name in words, also where nobody has thought of it', () => {
    assert.deepEqual(['topFiveAccuracy', 'head_entropy', 'top5', 'KLTerm'].map(readable), [
      'Top five accuracy',
      'Head entropy',
      'Top5',
      'KL term',
    ]);
  });

  it('is told in percent where it is a part of 1', () => {
    const shares = ['accuracy', 'probeAccuracy', 'topFiveAccuracy', 'activeUnits', 'agreement', 'kl', 'accuracyLoss'];
    assert.deepEqual(
      shares.map((name) => isShare({ name })),
      [true, true, true, true, true, false, false],
    );
  });

  it('knows the lowest of its values, which decides whether a logarithmic axis can show them', () => {
    const store = new MetricStore();
    for (const [step, kl] of [3, null, 0.5, 2].entries()) store.addLine(JSON.stringify({ step, values: { kl } }));
    assert.equal(store.series.get('kl')?.lowest, 0.5);
  });
});

describe('the monitor shows what is measured besides the loss', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  /** Waits until all is drawn and said: charts take turns. */
  async function show(options?: Parameters<typeof monitor.showAll>[1]): Promise<FakeHost> {
    const host = await monitor.showAll(recording, options);
    for (const term of ['kl', 'accuracy', 'headEntropy', 'probeAccuracy'])
      await host.page.locator(`[data-term="${term}"] .chart-frame[aria-label*="step ${last}"] canvas`).waitFor();
    return host;
  }
  const words = (host: FakeHost, term: string): Promise<string | null> =>
    host.page.locator(`[data-term="${term}"] .chart-frame`).getAttribute('aria-label');

  it('as small charts with plain names, training and validation in words', async () => {
    const host = await show();
    const names = await host.page.locator('.term h3').allInnerTexts();
    assert.deepEqual(names, ['KL divergence', 'Accuracy', 'Head entropy', 'Probe accuracy']);
    assert.equal(
      await words(host, 'kl'),
      `KL divergence by step. Training 10.0 at step ${last}, first 98.2. Validation 11.0 at step ${last}.`,
    );
    assert.match((await words(host, 'accuracy'))!, /Training 80\.0 % at step 940, first 20\.1 %\. Validation 75\.0 %/);
    assert.equal(
      await words(host, 'headEntropy'),
      `Head entropy by step. Training −1.500 at step ${last}, first −1.500.`,
    );
    assert.equal(await words(host, 'probeAccuracy'), `Probe accuracy by step. Validation 83.1 % at step ${last}.`);
    assert.match(await host.page.locator('.fact-probe').innerText(), /^probe 83\.1 %$/);
  });

  it('as curves that fall and grow as the values do', async () => {
    const host = await show();
    const [kl, accuracy] = [
      await curveHeights(host.page, [0.02, 0.06, 0.12], '[data-term="kl"]'),
      await curveHeights(host.page, [0.05, 0.4, 0.9], '[data-term="accuracy"]'),
    ];
    assert.ok(kl[0]! < kl[1]! && kl[1]! < kl[2]!, `heights ${kl.join(', ')}`);
    assert.ok(accuracy[0]! > accuracy[1]! && accuracy[1]! > accuracy[2]!, `heights ${accuracy.join(', ')}`);
  });

  it('and not where there is nothing besides', async () => {
    const host = await monitor.showAll(record(2));
    assert.equal(await host.page.locator('.terms').isVisible(), false);
    assert.equal(await host.page.locator('.term').count(), 0);
  });

  it('and no longer when another run is shown that has none', async () => {
    const host = await show();
    const other = record(2);
    await host.show({ ...other, run: { ...other.run, id: 'another' } });
    await host.page.locator('.terms').waitFor({ state: 'hidden' });
    assert.equal(await host.page.locator('.term').count(), 0);
  });

  it('as it grows, a chart for what comes later too', async () => {
    const host = await monitor.open();
    await host.show({ ...recording, metrics: recording.metrics.slice(0, 100) });
    await host.page.locator('[data-term="kl"] canvas').waitFor();
    assert.equal(await host.page.locator('[data-term="probeAccuracy"]').count(), 0);
    await host.send({ type: 'metrics', text: lines(recording.metrics.slice(100)) });
    await host.page.locator('[data-term="probeAccuracy"] canvas').waitFor();
    await host.page.locator('[data-term="kl"] .chart-frame[aria-label*="step 940"]').waitFor();
  });

  it('at the step of the time slider', async () => {
    const host = await show();
    const slider = host.page.getByRole('slider', { name: 'Time' });
    const box = (await slider.boundingBox())!;
    await host.page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
    await host.page.locator('[data-term="kl"] .chart-crossings').waitFor();
    for (const within of ['.loss', '[data-term="kl"]', '[data-term="accuracy"]']) {
      const share = (await markerShare(host.page, within))!;
      assert.ok(Math.abs(share - 0.5) < 0.02, `${within}: ${share}`);
    }
    assert.match(await host.page.locator('[data-term="accuracy"] .chart-crossings').innerText(), /(49|50)\.\d %/);
  });

  it('on a logarithmic axis only where all values are above 0 and no percent', async () => {
    const host = await show();
    const at = (term: string) => curveHeights(host.page, [0.1], `[data-term="${term}"]`);
    const before = { kl: await at('kl'), accuracy: await at('accuracy'), headEntropy: await at('headEntropy') };
    await host.page.getByRole('button', { name: 'log' }).click();
    await host.settle();
    const [kl] = await at('kl');
    assert.ok(kl! - before.kl[0]! > 5, `a falling curve hangs lower on a linear axis: ${before.kl[0]} to ${kl}`);
    assert.deepEqual(await at('accuracy'), before.accuracy);
    assert.deepEqual(await at('headEntropy'), before.headEntropy);
  });

  it('over the part of the axis that is zoomed to in any chart, by mouse or keyboard', async () => {
    const host = await show();
    const reset = host.page.getByRole('button', { name: 'Reset zoom' });
    const box = (await host.page.locator('[data-term="kl"] .u-over').boundingBox())!;
    await host.page.mouse.move(box.x + box.width * 0.2, box.y + 20);
    await host.page.mouse.down();
    await host.page.mouse.move(box.x + box.width * 0.7, box.y + 20, { steps: 4 });
    await host.page.mouse.up();
    await reset.waitFor();
    await host.settle();
    for (const within of ['.loss', '[data-term="kl"]', '[data-term="accuracy"]'])
      assert.equal(await markerShare(host.page, within), null, `${within}: the newest step is outside`);
    await reset.click();
    await reset.waitFor({ state: 'hidden' });
    await host.settle();
    assert.ok((await markerShare(host.page, '[data-term="accuracy"]'))! > 0.98);
    await host.page.locator('[data-term="accuracy"] .chart-frame').focus();
    await host.page.keyboard.press('+');
    await reset.waitFor();
    await host.page.keyboard.press('Escape');
    await reset.waitFor({ state: 'hidden' });
  });

  it('below the pictures where there is one column', async () => {
    const host = await show({ width: 520, height: 1400 });
    const tops = await host.page.evaluate(() =>
      ['.loss', '.reconstruction', '.terms', '.weights'].map(
        (one) => document.querySelector(one)!.getBoundingClientRect().top,
      ),
    );
    assert.deepEqual(
      [...tops].sort((a, b) => a - b),
      tops,
    );
  });

  for (const width of [320, 520, 900, 1280, 1920])
    it(`whole in ${width} pixels`, async () => {
      const host = await show({ width });
      const cut = await host.page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        return [...document.querySelectorAll('.term, .term h3, .term .chart')]
          .map((one) => one.getBoundingClientRect())
          .filter(({ left, right, width }) => left < 0 || right > room || width < 150).length;
      });
      assert.equal(cut, 0);
      const { scrollWidth, clientWidth } = await host.page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth);
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`in the colours of the theme ${theme}`, async () => {
      const host = await show({ theme: theme === 'dark-modern' ? 'light-modern' : 'dark-modern' });
      await host.theme(theme);
      await host.settle();
      const [height] = await curveHeights(host.page, [0.5], '[data-term="accuracy"]');
      assert.notEqual(height, null, 'the curve has the colour of the new theme');
      await host.page.screenshot({ path: path.join(results, `terms-${theme}.png`) });
    });
});
