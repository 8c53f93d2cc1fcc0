/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { stream } from '../../src/protocol/random.js';
import { encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { decodeMapExamples } from '../../webview/state/mapExamples.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type FakeHost, type ThemeName } from './page.js';
import { pictures, record, STEPS_PER_EPOCH, type Recording } from './recording.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';

const COUNT = 2000;
const last = 2 * STEPS_PER_EPOCH;
const classes = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const random = stream(1, 'map test');
const spread = Float32Array.from({ length: 2 * COUNT }, () => random.normal());

/** Heaps on a circle, one a class; early ones lie on each other. */
function pointsAt(step: number): Float32Array {
  const radius = (8 * step) / (step + 150);
  return spread.map((value, i) => {
    const angle = (2 * Math.PI * (Math.floor(i / 2) % 10)) / 10;
    return 0.6 * value + radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}

function mapAt(step: number): { view: SampleView; tensors: Record<string, NamedTensor> } {
  return {
    view: {
      kind: 'map',
      method: 'pca',
      from: 'test',
      step,
      points: 'map/pca',
      clusters: 'map/clusters',
      shares: [0.3, 0.125],
    },
    tensors: {
      'map/pca': { shape: [COUNT, 2], data: pointsAt(step) },
      'map/clusters': { shape: [COUNT], data: Uint8Array.from({ length: COUNT }, (_, i) => (i % 10) % 8) },
    },
  };
}

const small = pictures(10);
const size = 28 * 28;
const examplesTensor: NamedTensor = { shape: [COUNT, 28, 28, 1], data: new Uint8Array(COUNT * size) };
for (let i = 0; i < COUNT; i++)
  (examplesTensor.data as Uint8Array).set(
    (small.data as Uint8Array).subarray((i % 10) * size, ((i % 10) + 1) * size),
    i * size,
  );
const names = JSON.stringify(Array.from({ length: COUNT }, (_, i) => `digit ${i}`));
const labels: NamedTensor = { shape: [COUNT], data: Int32Array.from({ length: COUNT }, (_, i) => i % 10) };
const labelled = encodeSafetensors({
  tensors: { examples: examplesTensor, labels },
  metadata: { classes: JSON.stringify(classes), names },
});
const unlabelled = encodeSafetensors({ tensors: { examples: examplesTensor }, metadata: { names } });

function withMaps(recording: Recording, more: SampleView[] = [], extra: Record<string, NamedTensor> = {}): Recording {
  const samples = new Map(
    [...recording.samples].map(([step, bytes]) => {
      const file = decodeSafetensors(bytes);
      const { view, tensors } = mapAt(step);
      const before = JSON.parse(file.metadata['views']!) as SampleView[];
      const metadata = { ...file.metadata, views: JSON.stringify([...before, view, ...more]) };
      return [step, encodeSafetensors({ tensors: { ...file.tensors, ...tensors, ...extra }, metadata })] as const;
    }),
  );
  return { ...recording, samples };
}

/** Where points are on the page: the same scale in both directions, in the middle. */
async function placesOn(page: Page, step: number): Promise<{ x: number; y: number }[]> {
  const box = (await page.locator('.map .point-over').boundingBox())!;
  const points = pointsAt(step);
  const ends = [0, 1].map((k) => {
    const some = points.filter((_, i) => i % 2 === k);
    return [Math.min(...some), Math.max(...some)] as const;
  });
  const [[left, right], [bottom, top]] = ends as [readonly [number, number], readonly [number, number]];
  const scale = Math.min((box.width - 20) / (right - left), (box.height - 20) / (top - bottom));
  return Array.from({ length: COUNT }, (_, i) => ({
    x: box.x + box.width / 2 + (points[2 * i]! - (left + right) / 2) * scale,
    y: box.y + box.height / 2 - (points[2 * i + 1]! - (bottom + top) / 2) * scale,
  }));
}

async function drawAround(page: Page, corners: { x: number; y: number }[]): Promise<void> {
  await page.mouse.move(corners[0]!.x, corners[0]!.y);
  await page.mouse.down();
  for (const { x, y } of corners.slice(1)) await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
}

describe('the map of codes', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  interface Showing {
    theme?: ThemeName;
    width?: number;
    examples?: Uint8Array | null;
    recording?: Recording;
  }

  const show = async ({
    theme,
    width = 1280,
    examples = labelled,
    recording = withMaps(record(2)),
  }: Showing = {}): Promise<FakeHost> => {
    const host = await monitor.open({ ...(theme && { theme }), width, height: 1200 });
    host.examples = examples;
    await host.show(recording);
    await host.page.locator(`.map[data-step="${last}"]`).waitFor();
    if (examples === labelled) await host.page.locator('.map-legend', { hasText: 'seven' }).waitFor();
    await host.settle();
    return host;
  };

  it('is coloured by label, and says what it shows', async () => {
    const { page } = await show();
    assert.match(await page.locator('.map').innerText(), /Map of codes\s+test images · step 470/i);
    assert.match(
      (await page.locator('.map-frame').getAttribute('aria-label')) ?? '',
      /^Map of 2,000 codes at step 470 by PCA, coloured by label: 10 colours\. It shows 42\.5 % of the variance\.$/,
    );
    assert.deepEqual(await page.locator('.map-legend li').allInnerTexts(), classes);
    // At a point is its class' colour, as in the legend.
    const places = await placesOn(page, last);
    const box = (await page.locator('.map .point-over').boundingBox())!;
    const near = await page
      .locator('.map .point-plot canvas')
      .first()
      .evaluate(
        (canvas: HTMLCanvasElement, some) => {
          const copy = document.createElement('canvas');
          Object.assign(copy, { width: canvas.width, height: canvas.height });
          const pen = copy.getContext('2d', { willReadFrequently: true })!;
          pen.drawImage(canvas, 0, 0);
          const swatches = [...document.querySelectorAll('.map-legend .map-swatch')].map((swatch) =>
            getComputedStyle(swatch)
              .backgroundColor.match(/[\d.]+/g)!
              .map(Number),
          );
          return some.filter(({ x, y, label }) => {
            const { data } = pen.getImageData(Math.round(x), Math.round(y), 1, 1);
            const off = (swatch: number[]): number =>
              swatch.slice(0, 3).reduce((sum, value, c) => sum + Math.abs(value - data[c]!), 0);
            const nearest = swatches.map(off);
            return nearest.indexOf(Math.min(...nearest)) === label;
          }).length;
        },
        places.slice(0, 200).map(({ x, y }, i) => ({ x: x - box.x, y: y - box.y, label: i % 10 })),
      );
    // Some lie beneath others.
    assert.ok(near > 160, `${near} of 200 points have the colour of their class`);
  });

  it('shows the example that is pointed at', async () => {
    const { page } = await show();
    const places = await placesOn(page, last);
    const outermost = places.reduce((best, { x }, i) => (x > places[best]!.x ? i : best), 0);
    await page.mouse.move(places[outermost]!.x + 1, places[outermost]!.y);
    const tip = page.locator('.map-tip');
    assert.equal(await tip.getAttribute('data-point'), String(outermost));
    assert.match(await tip.innerText(), new RegExp(`^${classes[outermost % 10]}\\s+digit ${outermost}$`));
    const inked = await tip.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, i) => i % 4 !== 3 && value > 100);
    });
    assert.ok(inked, 'its picture is drawn');
    await page.mouse.move(2, 2);
    assert.equal(await tip.isVisible(), false);
  });

  it('follows the pointer, frame by frame', async () => {
    const { page } = await show();
    const places = (await placesOn(page, last)).slice(0, 120);
    const shown = await page.evaluate(
      (places) =>
        new Promise<{ points: (string | undefined)[]; seconds: number }>((resolve) => {
          const over = document.elementFromPoint(places[0]!.x, places[0]!.y)!;
          const tip = document.querySelector<HTMLElement>('.map-tip')!;
          const points: (string | undefined)[] = [];
          let began = 0;
          const frame = (time: number): void => {
            if (points.length === 0) began = time;
            const place = places[points.length];
            if (!place) return resolve({ points, seconds: (time - began) / 1000 });
            over.dispatchEvent(
              new PointerEvent('pointermove', {
                bubbles: true,
                clientX: place.x,
                clientY: place.y,
                pointerType: 'mouse',
              }),
            );
            points.push(tip.dataset['point']);
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }),
      places,
    );
    console.log(
      `      ${(places.length / shown.seconds).toFixed(1)} frames a second while it follows the pointer over ${COUNT} points`,
    );
    const right = shown.points.filter((point, i) => point === String(i)).length;
    assert.ok(right > 60, `${right} of ${places.length} points were told in the frame they were pointed at`);
  });

  it('lists what is drawn around, with the number of each class; Clear takes it back', async () => {
    const { page } = await show();
    const places = await placesOn(page, last);
    const xs = places.map(({ x }) => x);
    const left = Math.max(...xs) - 0.25 * (Math.max(...xs) - Math.min(...xs));
    const box = (await page.locator('.map .point-over').boundingBox())!;
    const right = box.x + box.width - 1;
    const [top, bottom] = [box.y + 1, box.y + box.height - 1];
    await drawAround(page, [
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: bottom },
      { x: left, y: bottom },
    ]);
    const inside = places.flatMap(({ x }, i) => (x > left ? [i] : []));
    assert.equal(await page.locator('.map-chosen h3').innerText(), `${inside.length} of 2,000 examples`);
    const shown = await page
      .locator('.map-chosen li[data-example]')
      .evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset['example'])));
    assert.deepEqual(shown, inside.slice(0, 60));
    const counts = await page.locator('.map-chosen p').innerText();
    for (const [label, name] of classes.entries()) {
      const count = inside.filter((i) => i % 10 === label).length;
      assert.equal(counts.match(new RegExp(`${name}: (\\d+)`))?.[1] ?? '0', String(count), name);
    }
    await page.getByRole('button', { name: 'Clear' }).click();
    assert.equal(await page.locator('.map-chosen').isVisible(), false);
  });

  it('is used by keyboard: from point to point, those around one, a class of the legend', async () => {
    const { page } = await show();
    await page.locator('.map-frame').focus();
    await page.keyboard.press('ArrowRight');
    const first = Number(await page.locator('.map-tip').getAttribute('data-point'));
    const places = await placesOn(page, last);
    await page.keyboard.press('ArrowRight');
    const second = Number(await page.locator('.map-tip').getAttribute('data-point'));
    assert.ok(places[second]!.x > places[first]!.x, 'the arrow leads to the right');
    assert.match(
      await page.locator('.map > .for-listeners').innerText(),
      new RegExp(`^digit ${second}, ${classes[second % 10]}$`),
    );
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.map-chosen h3').innerText(), '25 of 2,000 examples');
    assert.equal(await page.locator(`.map-chosen li[data-example="${second}"]`).count(), 1);
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.map-chosen h3').innerText(), '50 of 2,000 examples');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.map-chosen').isVisible(), false);
    await page.locator('.map-legend button', { hasText: 'seven' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.map-chosen p').innerText(), 'seven: 200');
  });

  it('goes with the time slider, and the chosen examples with it', async () => {
    const host = await show();
    const { page } = host;
    await page.locator('.map-legend button', { hasText: 'two' }).click();
    await page.keyboard.press('Home');
    await page.locator('.map[data-step="0"]').waitFor();
    assert.equal(await page.locator('.map-chosen p').innerText(), 'two: 200');
    const places = await placesOn(page, 0);
    const outermost = places.reduce((best, { x }, i) => (x > places[best]!.x ? i : best), 0);
    await page.mouse.move(places[outermost]!.x, places[outermost]!.y);
    assert.equal(await page.locator('.map-tip').getAttribute('data-point'), String(outermost));
    assert.equal(host.of('requestExamples').length, 1, 'what the points are is asked for once');
  });

  it('is coloured by cluster where there are no labels, and where a person wishes', async () => {
    const { page } = await show({ examples: unlabelled });
    await page.locator('.map-legend', { hasText: 'cluster 8' }).waitFor();
    assert.equal(await page.locator('.map [aria-label="What colours the map"]').isVisible(), false);
    const other = await show();
    await other.page.locator('.map .choices', { hasText: 'cluster' }).getByText('cluster').click();
    await other.page.locator('.map-legend', { hasText: 'cluster 8' }).waitFor();
    assert.equal(await other.page.locator('.map-legend li').count(), 8);
  });

  it('is a map still where nobody knows what its points are', async () => {
    const { page } = await show({ examples: null });
    assert.equal(await page.locator('.map-legend li').count(), 8);
    const places = await placesOn(page, last);
    await page.mouse.move(places[0]!.x, places[0]!.y);
    assert.match(await page.locator('.map-tip').innerText(), /^cluster \d$/);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`in the theme ${theme}, also where it is narrow`, async () => {
      for (const width of [1280, 520]) {
        const { page } = await show({ theme, width });
        const places = await placesOn(page, last);
        const top = places.reduce((best, { y }, i) => (y < places[best]!.y ? i : best), 0);
        await page.locator('.map-legend button', { hasText: 'three' }).click();
        await page.mouse.move(places[top]!.x, places[top]!.y);
        await page.screenshot({ path: path.join(results, `map-${theme}-${width}.png`), fullPage: true });
        const { scroll, client } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }));
        assert.ok(scroll <= client, 'nothing scrolls sideways');
      }
    });

  it('of a file that may be wrong: points that are nowhere are refused, examples that do not fit left out', () => {
    const { view, tensors } = mapAt(5);
    const decoded = (part: object, more: Record<string, NamedTensor> = {}) =>
      decodeSample(
        7,
        encodeSafetensors({
          tensors: { ...tensors, ...more },
          metadata: { views: JSON.stringify([{ ...view, ...part }]) },
        }),
      ).maps[0]!;
    assert.equal(decoded({}).step, 5);
    const { step, share } = decoded({ step: 'x', shares: 1 });
    assert.deepEqual([step, share], [7, NaN]);
    assert.throws(() => decoded({ points: 'nothing' }), /not a matrix of numbers/);
    assert.throws(() => decoded({ clusters: 'map/pca' }), /what clusters the 2000 points/);
    const nowhere = { shape: [1, 2], data: Float32Array.of(NaN, 1) };
    assert.throws(() => decoded({}, { 'map/pca': nowhere }), /points that are nowhere/);
    const odd = encodeSafetensors({
      tensors: {
        examples: { shape: [2, 1, 1, 1], data: new Uint8Array(2) },
        labels: { shape: [2], data: Int32Array.of(7, 0) },
      },
      metadata: { classes: '["a"]', names: '[3]' },
    });
    const { labels: read, names: called } = decodeMapExamples(odd);
    assert.deepEqual(
      [Array.from(read!), called],
      [
        [-1, 0],
        ['', ''],
      ],
    );
  });
});
