import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseTokenizer, type Tokenizer } from '../../../../../src/data/text/tokenizer/tokenizer.js';
import { translateRegex } from '../../../../../src/data/text/tokenizer/regex.js';

interface Case {
  text: string;
  ids: number[];
  special: number[];
  decoded: string;
  kept: string;
}

const folder = 'test/fixtures/tokenizers';
const load = (name: string): Tokenizer =>
  parseTokenizer(readFileSync(`${folder}/${name}.json`, 'utf8'), `${name}.json`);

describe('a tokenizer.json', () => {
  const expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as Record<string, Case[]>;

  for (const [name, cases] of Object.entries(expected))
    it(`(${name}) gives the ids and texts that the Python library gives`, () => {
      const tokenizer = load(name);
      assert.ok(cases.length > 10);
      for (const { text, ids, special, decoded, kept } of cases) {
        assert.deepEqual([...tokenizer.encode(text)], ids, text);
        assert.deepEqual([...tokenizer.encode(text, { specialTokens: true })], special, text);
        assert.equal(tokenizer.decode(ids), decoded);
        assert.equal(tokenizer.decode(ids, { keepSpecial: true }), kept);
      }
    });

  it('tells its special tokens by their names', () => {
    assert.deepEqual(load('bytePair').special, { pad: 0, unk: 1, bos: 2, eos: 3, mask: 4 });
    assert.deepEqual(load('bertCased').special, { pad: 0, unk: 1, bos: 2, eos: 3, mask: 4 });
    assert.deepEqual(load('roberta').special, { pad: 1, unk: 3, bos: 0, eos: 2, mask: 4 });
    const bytePair = load('bytePair');
    assert.equal(bytePair.vocabularySize, 600);
    assert.deepEqual(
      [bytePair.tokenOf(4), bytePair.idOf('<mask>'), bytePair.idOf('nowhere'), bytePair.tokenOf(9999)],
      ['<mask>', 4, undefined, undefined],
    );
  });

  it('is written as it was read', () => {
    const text = readFileSync(`${folder}/roberta.json`, 'utf8');
    assert.deepEqual(JSON.parse(JSON.stringify(load('roberta'))), JSON.parse(text));
  });

  it('of bytes brings any text back', () => {
    const tokenizer = load('bytePair');
    for (const text of ['é\0\u{10ffff}\ud7ff', '  \n\t ', '\u{1f600}'.repeat(50), 'a'.repeat(20_000)])
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    assert.equal(tokenizer.decode(tokenizer.encode('half \ud800')), 'half \ufffd');
  });

  it('encodes a long piece in no more than linear-logarithmic time', () => {
    const ids = load('bytePair').encode('theand'.repeat(100_000));
    assert.ok(ids.length > 1000);
  });

  it('has expressions of Oniguruma as JavaScript means them', () => {
    const match = (pattern: string, text: string): string[] => text.match(translateRegex(pattern)!) ?? [];
    assert.deepEqual(match("(?i:'S|'ll)", "'s 'S 'LL 'ſ"), ["'s", "'S", "'LL", "'ſ"]);
    assert.deepEqual(match('^\\w+$', 'ab\ncd e\nf_1'), ['ab', 'f_1']);
    assert.deepEqual(match('.', 'a\n\u2028'), ['a', '\u2028']);
    assert.deepEqual(match('\\s', '\u0085\ufeff\u3000'), ['\u0085', '\u3000']);
    assert.deepEqual(match('[\\w\\-]+', 'é-1 x'), ['é-1', 'x']);
    assert.deepEqual(match('\\p{Han}+', '日本go'), ['日本']);
    for (const pattern of [
      'a++',
      '(?>a)',
      '[[:alpha:]]',
      '[a&&b]',
      '\\h',
      '(?i)a',
      '\\p{^L}',
      '(',
      ')',
      '[',
      '\\',
      'a{,2}',
      '[\\W]',
      '\\1',
      '\\p{Nope}',
    ])
      assert.equal(translateRegex(pattern), null, pattern);
  });
});
