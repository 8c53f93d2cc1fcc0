import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { trainTokenizer } from '../../../src/data/text/tokenizer/train.js';
import type { Preview } from '../../../src/learn/method/method.js';
import { tokenTexts } from '../../../src/trainer/tokenTexts.js';

describe('the texts of tokens in a sample', () => {
  const preview = (input: number[], output: number[]): Preview => ({
    views: [{ kind: 'tokens', content: 'generated', from: 'validation', input: 'a', output: 'b' }],
    tensors: {
      a: { shape: [1, input.length], data: Int32Array.from(input) },
      b: { shape: [1, output.length], data: Int32Array.from(output) },
      c: { shape: [1, 1], data: Int32Array.of(3) },
    },
  });
  const of = (tokenizer: string, input: number[], output: number[]) =>
    JSON.parse(tokenTexts({ 'tokenizer.json': tokenizer })(preview(input, output))!) as unknown;

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
    const text = (...ids: number[]) => ({ shape: [1, ids.length], data: Int32Array.from(ids) });
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
      tensors: { counts: text(c!), ...tensors },
    });
    const texts = tokenTexts({ 'tokenizer.json': JSON.stringify(letters) });
    const told = texts(shown({ input: text(a!, -1), examples: text(b!) }));
    assert.deepEqual(JSON.parse(told!), { [a!]: 'a', [b!]: 'b' });
    const picture = { shape: [1, 1, 1, 1], data: Uint8Array.of(a!) };
    assert.equal(texts(shown({ input: picture, examples: picture })), undefined);
  });

  it('are none where no tokens are shown', () =>
    assert.equal(tokenTexts({ 'tokenizer.json': '' })({ views: [], tensors: {} }), undefined));
});
