/// <reference lib="dom" />
import assert from 'node:assert/strict';
import path from 'node:path';
import type { NamedTensor } from '../../src/protocol/safetensors.js';
import type { SampleView } from '../../src/protocol/sample.js';
import { useMonitor } from './lab.js';
import { results, type ThemeName } from './page.js';
import { record, withViews } from './recording.js';

/** Rows of a table: mass, which has a second value that says whether it is missing, and one of two islands. */
const columns = [
  { name: 'mass', width: 2 },
  { name: 'island', width: 2 },
];
const COUNT = 3;
const tensor = (data: number[][]): NamedTensor => ({ shape: [COUNT, 4], data: Float32Array.from(data.flat()) });
const tensors = {
  rowsInput: tensor([
    [0, 0, 1, 0],
    [1, 0, 0, 1],
    [0, 1, 1, 0],
  ]),
  rowsSeen: tensor([
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [0, 1, 1, 0],
  ]),
  rowsOutput: tensor([
    [0.25, 0, 0.9, 0.1],
    [0.5, 0, 0.7, 0.3],
    [0, 0.9, 3, 0],
  ]),
  probabilities: { shape: [COUNT, 2], data: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4) },
};
const cells = {
  rowsInput: [
    ['4,200', 'Biscoe'],
    ['5,000', 'Dream'],
    ['missing', 'Biscoe'],
  ],
  rowsSeen: [
    ['4,200', 'Biscoe'],
    ['4,200', 'Dream'],
    ['missing', 'Biscoe'],
  ],
  rowsOutput: [
    ['4,400', 'Biscoe'],
    ['4,600', 'Biscoe'],
    ['missing', 'Biscoe'],
  ],
};
const metadata = { columns: JSON.stringify(columns), rows: JSON.stringify(cells) };
const rebuilt: SampleView = {
  kind: 'cells',
  from: 'validation',
  input: 'rowsInput',
  seen: 'rowsSeen',
  output: 'rowsOutput',
};
const guesses: SampleView = {
  kind: 'guesses',
  from: 'validation',
  input: 'rowsInput',
  classes: ['Adelie', 'Gentoo'],
  labels: [0, 1, 1],
  probabilities: 'probabilities',
};
const agreement: SampleView = {
  kind: 'agreement',
  from: 'validation',
  input: 'rowsInput',
  classes: ['Adelie', 'Gentoo'],
  student: 'probabilities',
  teacher: 'probabilities',
};

describe('the monitor shows rows of a table', () => {
  const monitor = useMonitor();
  const show = (views: SampleView[], more = metadata, theme: ThemeName = 'dark-modern', width = 1280) =>
    monitor.showAll(withViews(record(2), views, tensors, more), { theme, width, height: 1200 });

  it('and what the network makes of them, cell by cell, with how far it is off', async () => {
    const { page } = await show([rebuilt]);
    const group = page.locator('.rows-table tbody').nth(1);
    assert.deepEqual(
      (await group.locator('tr').allInnerTexts()).map((line) => line.split('\t')),
      [
        ['row', '5,000', 'Dream'],
        ['as seen', '4,200', 'Dream'],
        ['rebuilt', '4,600', 'Biscoe'],
      ],
    );
    assert.deepEqual(await group.locator('.rows-changed').allInnerTexts(), ['4,200']);
    const errors = await page
      .locator('.rows-made')
      .evaluateAll((all: HTMLElement[]) => all.map(({ style }) => style.getPropertyValue('--error')));
    assert.deepEqual(errors, ['25%', '10%', '50%', '70%', '10%', '100%']);
  });

  it('as the examples of guesses and of a student and its teacher, with the names of their columns', async () => {
    const { page } = await show([guesses, agreement]);
    for (const list of ['.guesses', '.agreement'])
      assert.deepEqual(await page.locator(`${list} .example-text`).allInnerTexts(), [
        'mass 4,200 · island Biscoe',
        'mass 5,000 · island Dream',
        'mass missing · island Biscoe',
      ]);
    assert.equal(await page.getByText('2 of 3 right').count(), 1);
  });

  it('and nothing where the file does not say what they are', async () => {
    const recording = withViews(record(2), [rebuilt], tensors, { ...metadata, rows: '{"rowsInput": [["1"]]}' });
    const host = await monitor.open();
    await host.show(recording);
    await host.settle();
    assert.equal(await host.page.locator('.rows-table').isVisible(), false);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] satisfies ThemeName[])
    it(`in the theme ${theme}`, async () => {
      const { page } = await show([rebuilt, guesses], metadata, theme, theme === 'dark-modern' ? 520 : 1280);
      await page.screenshot({ path: path.join(results, `rows-${theme}.png`), fullPage: true });
      const [scroll, client] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.ok(scroll <= client, 'nothing scrolls sideways');
    });
});
