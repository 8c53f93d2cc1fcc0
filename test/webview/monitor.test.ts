import assert from 'node:assert/strict';
import { useMonitor } from './lab.js';
import { curveHeights, markerShare, rowDistance, rowStep, verticalLines } from './pixels.js';
import type { RunEvent } from '../../src/protocol/run.js';
import { lines, lossAt, record, STEPS_PER_EPOCH, validationAt } from './recording.js';

const recording = record(6);
const last = 6 * STEPS_PER_EPOCH;

describe('the monitor', () => {
  const monitor = useMonitor();

  const figures = (): Promise<string> => monitor.host.page.locator('.facts').innerText();

  describe('shows a run', () => {
    it('whose loss falls, as a curve that falls', async () => {
      const host = await monitor.showAll(recording);
      const heights = await curveHeights(host.page, [0.02, 0.1, 0.3, 0.6, 1]);
      for (let i = 1; i < heights.length; i++)
        assert.ok(heights[i]! > heights[i - 1]!, `heights ${heights.join(', ')}`);
    });

    it('with its figures in the header', async () => {
      const host = await monitor.showAll(recording);
      const text = await figures();
      for (const part of [
        'Epoch 6 of 100',
        'step 1,410',
        `loss ${lossAt(last).toFixed(4)}`,
        `validation ${validationAt(last).toFixed(4)}`,
        '118,400 images/s',
        'TensorFlow 2.20 · 1 thread',
        'left',
      ])
        assert.ok(text.replace(/\s+/g, ' ').includes(part), `"${part}" in ${text}`);
      assert.equal(await host.page.getByRole('progressbar').getAttribute('aria-valuenow'), '6');
    });

    it('whose head keeps its height when the time left comes and goes', async () => {
      const host = await monitor.showAll(recording);
      const height = () => host.page.locator('.header').evaluate((head) => head.getBoundingClientRect().height);
      for (const width of [1280, 1000, 900, 820, 760, 700, 640, 560, 480, 400]) {
        await host.page.setViewportSize({ width, height: 860 });
        await host.send({ type: 'run', run: recording.run, state: 'running' });
        await host.settle();
        const running = await height();
        await host.page.locator('.fact-left').evaluate((left) => left.replaceChildren());
        assert.equal(await height(), running, `at a width of ${width}`);
      }
    });

    it('with pictures that come closer to the input from row to row', async () => {
      const host = await monitor.showAll(recording);
      const first = await rowDistance(host.page, 'first', 'input');
      const second = await rowDistance(host.page, 'second', 'input');
      const output = await rowDistance(host.page, 'output', 'input');
      assert.ok(first > second && second > output, `${first} > ${second} > ${output}`);
    });

    it('with what its diagnoses say, newest first, and the way to the recipe', async () => {
      const host = await monitor.showAll(recording);
      const entries = await host.page.locator('.happenings li p').allInnerTexts();
      assert.match(entries[0] ?? '', /Learning well/);
      assert.match(entries.at(-1) ?? '', /Training began/);
      await host.page.getByRole('button', { name: 'Open recipe' }).click();
      assert.deepEqual(host.of('openRecipe'), [{ type: 'openRecipe', path: ['encoder', 'units'] }]);
    });

    it('in other words when the host has translations', async () => {
      const host = await monitor.open({
        page: { strings: { pause: 'Anhalten', epochOf: 'Epoche {0} von {1}', stop: '<b>Ende</b>' }, language: 'de' },
      });
      await host.show(recording);
      await host.page.getByRole('button', { name: 'Anhalten' }).waitFor();
      assert.match(await figures(), /Epoche 6 von 100/);
      assert.match(await figures(), /loss 0,08/);
      assert.equal(await host.page.getByText('<b>Ende</b>').count(), 1, 'a translation is text, not markup');
    });
  });

  it('shows from the first point on how its controls stand', async () => {
    const host = await monitor.open();
    await host.send({ type: 'show', run: recording.run, state: 'running' }, { type: 'live' });
    await host.settle();
    await host.send({ type: 'metrics', text: lines(recording.metrics.slice(0, 1)) });
    await host.page.getByRole('button', { name: 'log', pressed: true }).waitFor();
    assert.equal(await host.page.locator('.smoothing b').innerText(), '0.6');
    assert.equal(await host.page.getByRole('radio', { name: 'step' }).isChecked(), true);
  });

  describe('follows a run', () => {
    it('to new points and to the newest pictures', async () => {
      const early = record(2);
      const host = await monitor.open();
      await host.show(early);
      await host.page.locator(`canvas[data-row="output"][data-step="${2 * STEPS_PER_EPOCH}"]`).waitFor();
      host.samples = recording.samples;
      await host.send(
        { type: 'metrics', text: lines(recording.metrics.slice(early.metrics.length)) },
        { type: 'events', text: lines(recording.events.filter(({ step }) => step > 2 * STEPS_PER_EPOCH)) },
      );
      await host.page.locator(`canvas[data-row="output"][data-step="${last}"]`).waitFor();
      await host.page.getByText('step 1,410 · epoch 6').waitFor();
      await host.page.locator('.fact-step', { hasText: '1,410' }).waitFor();
      const share = await markerShare(host.page);
      assert.ok(share! > 0.99 && share! < 1.01, `the line stays at the end of the curve: ${share}`);
    });

    it('no longer once the slider was moved, and again after Live', async () => {
      const host = await monitor.showAll(recording);
      await host.page.keyboard.press('ArrowLeft');
      await host.page.locator(`canvas[data-row="output"][data-step="${last - STEPS_PER_EPOCH}"]`).waitFor();
      await host.send({
        type: 'metrics',
        text: lines([{ step: last + 1, epoch: 6.01, time: 9, values: { loss: 0.08 } }]),
      });
      await host.settle();
      assert.equal(await rowStep(host.page, 'output'), last - STEPS_PER_EPOCH);
      await host.page.getByRole('button', { name: 'Live' }).click();
      await host.page.locator(`canvas[data-row="output"][data-step="${last}"]`).waitFor();
      assert.equal(await markerShare(host.page).then((share) => share! > 0.98), true);
    });

    it('back when it was resumed from an earlier checkpoint', async () => {
      const host = await monitor.showAll(recording);
      const step = last - 200;
      await host.send({
        type: 'metrics',
        text: lines([{ step, epoch: step / STEPS_PER_EPOCH, time: 3, values: { loss: 0.2 } }]),
      });
      await host.page.getByText(`step ${step.toLocaleString('en')} · epoch 6`).waitFor();
      await host.page.locator('.fact-loss', { hasText: '0.2000' }).waitFor();
    });
  });

  describe('has a time slider', () => {
    it('that moves pictures, weights and the line in the chart to one step', async () => {
      const host = await monitor.showAll(recording);
      const slider = host.page.getByRole('slider', { name: 'Time' });
      const box = (await slider.boundingBox())!;
      await host.page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
      const step = 3 * STEPS_PER_EPOCH;
      await host.page.locator(`canvas[data-row="output"][data-step="${step}"]`).waitFor();
      await host.page.locator(`.weights canvas[data-step="${step}"]`).waitFor();
      assert.ok(Math.abs((await markerShare(host.page))! - 0.5) < 0.01, String(await markerShare(host.page)));
      assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /step 705 · epoch 3/);
      assert.ok((await slider.getAttribute('aria-valuetext'))?.endsWith(`validation ${validationAt(step).toFixed(4)}`));
      const beside = await host.page.locator('.chart-crossings').innerText();
      assert.ok(beside.includes(validationAt(step).toFixed(4)), beside);
    });

    it('whose play button goes through the samples and ends live', async () => {
      const host = await monitor.showAll(recording);
      const seen = new Set<number>();
      await host.page.getByRole('button', { name: 'Replay' }).click();
      await host.page.getByRole('button', { name: 'Stop the replay' }).waitFor();
      for (;;) {
        seen.add(await rowStep(host.page, 'output'));
        if ((await host.page.getByRole('button', { name: 'Replay', exact: true }).count()) > 0) break;
        await host.settle();
      }
      assert.ok(seen.has(0) && seen.size >= 5, [...seen].join(', '));
      await host.page.getByRole('button', { name: 'Live', pressed: true }).waitFor();
    });
  });

  describe('has a chart', () => {
    it('whose axis is logarithmic or linear', async () => {
      const host = await monitor.showAll(recording);
      const log = host.page.getByRole('button', { name: 'log' });
      assert.equal(await log.getAttribute('aria-pressed'), 'true');
      const [before] = await curveHeights(host.page, [0.3]);
      await log.click();
      await host.settle();
      assert.equal(await log.getAttribute('aria-pressed'), 'false');
      const [after] = await curveHeights(host.page, [0.3]);
      assert.ok(after! - before! > 20, `a falling curve hangs lower on a linear axis: ${before} to ${after}`);
    });

    it('that smooths as strongly as is wished', async () => {
      const noisy = recording.metrics.map((metric) =>
        'loss' in metric.values ? { ...metric, values: { loss: metric.step % 80 < 40 ? 0.3 : 0.1 } } : metric,
      );
      const host = await monitor.open();
      await host.show({ ...recording, metrics: noisy });
      const slider = host.page.getByRole('slider', { name: 'smooth' });
      const spread = async (): Promise<number> => {
        await host.settle();
        const heights = await curveHeights(
          host.page,
          Array.from({ length: 40 }, (_v, i) => 0.3 + i / 80),
        );
        const known = heights.filter((height) => height !== null);
        return Math.max(...known) - Math.min(...known);
      };
      await slider.fill('0.99');
      const smooth = await spread();
      assert.equal(await host.page.locator('.smoothing b').innerText(), '0.99');
      await slider.fill('0');
      const raw = await spread();
      assert.ok(raw > 2.5 * smooth, `as measured: ${raw}, smoothed: ${smooth}`);
      await slider.fill('0.99');
      await host.page.locator('.chart-frame[aria-label*="at step 1,410"]').waitFor();
    });

    it('that tells values under the pointer', async () => {
      const host = await monitor.showAll(recording);
      const box = (await host.page.locator('.u-over').boundingBox())!;
      await host.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      const tip = host.page.locator('.curves .loss .chart-tip');
      await tip.waitFor();
      const text = (await tip.innerText()).replace(/\s+/g, ' ');
      const step = Number(/step ([\d,]+)/.exec(text)?.[1]?.replace(',', ''));
      assert.ok(Math.abs(step - last / 2) < 6, text);
      assert.ok(text.includes(`measured ${lossAt(step).toFixed(4)}`), `${text} has the measured loss of step ${step}`);
      assert.ok(text.includes(`validation ${validationAt(3 * STEPS_PER_EPOCH).toFixed(4)}`), text);
      await host.page.mouse.move(5, 5);
      await tip.waitFor({ state: 'hidden' });
    });

    it('that marks where the learning rate was changed and where the run was resumed', async () => {
      const at = (step: number) => ({ step, epoch: step / STEPS_PER_EPOCH, at: '2026-11-24T11:00:00Z' });
      const events: RunEvent[] = [
        { ...at(0), type: 'state', state: 'running' },
        { ...at(300), type: 'state', state: 'paused' },
        { ...at(300), type: 'state', state: 'running' },
        { ...at(705), type: 'change', name: 'learningRate', from: 0.001, to: 0.0005 },
        { ...at(940), type: 'state', state: 'stopped' },
        { ...at(940), type: 'state', state: 'running' },
      ];
      const host = await monitor.open();
      await host.show({ ...recording, events });
      const box = (await host.page.locator('.u-over').boundingBox())!;
      const tip = async (step: number): Promise<string> => {
        await host.page.mouse.move(box.x + (step / last) * box.width, box.y + 60);
        return host.page.locator('.curves .loss .chart-tip').innerText();
      };
      assert.match(await tip(705), /learning rate 0\.0005/);
      assert.match(await tip(940), /resumed/);
      assert.doesNotMatch(await tip(300), /resumed/);
      await host.page.mouse.move(5, 5);
      await host.settle();
      const drawn = await verticalLines(
        host.page,
        [300, 705, 940, 1200].map((step) => step / last),
      );
      assert.deepEqual(drawn, [false, true, true, false]);
      await host.page.getByText('Learning rate changed from 0.001 to 0.0005 at step 705.').waitFor();
    });

    it('that zooms where it is dragged and goes back at a double click', async () => {
      const host = await monitor.showAll(recording);
      const box = (await host.page.locator('.u-over').boundingBox())!;
      const y = box.y + box.height / 2;
      const [full] = await curveHeights(host.page, [0.02]);
      await host.page.mouse.move(box.x + box.width * 0.5, y);
      await host.page.mouse.down();
      await host.page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
      await host.page.mouse.up();
      await host.page.getByRole('button', { name: 'Reset zoom' }).waitFor();
      await host.settle();
      assert.equal(await markerShare(host.page), null, 'the newest step is outside');
      await host.page.mouse.dblclick(box.x + box.width * 0.4, y);
      await host.page.getByRole('button', { name: 'Reset zoom' }).waitFor({ state: 'hidden' });
      await host.settle();
      const [again] = await curveHeights(host.page, [0.02]);
      assert.ok(Math.abs(again! - full!) <= 1, `${again} and ${full}`);
    });

    it('over steps, epochs or time', async () => {
      const host = await monitor.showAll(recording);
      for (const [axis, told] of [
        ['epoch', /epoch 3/],
        ['time', /^1(\.\d)?s/],
        ['step', /step 70\d/],
      ] as const) {
        await host.page.getByRole('radio', { name: axis }).check({ force: true });
        const box = (await host.page.locator('.u-over').boundingBox())!;
        await host.page.mouse.move(box.x + box.width / 2, box.y + 20);
        await host.page.locator('.loss .chart-tip-head').filter({ hasText: told }).waitFor();
        await host.page.mouse.move(5, 5);
      }
    });
  });

  it('comes back after a reload as it was, and forgets the place of another run', async () => {
    const host = await monitor.showAll(recording);
    await host.page.getByRole('button', { name: 'log' }).click();
    await host.page.getByRole('slider', { name: 'smooth' }).fill('0.25');
    await host.page.getByRole('radio', { name: 'epoch' }).check({ force: true });
    await host.page.keyboard.press('Home');
    await host.page.locator('canvas[data-row="output"][data-step="0"]').waitFor();
    await host.page.reload();
    await host.ready(2);
    assert.deepEqual(host.of('ready').at(-1), { type: 'ready', runId: recording.run.id });
    await host.show(recording);
    await host.page.locator('canvas[data-row="output"][data-step="0"]').waitFor();
    await host.page.getByText('step 0 · epoch 0').waitFor();
    assert.equal(await host.page.getByRole('button', { name: 'log' }).getAttribute('aria-pressed'), 'false');
    assert.equal(await host.page.locator('.smoothing b').innerText(), '0.25');
    assert.equal(await host.page.getByRole('radio', { name: 'epoch' }).isChecked(), true);
    await host.show({ ...recording, run: { ...recording.run, id: 'another' } });
    await host.page.locator(`canvas[data-row="output"][data-step="${last}"]`).waitFor();
    assert.equal(await host.page.locator('.smoothing b').innerText(), '0.25', 'how it is shown stays');
  });
});
