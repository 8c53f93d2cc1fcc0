/// <reference lib="dom" />
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { EfficiencyRecord, FromEfficiency, ShowEfficiency } from '../../src/protocol/efficiency.js';
import { useOther } from './lab.js';
import { drawingOf, measurement, titles } from './measurements.js';
import { readTheme, results, type OpenOptions, type ThemeName } from './page.js';

const FOLDER = '/work/.pretrain/runs/20261124-201530-fashion-3f9a/efficiency/3f9a';

describe('the page of a measurement of label efficiency', () => {
  const lab = useOther<FromEfficiency>('efficiency');
  let page: Page;

  async function show(
    record: EfficiencyRecord = measurement(),
    options: OpenOptions = {},
    changes: Partial<ShowEfficiency> = {},
  ): Promise<void> {
    page = await lab.open(options);
    const message: ShowEfficiency = {
      type: 'show',
      folder: FOLDER,
      at: '2026-11-28T10:30:00.000Z',
      record,
      titles,
      drawing: drawingOf(record),
      notes: [],
      ...changes,
    };
    await page.evaluate((message) => window.postMessage(message), message);
    await page.locator('h1').waitFor();
  }

  it('says in one sentence what came of it, and keeps its folder for a reload', async () => {
    await show();
    assert.equal(await page.locator('h1').innerText(), 'Label efficiency of fashion');
    assert.match(await page.locator('.sentence').innerText(), /^With 10 labels per class .* takes about 45\.$/);
    assert.equal(await page.locator('.unfinished').count(), 0);
    assert.deepEqual(await page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '{}') as unknown), {
      folder: FOLDER,
    });
  });

  it('has a row a budget with each mode’s mean, its interval, and whether pretraining helps', async () => {
    await show();
    const table = page.locator('.data');
    assert.deepEqual(await table.locator('thead th').allInnerTexts(), [
      'Labels per class',
      ...Object.values(titles),
      'Pretraining',
    ]);
    assert.deepEqual(await table.locator('tbody tr').first().locator('th, td').allInnerTexts(), [
      '1',
      '21.0 % (18.0 to 24.0)',
      '46.0 % (43.0 to 49.0)',
      '40.0 % (37.0 to 43.0)',
      '46.0 % (43.0 to 49.0)',
      'helps',
    ]);
    assert.equal(await table.locator('tbody tr').last().locator('td').last().innerText(), 'not told apart');
  });

  it('speaks of macro F1 and of labels where an example may have several', async () => {
    await show(measurement({ measure: 'macroF1' }));
    const region = (name: string) => page.locator(`section[aria-label="${name}"]`);
    assert.equal(await region('Macro F1 against examples of each label').count(), 1);
    assert.equal(await region('Macro F1').locator('thead th').first().innerText(), 'Examples of each label');
    const texts = await page.locator('.picture text').allTextContents();
    assert.ok(texts.includes('macro F1 on 10,000 test examples'), texts.join());
    assert.ok(texts.includes('examples of each label (logarithmic)'), texts.join());
    assert.match(await page.locator('.fact-list').innerText(), /Labels\s+3/);
    assert.doesNotMatch(await page.locator('main').innerText(), /Accuracy|accuracy|per class|Classes/);
  });

  it('shows the trainer’s picture: lines, bands, points and names, without the heading that the page has', async () => {
    await show();
    const count = (element: string) => page.locator(`.picture ${element}`).count();
    assert.deepEqual([await count('polygon'), await count('circle')], [4, 28]);
    const texts = await page.locator('.picture text').allTextContents();
    for (const title of Object.values(titles)) assert.ok(texts.includes(title), texts.join());
    assert.ok(!texts.some((text) => /^Label efficiency of|^With 10/.test(text)), texts.join());
    assert.match((await page.locator('.picture').getAttribute('aria-label')) ?? '', /With 10 labels per class/);
  });

  it('takes nothing else from the file of the picture, which may come from anywhere', async () => {
    const foreign = drawingOf(measurement()).replace(
      '</svg>',
      '<script>document.title = "taken"</script><image href="https://example.org/x.png"/>' +
        '<circle cx="300" cy="300" r="9" fill="url(https://example.org/y)"/></svg>',
    );
    await show(measurement(), {}, { drawing: foreign });
    assert.equal(await page.locator('.picture script, .picture image').count(), 0);
    assert.equal(
      await page
        .locator('.picture circle')
        .last()
        .evaluate((circle) => getComputedStyle(circle).fill),
      'none',
    );
    assert.notEqual(await page.title(), 'taken');
  });

  it('is of use without the picture', async () => {
    for (const drawing of [null, 'no drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>']) {
      if (drawing !== null) await page.context().close();
      await show(measurement(), {}, { drawing });
      assert.equal(await page.locator('.picture').count(), 0);
      assert.match(await page.locator('main').innerText(), /Its picture is not there/);
      assert.equal(await page.locator('.data tbody tr').count(), 7);
    }
  });

  it('asks the host for more, for the files and for the folder, also by keyboard', async () => {
    await show();
    await page.locator('vscode-button', { hasText: 'Measure More' }).focus();
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
    }
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assert.deepEqual(lab.sent, [
      { type: 'ready' },
      { type: 'measure' },
      { type: 'open', what: 'table' },
      { type: 'open', what: 'record' },
      { type: 'reveal' },
    ]);
  });

  it('of a measurement that was stopped says so and offers to go on; of one seed there are no intervals', async () => {
    const full = measurement({ seeds: [1] });
    const means = full.means.filter(({ mode, labelsPerClass }) => mode !== 'full' || labelsPerClass < 5);
    await show({ ...full, means, complete: false }, {}, { notes: ['No class has more than 90 labelled examples.'] });
    assert.match(await page.locator('.unfinished').innerText(), /goes on where it was/);
    const button = page.locator('vscode-button', { hasText: 'Go On' });
    assert.equal(await button.getAttribute('appearance'), 'primary');
    assert.match(await page.locator('.findings').innerText(), /No class has more than 90/);
    const cells = await page.locator('.data tbody tr').last().locator('td').allInnerTexts();
    assert.deepEqual(cells, ['80.0 %', '82.0 %', '–', '77.0 %', 'not told apart']);
  });

  it('names what it shows as text', async () => {
    await show(measurement({ name: '<b>x</b>', sentence: '<i>With</i>', dataPath: '<u>d</u>' }));
    assert.equal(await page.locator('h1 b, .sentence i, dd u').count(), 0);
    assert.equal(await page.locator('.sentence').innerText(), '<i>With</i>');
  });

  for (const width of [360, 700, 1280])
    it(`fits ${width} pixels: nothing scrolls sideways`, async () => {
      await show(measurement(), { width });
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(beyond, 0);
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`takes the colours of the theme: ${theme}`, async () => {
      await show(measurement(), { theme: theme === 'dark-modern' ? 'light-modern' : 'dark-modern', height: 1300 });
      const inks = () =>
        page
          .locator('.picture text')
          .evaluateAll((texts) => [...new Set(texts.map((text) => getComputedStyle(text).fill))].join(' '));
      const before = await inks();
      await page.evaluate((colours) => window.applyTheme?.(colours), await readTheme(theme));
      assert.notEqual(await inks(), before);
      const least = await page.locator('.picture text').evaluateAll((texts) => {
        const light = (colour: string): number => {
          const pen = document.createElement('canvas').getContext('2d');
          if (!pen) return NaN;
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
          const [red = 0, green = 0, blue = 0] = [...pen.getImageData(0, 0, 1, 1).data].map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const ground = light(getComputedStyle(document.body).backgroundColor);
        return Math.min(
          ...texts.map((text) => {
            const ink = light(getComputedStyle(text).fill);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
          }),
        );
      });
      assert.ok(least >= 4.5, `the least contrast of its letters is ${least.toFixed(2)} (WCAG 2.2, 1.4.3)`);
      await page.screenshot({ path: path.join(results, `efficiency-${theme}.png`), fullPage: true });
    });
});
