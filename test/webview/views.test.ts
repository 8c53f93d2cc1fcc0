/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { pictures, record, STEPS_PER_EPOCH, withViews } from './recording.js';

/** Views that only some methods have. */

const last = 2 * STEPS_PER_EPOCH;

const grids: SampleView[] = [
  { kind: 'grid', content: 'samples', tensor: 'samples', columns: 8 },
  { kind: 'grid', content: 'walk', tensor: 'walk', columns: 10 },
];
const generative = withViews(record(2), grids, { samples: pictures(64), walk: pictures(30) });

describe('the monitor shows views that a method brings', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));

  const brightest = (content: string, column: number, row: number, columns: number, rows: number) =>
    monitor.host.page.locator(`.row [data-content="${content}"] canvas`).evaluate(
      (canvas: HTMLCanvasElement, [column, row, columns, rows]) => {
        const [width, height] = [canvas.width / columns, canvas.height / rows];
        const copy = new OffscreenCanvas(Math.floor(width), Math.floor(height));
        const context = copy.getContext('2d', { willReadFrequently: true })!;
        context.drawImage(canvas, -Math.round(column * width), -Math.round(row * height));
        const { data } = context.getImageData(0, 0, copy.width, copy.height);
        return data.reduce((most, value, i) => (i % 4 === 0 && value > most ? value : most), 0);
      },
      [column, row, columns, rows] as const,
    );

  it('grids of pictures that were made up, each picture in its place', async () => {
    await monitor.showAll(generative);
    const [first, later] = [await brightest('samples', 0, 0, 8, 8), await brightest('samples', 7, 7, 8, 8)];
    assert.ok(first > 230, String(first));
    assert.ok(later > 60 && later < 130, `the last one is darker: ${later}`);
    const middle = await brightest('walk', 0, 2, 10, 3);
    assert.ok(middle > 120 && middle < 190, `the first of the last row is in between: ${middle}`);
    for (const name of [`Samples at step ${last}: 64 pictures`, `Walks at step ${last}: 30 pictures`])
      assert.equal(await monitor.host.page.getByRole('img', { name }).count(), 1, name);
  });

  it('and not where there are none', async () => {
    const host = await monitor.showAll(record(2));
    assert.equal(await host.page.locator('[data-content]').count(), 0);
  });

  it('without cutting anything off where there is little room', async () => {
    const host = await monitor.showAll(generative, { width: 420, height: 900 });
    const [wide, room] = await host.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(wide <= room, `${wide} in ${room}`);
    for (const canvas of await host.page.locator('[data-content] canvas').all()) {
      const box = (await canvas.boundingBox())!;
      assert.ok(box.width > 200 && box.x + box.width <= 420, JSON.stringify(box));
    }
  });

  const shares = Float32Array.from({ length: 40 }, (_, i) => (i % 8 === 0 ? 0 : 0.45 * Math.exp(-((i * 7) % 40) / 12)));
  const sparse = withViews(record(2), [{ kind: 'activity', tensor: 'activity' }], {
    activity: { shape: [40], data: shares },
  });

  it('how often units are active, the most active first, and in words', async () => {
    await monitor.showAll(sparse);
    const canvas = monitor.host.page.locator('.activity canvas');
    const heights = await canvas.evaluate((canvas: HTMLCanvasElement) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(canvas, 0, 0);
      return [0.5, 10.5, 38.5].map((bar) => {
        const { data } = context.getImageData(Math.round((bar * canvas.width) / 40) - 2, 0, 1, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length / canvas.height;
      });
    });
    const sorted = [...shares].sort((a, b) => b - a);
    for (const [i, bar] of [0, 10].entries())
      assert.ok(Math.abs(heights[i]! - sorted[bar]! / 0.5) < 0.03, `bar ${bar}: ${heights[i]}`);
    assert.ok(heights[2]! < 0.03, 'nothing but the line under the bars');
    assert.match((await canvas.getAttribute('aria-label'))!, /Activity at step 470: 40 units, .* 5 never/);
    assert.equal(await monitor.host.page.getByText('5 of 40 never').count(), 1);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    it(`activity in the theme ${theme}`, async () => {
      const host = await monitor.showAll(sparse, { theme });
      await host.page.screenshot({ path: path.join(results, `views-activity-${theme}.png`) });
      assert.ok(await host.page.locator('.activity canvas').isVisible());
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    it(`in the theme ${theme}`, async () => {
      const host = await monitor.showAll(generative, { theme, height: 1250 });
      await host.page.screenshot({ path: path.join(results, `views-grids-${theme}.png`) });
      assert.ok((await brightest('samples', 0, 0, 8, 8)) > 230);
    });

  const tokenTexts = JSON.stringify({ 5: 'the', 6: ' cat', 7: ' <b>sat</b>', 8: ' dog' });
  const ids = (...data: number[]): NamedTensor => ({ shape: [2, 3], data: Int32Array.from(data) });

  it('hidden tokens with their guesses, right and wrong, as text and nothing else', async () => {
    const view = { kind: 'tokens', content: 'masked', from: 'validation', input: 'texts', output: 'guesses' } as const;
    const tensors = { texts: ids(5, 6, 7, 5, 8, 9), guesses: ids(-1, 8, 7, 5, -1, -1) };
    await monitor.showAll(withViews(record(2), [view], tensors, { tokens: tokenTexts }));
    const { page } = monitor.host;
    const items = page.locator('.tokens li');
    assert.deepEqual(await items.allTextContents(), ['the dog cat <b>sat</b>', 'the dog[9]']);
    const marks = page.locator('.tokens mark');
    const told = await marks.evaluateAll((all) =>
      all.map((mark) => [mark.textContent, mark.getAttribute('data-right'), mark.getAttribute('title')]),
    );
    assert.deepEqual(told, [
      [' dog', 'false', 'wrong, it is “cat”'],
      [' <b>sat</b>', 'true', 'right'],
      ['the', 'true', 'right'],
    ]);
    assert.equal(await page.getByText('2 of 3 right').count(), 1);
    await page.screenshot({ path: path.join(results, 'views-tokens-masked.png') });
  });

  it('what a network writes, after the beginnings', async () => {
    const view = {
      kind: 'tokens',
      content: 'generated',
      from: 'validation',
      input: 'beginnings',
      output: 'written',
      perplexity: 12.3,
    } as const;
    const tensors = { beginnings: ids(5, 6, 7, 5, 8, 7), written: { shape: [2, 1], data: Int32Array.of(6, 8) } };
    await monitor.showAll(withViews(record(2), [view], tensors, { tokens: tokenTexts }));
    const { page } = monitor.host;
    assert.deepEqual(await page.locator('.tokens li').allTextContents(), [
      'the cat <b>sat</b> cat',
      'the dog <b>sat</b> dog',
    ]);
    assert.deepEqual(await page.locator('.tokens li .quiet').allTextContents(), [
      'the cat <b>sat</b>',
      'the dog <b>sat</b>',
    ]);
    assert.equal(await page.getByText('perplexity 12.3').count(), 1);
    await page.screenshot({ path: path.join(results, 'views-tokens-generated.png') });
  });

  const texts = JSON.stringify({ 5: ' the', 6: ' cat', 7: ' <b>sat</b>', 8: ' dog' });
  const bagView = { kind: 'tokens', content: 'bag', from: 'validation', input: 'texts', output: 'guesses' } as const;

  it('tokens of texts that come back from a code, are missed, or are not there', async () => {
    const tensors = { texts: ids(5, 6, 7, 8, -1, -1), guesses: ids(5, 8, 7, 8, -1, -1) };
    await monitor.showAll(withViews(record(2), [bagView], tensors, { tokens: texts }));
    const { page } = monitor.host;
    const items = page.locator('.tokens li');
    assert.deepEqual(await items.allTextContents(), ['the <b>sat</b> cat dog ', 'dog ']);
    const told = await page
      .locator('.tokens mark')
      .evaluateAll((all) =>
        all.map((mark) => [mark.textContent, mark.getAttribute('data-right'), mark.getAttribute('title')]),
      );
    assert.deepEqual(told, [
      ['the', 'true', 'in the text, and found'],
      ['<b>sat</b>', 'true', 'in the text, and found'],
      ['cat', 'missed', 'in the text, but missed'],
      ['dog', 'false', 'not in the text'],
      ['dog', 'true', 'in the text, and found'],
    ]);
    assert.equal(await page.getByText('3 of 4 found').count(), 1);
  });

  it('of long texts no more tokens than can be looked at, but how many there are', async () => {
    const many = Array.from({ length: 60 }, (_, i) => i);
    const row = (data: number[]): NamedTensor => ({ shape: [1, 60], data: Int32Array.from(data) });
    const tensors = { texts: row(many), guesses: row(many) };
    const tokens = JSON.stringify(Object.fromEntries(many.map((id) => [id, ` word${id}`])));
    await monitor.showAll(withViews(record(2), [bagView], tensors, { tokens }));
    const { page } = monitor.host;
    assert.equal(await page.locator('.tokens mark').count(), 24);
    assert.match(await page.locator('.tokens li').innerText(), /word23 \+ 36/);
    assert.equal(await page.getByText('60 of 60 found').count(), 1);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    it(`tokens of texts in the theme ${theme}`, async () => {
      const words = 'the a good bad film story was is not very actor scene music slow funny end'.split(' ');
      const tokens = JSON.stringify(Object.fromEntries(words.map((word, id) => [id, ` ${word}`])));
      const rows = (first: number[], second: number[]): NamedTensor => ({
        shape: [2, 8],
        data: Int32Array.from([...first, ...second]),
      });
      const tensors = {
        texts: rows([0, 4, 6, 2, 10, 12, 14, 15], [0, 5, 7, 3, 13, -1, -1, -1]),
        guesses: rows([0, 6, 4, 1, 2, 5, 12, 7], [0, 7, 5, 6, 13, -1, -1, -1]),
      };
      const host = await monitor.showAll(withViews(record(2), [bagView], tensors, { tokens }), { theme });
      await host.page.screenshot({ path: path.join(results, `views-tokens-bag-${theme}.png`) });
      assert.ok(await host.page.locator('.tokens mark').first().isVisible());
    });

  describe('of which a file may be wrong:', () => {
    const decoded = (view: object, tensor: NamedTensor = pictures(6)) =>
      decodeSample(
        0,
        encodeSafetensors({ tensors: { made: tensor }, metadata: { views: JSON.stringify([view, view]) } }),
      );

    it('texts that are no ids, or guesses that do not fit them', () => {
      const of = (tensor: NamedTensor, other: NamedTensor) =>
        decodeSample(
          0,
          encodeSafetensors({
            tensors: { a: tensor, b: other },
            metadata: { views: JSON.stringify([{ kind: 'tokens', content: 'masked', input: 'a', output: 'b' }]) },
          }),
        );
      const texts = ids(1, 2, 3, 4, 5, 6);
      assert.deepEqual(of(texts, texts).tokens!.texts[1]!.input, ['[4]', '[5]', '[6]']);
      assert.throws(() => of(texts, { shape: [2, 1], data: Int32Array.of(1, 2) }), /differ in shape/);
      assert.throws(() => of(texts, pictures(1)), /is not a list of texts/);
    });

    it('a grid twice is shown once', () => {
      const { grids } = decoded({ kind: 'grid', content: 'samples', tensor: 'made', columns: 3 });
      assert.deepEqual(
        grids.map(({ content, columns }) => [content, columns]),
        [['samples', 3]],
      );
    });

    it('columns that cannot be are told', () => {
      for (const columns of [0, -1, 7, 1.5, '3', null])
        assert.throws(() => decoded({ kind: 'grid', content: 'samples', tensor: 'made', columns }), /columns for 6/);
    });
  });
});
