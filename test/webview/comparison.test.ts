/// <reference lib="dom" />
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { FromComparison, ToComparison } from '../../src/protocol/comparisonPage.js';
import { fakeRun, messagesOf, type FakeRun } from './comparisons.js';
import { useOther } from './lab.js';
import { results, type OpenOptions, type ThemeName } from './page.js';
import { lines } from './recording.js';

describe('the page that compares runs', () => {
  const lab = useOther<FromComparison>('comparison');
  let page: Page;

  async function open(options: OpenOptions = {}): Promise<void> {
    page = await lab.open({ width: 1280, height: 1000, ...options });
  }

  /** Until the page has received them. */
  async function send(...messages: ToComparison[]): Promise<void> {
    await page.evaluate(
      (all) =>
        new Promise<void>((resolve) => {
          for (const message of all) window.postMessage(message);
          const last = { type: 'last' };
          window.addEventListener('message', ({ data }: MessageEvent<{ type: string }>) => {
            if (data.type === last.type) resolve();
          });
          window.postMessage(last);
        }),
      messages,
    );
  }

  async function show(runs: readonly FakeRun[], options: OpenOptions = {}): Promise<void> {
    await open(options);
    await send(...messagesOf(runs));
    await untilRead(runs.length);
  }

  /** The tables follow when the histories are read. */
  async function untilRead(runs: number): Promise<void> {
    await nextFrame();
    await page
      .locator('.results[aria-busy="false"] tbody tr')
      .nth(runs - 1)
      .waitFor();
  }

  const rows = () =>
    page.locator('.results tbody tr').evaluateAll((all) => all.map((row) => row.getAttribute('data-run')));
  const ids = (runs: readonly FakeRun[], ...order: number[]) => order.map((index) => runs[index]?.run.id);
  const column = (title: string) =>
    page.locator('.results').evaluate((part, wanted) => {
      const titles = [...part.querySelectorAll('thead th')].map((head) => head.textContent?.replace(/[ ↑↓]+$/, ''));
      const at = titles.indexOf(wanted);
      return [...part.querySelectorAll('tbody tr')].map((row) => row.children[at]?.textContent ?? '');
    }, title);
  const nextFrame = () =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const sortBy = async (title: string) => {
    await page
      .locator('.results th button', { hasText: new RegExp(`^${title}`) })
      .first()
      .click();
    await nextFrame();
  };

  it('shows what the runs came to, a row each, and marks the best of each column', async () => {
    const runs = [fakeRun(1), fakeRun(0), fakeRun(2)];
    await show(runs);
    assert.match(await page.locator('.summary').innerText(), /^3 runs$/);
    const losses = await column('Validation loss');
    assert.deepEqual(
      losses.map((text) => text.includes('best')),
      [false, true, false],
    );
    assert.equal(losses[0], (runs[0]!.run.metrics['validationLoss'] ?? 0).toFixed(4));
    const lowest = Math.min(...runs[2]!.metrics.flatMap(({ values }) => values['validationLoss'] ?? []));
    assert.ok((await column('Best validation loss'))[2]?.endsWith(lowest.toFixed(4)), 'the lowest after any epoch');
    assert.match((await column('Time'))[1]!, /best: 40 s/);
    assert.equal(await page.locator('.results .best .icon').count(), await page.locator('.results .best').count());
  });

  it('names no loss the best where methods differ, and says why', async () => {
    await show([fakeRun(0), fakeRun(1, { method: 'variational' })]);
    assert.ok((await column('Training loss')).every((text) => !text.includes('best')));
    assert.match(await page.locator('.results').innerText(), /Losses of other methods, .* none of them is marked/);
  });

  it('shows the fields of the recipes that differ first, and folds the others', async () => {
    await show([fakeRun(0), fakeRun(1)]);
    const differing = page.locator('.recipes > .scrolling tbody tr');
    assert.deepEqual(await differing.allInnerTexts(), ['pretrain.optimizer.learningRate\t0.001\t0.003']);
    const same = page.locator('.recipes details tbody tr');
    assert.equal(await same.first().isVisible(), false);
    await page.locator('.recipes summary').click();
    assert.ok((await same.allInnerTexts()).includes('encoder.units\t[256,32]'));
    assert.ok(!(await page.locator('.recipes').innerText()).includes('finetune'), 'they did not follow that section');
  });

  it('sorts by a click on a column: up, down, and back; runs without a value come last', async () => {
    const runs = [fakeRun(1), fakeRun(0, { metrics: {} }), fakeRun(2), fakeRun(3)];
    await show(runs);
    await sortBy('Validation loss');
    assert.deepEqual(await rows(), ids(runs, 0, 2, 3, 1));
    assert.equal(await page.locator('.results th[aria-sort="ascending"]').count(), 1);
    await sortBy('Validation loss');
    assert.deepEqual(await rows(), ids(runs, 3, 2, 0, 1));
    await sortBy('Validation loss');
    assert.deepEqual(await rows(), ids(runs, 0, 1, 2, 3));
    assert.equal(await page.locator('.results th[aria-sort]:not([aria-sort="none"])').count(), 0);
  });

  it('keeps the keyboard where it was when the table is sorted by it', async () => {
    await show([fakeRun(1), fakeRun(0)]);
    await page.locator('.results th button', { hasText: /^Time/ }).focus();
    await page.keyboard.press('Enter');
    await nextFrame();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Time ↑');
    await page.keyboard.press('Enter');
    await nextFrame();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Time ↓');
  });

  it('filters by words anywhere: in names, results and recipes', async () => {
    const runs = [fakeRun(0), fakeRun(1), fakeRun(2)];
    await show(runs);
    const filterBy = async (text: string) => {
      await page.locator('.filter').fill(text);
      await nextFrame();
    };
    await filterBy('512');
    assert.deepEqual(await rows(), ids(runs, 2));
    await filterBy('digits 0.003');
    assert.deepEqual(await rows(), ids(runs, 1));
    await filterBy('nothing like that');
    assert.deepEqual(await rows(), []);
    await page.locator('[role="status"]', { hasText: 'No run matches' }).waitFor();
  });

  it('takes runs out of the chart and back by the legend', async () => {
    await show([fakeRun(0), fakeRun(1)]);
    const chart = page.locator('.chart-frame');
    const points = () =>
      chart.evaluate(
        (frame) =>
          new Promise<number>((resolve) =>
            frame.addEventListener(
              'drawn',
              (event) => resolve((event as CustomEvent<{ points: number }>).detail.points),
              {
                once: true,
              },
            ),
          ),
      );
    const toggle = page.locator('.run-toggle').first();
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    assert.match((await chart.getAttribute('aria-label')) ?? '', /3f9a: training .* 436b: training/);
    const [fewer] = await Promise.all([points(), toggle.click()]);
    assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
    assert.ok(!/3f9a/.test((await chart.getAttribute('aria-label')) ?? ''));
    const [all] = await Promise.all([points(), toggle.click()]);
    assert.ok(fewer > 0 && all > 1.5 * fewer, `${fewer} of ${all} points`);
  });

  it('asks the host to open a monitor, to take a run out, for further runs', async () => {
    const runs = [fakeRun(0), fakeRun(1), fakeRun(2)];
    await show(runs);
    await page.locator('.results tbody .link').nth(1).click();
    await page.locator('.take-out').first().click();
    await nextFrame();
    assert.deepEqual(await rows(), ids(runs, 1, 2));
    assert.equal(await page.locator('.run-toggle').count(), 2);
    await page.locator('vscode-button', { hasText: 'Add Runs' }).click();
    await nextFrame();
    assert.deepEqual(lab.sent, [
      { type: 'ready', folders: null },
      { type: 'openMonitor', folder: runs[1]!.folder },
      { type: 'takeOut', folder: runs[0]!.folder },
      { type: 'add' },
    ]);
  });

  it('exports what is shown, in its order: plain numbers as CSV, tables with the best in bold as Markdown', async () => {
    const runs = [fakeRun(0), fakeRun(1), fakeRun(2)];
    await show(runs);
    await page.locator('.filter').fill('256');
    await sortBy('Time');
    await sortBy('Time');
    await page.locator('vscode-button', { hasText: 'Export as CSV' }).click();
    await page.locator('vscode-button', { hasText: 'Export as Markdown' }).click();
    await page.waitForFunction(() => true);
    const [csv, markdown] = lab.sent.filter((message) => message.type === 'export');
    const table = csv!.text.trimEnd().split('\n');
    assert.deepEqual([table.length, ...table.slice(1).map((line) => line.split(',')[0])], [3, ...ids(runs, 1, 0)]);
    const head = table[0]!.split(',');
    assert.equal(head.at(-1), 'pretrain.optimizer.learningRate');
    assert.equal(Number(table[1]!.split(',')[head.indexOf('validationLoss')]), runs[1]!.run.metrics['validationLoss']);
    assert.match(markdown!.text, /^\| Run \| Method \|/);
    assert.match(markdown!.text, /\*\*40 s\*\*/);
    assert.match(markdown!.text, /\| pretrain\.optimizer\.learningRate \| 0\.003 \| 0\.001 \|/);
  });

  it('follows runs that still train: curves and tables', async () => {
    const [done, whole] = [fakeRun(0), fakeRun(1)];
    const half = whole.metrics.slice(0, whole.metrics.length / 2);
    const young: FakeRun = {
      ...whole,
      state: 'running',
      run: { ...whole.run, state: 'running', metrics: { loss: 0.5 }, step: 470 },
      metrics: half,
    };
    await show([done, young]);
    assert.match(await page.locator('.summary').innerText(), /2 runs, 1 of them training/);
    const before = await page.locator('.chart-frame').getAttribute('aria-label');
    const { folder, run } = whole;
    await send(
      { type: 'feed', folder, message: { type: 'metrics', text: lines(whole.metrics.slice(half.length)) } },
      { type: 'feed', folder, message: { type: 'run', run, state: 'completed' } },
    );
    await page.locator('.summary', { hasText: /^2 runs$/ }).waitFor();
    assert.notEqual(await page.locator('.chart-frame').getAttribute('aria-label'), before);
    assert.equal((await column('Validation loss'))[1], (run.metrics['validationLoss'] ?? 0).toFixed(4));
    // A resumed run is sent from its beginning.
    await send({ type: 'feed', folder, message: { type: 'show', run: { ...run, metrics: {} }, state: 'running' } });
    await page.locator('.summary', { hasText: '1 of them training' }).waitFor();
    assert.equal((await column('Best validation loss'))[1], '–');
  });

  it('comes back as it was after a reload', async () => {
    const runs = [fakeRun(0), fakeRun(1)];
    await show(runs);
    await page.locator('.choices label', { hasText: 'time' }).click();
    await page.locator('.run-toggle').first().click();
    await sortBy('Time');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('.waiting-note'));
    assert.deepEqual(lab.sent.at(-1), { type: 'ready', folders: runs.map(({ folder }) => folder) });
    await send(...messagesOf(runs));
    await untilRead(2);
    assert.equal(await page.locator('.choices input[value="time"]').isChecked(), true);
    assert.equal(await page.locator('.run-toggle').first().getAttribute('aria-pressed'), 'false');
    assert.equal(await page.locator('th[aria-sort="ascending"]').innerText(), 'Time ↑');
  });

  it('takes names and values from anybody as text', async () => {
    const bad = fakeRun(0, { name: '<b>bold</b>' });
    await show([
      { ...bad, recipe: { encoder: '<img src=x>' } },
      { ...fakeRun(1), recipe: null },
    ]);
    assert.equal(await page.locator('main b:not(.smoothing b), main img').count(), 0);
    assert.match(await page.locator('.recipes').innerText(), /encoder\s+<img src=x>\s+–/);
  });

  it('says what went wrong', async () => {
    await show([fakeRun(0), fakeRun(1)]);
    await send({ type: 'trouble', message: 'metrics.jsonl cannot be read: it is locked' });
    assert.equal(await page.locator('[role="alert"]').innerText(), 'metrics.jsonl cannot be read: it is locked');
  });

  it('gives every control and picture a name', async () => {
    await show([fakeRun(0), fakeRun(1)]);
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const wanted = ['button', 'img', 'image', 'group', 'region', 'main', 'searchbox', 'slider', 'radio', 'radiogroup'];
    const found = nodes.filter(({ ignored, role }) => !ignored && wanted.includes(role?.value ?? ''));
    assert.ok(found.length > 20);
    assert.deepEqual(
      found.filter(({ name }) => (name?.value ?? '').trim() === '').map(({ role }) => role?.value),
      [],
    );
  });

  for (const width of [360, 700, 1280])
    it(`fits ${width} pixels: nothing but tables scrolls sideways`, async () => {
      await show(
        Array.from({ length: 8 }, (_, index) => fakeRun(index)),
        { width },
      );
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(beyond, 0);
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`takes the colours of the theme, with a colour of its own for each of eight runs: ${theme}`, async () => {
      for (const count of [2, 8]) {
        if (count === 8) await page.context().close();
        await show(
          Array.from({ length: count }, (_, index) => fakeRun(index)),
          { theme },
        );
        const colours = await page
          .locator('.run-toggle i')
          .evaluateAll((all) => all.map((mark) => getComputedStyle(mark).backgroundColor));
        assert.equal(new Set(colours).size, count, colours.join());
        await page.screenshot({ path: path.join(results, `comparison-${count}-${theme}.png`), fullPage: true });
      }
    });
});
