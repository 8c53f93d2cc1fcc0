import * as assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { compilePattern, guessPattern, guessPatterns } from '../../../src/data/filePattern.js';

describe('A pattern of file names', () => {
  const parse = (pattern: string, name: string) => compilePattern(pattern, '/data').parse(name);

  it('takes a name apart', () => {
    assert.deepEqual(parse('{label}_{speaker}_{index}.wav', 'recordings/7_jackson_32.wav'), {
      label: '7',
      speaker: 'jackson',
      index: '32',
    });
    assert.deepEqual(parse('{label}.*.jpg', 'cat.12.jpg'), { label: 'cat' });
    assert.deepEqual(parse('{split}/{label}/*.png', 'train/T-shirt/1.png'), { split: 'train', label: 'T-shirt' });
    assert.deepEqual(parse('*_{label}_*.jpg', 'x_cat_1.2.jpg'), null);
    assert.deepEqual(parse('*-{label}_*.jpg', 'x-cat_1.jpg'), { label: 'cat' });
    assert.deepEqual(parse('a+b({label}).wav', 'a+b(x).wav'), { label: 'x' });
  });

  it('does not fit other names', () => {
    for (const name of ['7_jackson.wav', '7_jackson_32.flac', '_jackson_32.wav', ''])
      assert.equal(parse('{label}_{speaker}_{index}.wav', name), null, name);
    assert.equal(parse('{split}/{label}/*.png', 'x/train/a/1.png'), null);
  });

  it('is refused with the reason when it makes no sense', () => {
    for (const [pattern, reason] of [
      ['*.wav', /no part in braces/],
      ['{label}{speaker}.wav', /without anything between/],
      ['{label}*.wav', /without anything between/],
      ['{label}_{label}.wav', /twice/],
      ['{}_{a}.wav', /no name for a part/],
      ['{a b}.wav', /no name for a part/],
      [Array.from({ length: 21 }, (_, i) => `{p${i}}`).join('_'), /more than 20/],
    ] as const)
      assert.throws(() => parse(pattern, 'x'), reason);
  });

  it('takes time in proportion to the name, whatever the name', () => {
    const pattern = compilePattern(Array.from({ length: 20 }, (_, i) => `{p${i}}`).join('_') + '.wav', '/data');
    assert.equal(pattern.parse('_'.repeat(4000)), null);
    assert.equal(pattern.parse('a_'.repeat(2000)), null);
  });

  it('is guessed where names repeat words or small numbers', async () => {
    const names = (make: (i: number) => string, count = 60) => Array.from({ length: count }, (_, i) => make(i));
    const speakers = ['ann', 'bob', 'eve'];
    assert.equal(
      await guessPattern(names((i) => `${i % 10}_${speakers[i % 3]}_${i}.wav`)),
      '{label}_{source}_{index}.wav',
    );
    assert.equal(await guessPattern(names((i) => `${i % 2 ? 'cat' : 'dog'}.${i}.jpg`)), '{label}.{index}.jpg');
    assert.equal(
      await guessPattern(names((i) => `${speakers[i % 3]}-${i}.${i % 2 ? 'png' : 'jpg'}`)),
      '{label}-{index}.*',
    );
  });

  it('is guessed from a hundred thousand names as from few, while others have their turns', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `${i % 10}_${['ann', 'bob'][i % 2]}_${i}.wav`);
    names[0] = 'read_me_first_please.wav'; // one that is built otherwise
    let turns = 0;
    let done = false;
    const others = (async () => {
      for (; !done; turns++) await setImmediate();
    })();
    const guesses = await guessPatterns(names);
    done = true;
    await others;
    assert.deepEqual(guesses, [
      { pattern: '{label}_{source}_{index}.wav', part: 1, name: '1_bob_1.wav', label: '1' },
      { pattern: '{index}_{label}_{index2}.wav', part: 2, name: '1_bob_1.wav', label: 'bob' },
    ]);
    assert.ok(turns >= 3, `others had ${turns} turns`);
  });

  it('is not guessed where names tell nothing', async () => {
    const names = (make: (i: number) => string, count = 60) => Array.from({ length: count }, (_, i) => make(i));
    for (const make of [
      (i: number) => `${i}.png`,
      (i: number) => `IMG_${i}.jpg`,
      (i: number) => `IMG_2024010${i % 5}_${i}.jpg`,
      (i: number) => (i % 2 ? `a_${i}.png` : `holiday ${i}.png`),
    ])
      assert.equal(await guessPattern(names(make)), null, make(3));
    assert.equal(await guessPattern(names((i) => `a_${i}.png`, 3)), null);
  });
});
