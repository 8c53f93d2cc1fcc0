/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { useMonitor } from './lab.js';
import type { FakeHost } from './page.js';
import { lines, lossAt, runRecord } from './recording.js';

interface Frames {
  frames: number;
  seconds: number;
  /** Slowest tenth of the intervals between two frames, in milliseconds. */
  slowest: number;
  /** Drawings of the chart, and the most in one frame. */
  draws: number;
  mostDraws: number;
  /** Most points that the chart was given. */
  points: number;
  /** Drawings of each small chart. */
  byTerm: Record<string, number>;
}

const POINTS = 100_000;

describe('the monitor with 100,000 points while new ones arrive', () => {
  const monitor = useMonitor();

  async function showPoints(count: number, terms: readonly string[] = []): Promise<FakeHost> {
    const host = await monitor.open();
    const run = runRecord({ stepsPerEpoch: 1000, epochs: 200 });
    await host.send({ type: 'show', run, state: 'running' });
    for (let from = 1; from <= count; from += 10_000) {
      const length = Math.min(10_000, count - from + 1);
      const records = Array.from({ length }, (_v, i) => pointAt(from + i, terms));
      await host.send({ type: 'metrics', text: lines(records) });
    }
    await host.send({ type: 'live' });
    await host.page.locator('.fact-step', { hasText: count.toLocaleString('en') }).waitFor();
    return host;
  }

  it('draws at most once a frame, and no more points than the pixels can show', async function () {
    this.timeout(120_000);
    const few = await stream(await showPoints(1000), 1000);
    const host = await showPoints(POINTS);
    const many = await stream(host, POINTS);
    const perSecond = ({ frames, seconds }: Frames): string => (frames / seconds).toFixed(1);
    console.log(
      `      ${perSecond(many)} frames a second with 100,000 points (slowest tenth ${many.slowest.toFixed(1)} ms), ` +
        `${perSecond(few)} with 1,000 (${few.slowest.toFixed(1)} ms); ${many.points} points drawn`,
    );
    assert.ok(many.frames > 30, 'the page lives');
    assert.ok(
      many.draws > many.frames / 4,
      `new points are drawn as they come: ${many.draws} in ${many.frames} frames`,
    );
    assert.ok(many.mostDraws <= 1, `${many.mostDraws} drawings in one frame`);
    const width = await host.page.locator('.chart').evaluate((chart) => chart.clientWidth * devicePixelRatio);
    assert.ok(many.points <= 3 * (2 * width + 4), `${many.points} points on ${width} pixels`);
    await host.page.locator('.fact-step', { hasText: (POINTS + many.frames * 20).toLocaleString('en') }).waitFor();
  });

  it('draws one chart a frame when there are small ones, the large one in every second, each in its turn', async function () {
    this.timeout(120_000);
    const terms = ['kl', 'reconstruction', 'alignment', 'uniformity', 'real', 'generated'];
    const host = await showPoints(POINTS, terms);
    const found = await stream(host, POINTS, 150, terms);
    console.log(
      `      ${(found.frames / found.seconds).toFixed(1)} frames a second with six small charts of 100,000 points each ` +
        `(slowest tenth ${found.slowest.toFixed(1)} ms)`,
    );
    assert.ok(found.mostDraws <= 1, `${found.mostDraws} drawings in one frame`);
    assert.ok(found.draws > found.frames / 2, `${found.draws} drawings in ${found.frames} frames`);
    const counts = terms.map((name) => found.byTerm[name] ?? 0);
    const fair = found.draws / 2 / terms.length;
    assert.ok(
      counts.every((count) => count > 0.6 * fair && count < 1.6 * fair),
      `${counts.join(', ')} drawings of each, of ${found.draws}`,
    );
  });

  it('stays at the step that is looked at', async () => {
    const host = await showPoints(5000);
    await host.page.getByRole('slider', { name: 'Time' }).fill('2500');
    await stream(host, 5000, 20);
    await host.page.getByText('step 2,500 · epoch 3').waitFor();
  });
});

function pointAt(step: number, terms: readonly string[]): object {
  const epoch = step / 1000;
  const values =
    step % 1000 === 0 ? { loss: lossAt(step / 20), validationLoss: lossAt(step / 20) } : { loss: lossAt(step / 20) };
  const more = Object.fromEntries(terms.map((name, i) => [name, lossAt(step / 20) * (i + 1)]));
  return { step, epoch, time: step / 500, values: { ...values, ...more } };
}

/** Sends 20 new points with every frame and watches what the page does. */
async function stream(host: FakeHost, from: number, frames = 150, terms: readonly string[] = []): Promise<Frames> {
  return host.page.evaluate(
    ({ from, frames, terms }) =>
      new Promise<Frames>((resolve) => {
        let draws = 0;
        let drawsNow = 0;
        let mostDraws = 0;
        let points = 0;
        const byTerm: Record<string, number> = {};
        let step = from;
        const times: number[] = [];
        document.addEventListener('drawn', (event) => {
          draws += 1;
          drawsNow += 1;
          const term = (event.target as Element).closest<HTMLElement>('[data-term]')?.dataset['term'];
          if (term !== undefined) byTerm[term] = (byTerm[term] ?? 0) + 1;
          points = Math.max(points, (event as CustomEvent<{ points: number }>).detail.points);
        });
        const frame = (time: number): void => {
          times.push(time);
          mostDraws = Math.max(mostDraws, drawsNow);
          drawsNow = 0;
          if (times.length > frames) {
            const intervals = times
              .slice(1)
              .map((at, i) => at - (times[i] ?? 0))
              .sort((a, b) => a - b);
            const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
            resolve({
              frames,
              seconds,
              slowest: intervals[Math.floor(intervals.length * 0.9)] ?? 0,
              draws,
              mostDraws,
              points,
              byTerm,
            });
            return;
          }
          // In several messages, as a fast trainer sends them.
          for (let message = 0; message < 4; message++) {
            let text = '';
            for (let i = 0; i < 5; i++) {
              step += 1;
              const loss = 0.08 + 0.01 * Math.abs(Math.sin(step));
              const more = terms.map((name) => `,"${name}":${loss}`).join('');
              text += `{"step":${step},"epoch":${step / 1000},"time":${step / 500},"values":{"loss":${loss}${more}}}\n`;
            }
            window.postMessage({ type: 'metrics', text });
          }
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    { from, frames, terms },
  );
}
