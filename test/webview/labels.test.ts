/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunRecord } from '../../src/protocol/run.js';
import type { LabelScoresView, LabelsView } from '../../src/protocol/sample.js';
import { encodeSafetensors, type NamedTensor } from '../../src/protocol/safetensors.js';
import { decodeSample } from '../../webview/state/samples.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { pictures, record, withViews, type Recording } from './recording.js';

/** Examples that may have several labels, and how well each label is told. */

const names = ['cat', 'dog', 'a long name that has <b>no</b> room'];
const shape = [4, 3];
const labels: LabelsView = {
  kind: 'labels',
  from: 'validation',
  input: 'shownExamples',
  names,
  has: 'has',
  probabilities: 'p',
};
const scores: LabelScoresView = {
  ...labels,
  kind: 'labelScores',
  from: 'test',
  scores: 'scores',
  macroF1: 0.615,
  microF1: 0.7,
  meanAveragePrecision: 0.8,
  subsetAccuracy: 0.25,
  hammingLoss: 0.125,
};
const tensors: Record<string, NamedTensor> = {
  shownExamples: pictures(4),
  has: { shape, data: Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0) },
  p: { shape, data: Float32Array.of(0.9, 0.6, 0.1, 0.7, 0.2, 0, 0.1, 0.2, 0.3, 0.95, 0.99, 0.4) },
  scores: {
    shape: [3, 5],
    data: Float32Array.of(1200, 0.667, 1, 0.8, 0.83, 40, 0.5, 0.5, 0.5, 0.583, 0, 0, 0, 0, 0),
  },
};

function tuned(part: Partial<RunRecord> = {}): Recording {
  const whole = withViews(record(2), [labels, scores], tensors);
  return { ...whole, run: { ...whole.run, stage: 'finetune', method: 'full', parent: 'a', ...part } };
}

describe('several labels an example are shown', () => {
  const monitor = useMonitor();
  before(() => mkdir(results, { recursive: true }));
  const listed = (of: string) =>
    monitor.host.page.locator(`${of} li`).evaluateAll((items) => items.map((item) => item.getAttribute('title')));

  it('of each example those that it is given and those that are missed', async () => {
    const { page } = await monitor.showAll(tuned());
    assert.deepEqual(await listed('.labels'), [
      'cat 90.0 %; dog 60.0 %',
      'cat 70.0 %, which it has not; dog 20.0 %, which it has',
      'no label',
      'dog 99.0 %, which it has not; cat 95.0 %',
    ]);
    assert.equal(await page.getByText('all labels right of 2 of 4').count(), 1);
  });

  it('label by label in a table, with all together in words', async () => {
    const { page } = await monitor.showAll(tuned());
    const cells = await page
      .locator('.label-table tr')
      .evaluateAll((rows) => rows.map((row) => Array.from(row.children, (cell) => cell.textContent).join(' | ')));
    assert.deepEqual(cells, [
      'Label | Examples | Precision | Recall | F1 | Average precision',
      'cat | 1,200 | 66.7 % | 100.0 % | 80.0 % | 83.0 %',
      'dog | 40 | 50.0 % | 50.0 % | 50.0 % | 58.3 %',
      'a long name that has <b>no</b> room | 0 | 0.0 % | 0.0 % | 0.0 % | 0.0 %',
    ]);
    assert.equal(
      await page.locator('.label-scores > p').first().innerText(),
      'Micro F1 70.0 %, mean average precision 80.0 %. Every label is right of 25.0 % of the examples; of all labels 12.5 % are wrong.',
    );
    assert.equal(await page.getByText('macro F1 61.5 %').count(), 1);
  });

  it('with the examples that are most surely wrong, in one label if it is chosen', async () => {
    const { page } = await monitor.showAll(tuned());
    const title = () => page.locator('.label-scores h3').innerText();
    const [second, fourth] = [
      'cat 70.0 %, which it has not; dog 20.0 %, which it has',
      'dog 99.0 %, which it has not; cat 95.0 %',
    ];
    assert.deepEqual([await title(), await listed('.label-scores')], ['Most surely wrong', [fourth, second]]);
    const cat = page.getByRole('button', { name: 'cat', exact: true });
    await cat.focus();
    await page.keyboard.press('Enter');
    assert.deepEqual([await title(), await listed('.label-scores')], ['Most surely wrong in “cat”', [second]]);
    assert.equal(await cat.getAttribute('aria-pressed'), 'true');
    await cat.click();
    assert.equal((await listed('.label-scores')).length, 2);
    await page.getByRole('button', { name: /a long name/ }).click();
    assert.deepEqual(await listed('.label-scores'), []);
  });

  it('and in the header by their macro F1', async () => {
    const { page } = await monitor.showAll(tuned({ state: 'completed', epochs: 2, metrics: { testMacroF1: 0.615 } }));
    assert.match((await page.locator('.facts').innerText()).replace(/\s+/g, ' '), /labels test macro F1 61\.5 % loss/);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    for (const width of [1280, 420])
      it(`within the page in the theme ${theme} at a width of ${width}`, async () => {
        const { page } = await monitor.showAll(tuned(), { theme, width, height: 1500 });
        const [wide, room] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        assert.ok(wide <= room, `${wide} in ${room}`);
        await page.locator('.label-scores').scrollIntoViewIfNeeded();
        await page.screenshot({ path: path.join(results, `labels-${theme}-${width}.png`) });
      });

  it('unless the file is wrong, which is told', () => {
    const decoded = (view: object) =>
      decodeSample(0, encodeSafetensors({ tensors, metadata: { views: JSON.stringify([view]) } }));
    assert.deepEqual(decoded(labels).labels!.rows[1]!.has, [false, true, false]);
    for (const part of [{ names: ['cat'] }, { names: null }, { probabilities: 'scores' }])
      assert.throws(() => decoded({ ...labels, ...part }), /Its labels are/);
    for (const has of ['p', 'shownExamples'])
      assert.throws(() => decoded({ ...labels, has }), /which labels each of 4 examples has/);
    assert.throws(() => decoded({ ...scores, scores: 'p' }), /Its scores are 4 x 3 for 3 labels/);
  });
});
