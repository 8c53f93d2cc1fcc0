import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { trainTokenizer } from '../../../src/data/text/tokenizer/train.js';
import type { Preview } from '../../../src/learn/method/method.js';
import type { Preparation } from '../../../src/data/prepare/preparation.js';
import type { TablePreparation } from '../../../src/data/prepare/table.js';
import { shownTexts } from '../../../src/trainer/shownTexts.js';

const text: Preparation = { kind: 'text', shape: [8], range: null };

describe('what people read of the examples in a sample: tokens', () => {
  const preview = (input: number[], output: number[]): Preview => ({
    views: [{ kind: 'tokens', content: 'generated', from: 'validation', input: 'a', output: 'b' }],
    tensors: {
      a: { shape: [1, input.length], data: Int32Array.from(input) },
      b: { shape: [1, output.length], data: Int32Array.from(output) },
      c: { shape: [1, 1], data: Int32Array.of(3) },
    },
  });
  const of = (tokenizer: string, input: number[], output: number[]) =>
    JSON.parse(shownTexts(text, { 'tokenizer.json': tokenizer })(preview(input, output))['tokens']!) as unknown;

  it('are those that it shows: words with their spaces, characters without', async () => {
    const words = await trainTokenizer(['red and blue', 'red'], { kind: 'word', vocabularySize: 20, lowercase: true });
    const [red] = words.encode('red');
    assert.deepEqual(of(JSON.stringify(words), [red!, 4], [-1, 0]), { [red!]: ' red', 4: ' <mask>', 0: ' <pad>' });
    const letters = await trainTokenizer(['ab'], { kind: 'character', vocabularySize: 20, lowercase: false });
    const [a, b] = letters.encode('ab');
    assert.deepEqual(of(JSON.stringify(letters), [a!], [b!, b!]), { [a!]: 'a', [b!]: 'b' });
  });

  it('are pieces of words as they go on with one', () => {
    const bert = readFileSync('test/fixtures/tokenizers/bertUncased.json', 'utf8');
    const { vocab } = (JSON.parse(bert) as { model: { vocab: Record<string, number> } }).model;
    const [[piece, id]] = Object.entries(vocab).filter(([token]) => /^##[a-z]+$/.test(token)) as [[string, number]];
    const [[word, other]] = Object.entries(vocab).filter(([token]) => /^[a-z]{3,}$/.test(token)) as [[string, number]];
    assert.deepEqual(of(bert, [id], [other]), { [id]: piece.slice(2), [other]: ` ${word}` });
  });

  it('are also those of examples that a classifier is shown with, where these are texts', async () => {
    const letters = await trainTokenizer(['abc'], { kind: 'character', vocabularySize: 20, lowercase: false });
    const [a, b, c] = letters.encode('abc');
    const ids = (...all: number[]) => ({ shape: [1, all.length], data: Int32Array.from(all) });
    const classes = ['x', 'y'];
    const from = 'test';
    const shown = (tensors: Preview['tensors']): Preview => ({
      views: [
        { kind: 'guesses', from, input: 'input', classes, labels: [0], probabilities: 'counts' },
        {
          kind: 'confusion',
          from,
          classes,
          counts: 'counts',
          examples: 'examples',
          labels: [0],
          guesses: [1],
          confidences: 'confidences',
        },
      ],
      tensors: { counts: ids(c!), ...tensors },
    });
    const texts = shownTexts(text, { 'tokenizer.json': JSON.stringify(letters) });
    const told = texts(shown({ input: ids(a!, -1), examples: ids(b!) }));
    assert.deepEqual(JSON.parse(told['tokens']!), { [a!]: 'a', [b!]: 'b' });
    const picture = { shape: [1, 1, 1, 1], data: Uint8Array.of(a!) };
    assert.deepEqual(texts(shown({ input: picture, examples: picture })), {});
  });

  it('are none where no tokens are shown', () =>
    assert.deepEqual(shownTexts(text, { 'tokenizer.json': '' })({ views: [], tensors: {} }), {}));
});

describe('what people read of the examples in a sample: rows of a table', () => {
  const table: TablePreparation = {
    kind: 'table',
    shape: [4],
    range: null,
    columns: {
      version: 1,
      columns: [
        { kind: 'number', name: 'mass', shift: 4200, scale: 800, fill: 0, indicator: true },
        { kind: 'category', name: 'island', categories: ['Biscoe', 'Dream'], missing: false, other: false },
      ],
    },
  };

  it('are the cells of each tensor that a view shows, and how many values each column has', () => {
    const row = (...values: number[]) => ({ shape: [1, 4], data: Float32Array.from(values) });
    const found = shownTexts(
      table,
      {},
    )({
      views: [{ kind: 'cells', from: 'validation', input: 'a', output: 'b' }],
      tensors: { a: row(1, 0, 0, 1), b: row(0.5, 0.9, 0.8, 0.1), c: row(0, 0, 0, 0) },
    });
    assert.deepEqual(
      Object.fromEntries(Object.entries(found).map(([name, value]) => [name, JSON.parse(value) as unknown])),
      {
        columns: [
          { name: 'mass', width: 2 },
          { name: 'island', width: 2 },
        ],
        rows: { a: [['5,000', 'Dream']], b: [['missing', 'Biscoe']] },
      },
    );
  });
});
