import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DataError } from '../../../../../src/data/reader.js';
import { parseTokenizer } from '../../../../../src/data/text/tokenizer/tokenizer.js';
import { stream } from '../../../../../src/protocol/random.js';
import { assertTold } from '../../pieces.js';

const read = (name: string): string => readFileSync(`test/fixtures/tokenizers/${name}.json`, 'utf8');
const bytePair = read('bytePair');
const bert = read('bertCased');

type Tree = Record<string, never>;
/** The file with something in it replaced. */
const changed = (
  text: string,
  change: (json: { [name: string]: Tree } & { model: { [name: string]: unknown } }) => void,
): string => {
  const json = JSON.parse(text) as { [name: string]: Tree } & { model: { [name: string]: unknown } };
  change(json);
  return JSON.stringify(json);
};
const pre = (value: unknown): string => changed(bytePair, (json) => Object.assign(json, { pre_tokenizer: value }));
const model = (value: object): string => changed(bytePair, (json) => Object.assign(json.model, value));
const part = (value: object): string => changed(bytePair, (json) => Object.assign(json, value));

describe('a tokenizer.json that is broken or not supported is told with its place:', () => {
  const merges = (JSON.parse(bytePair) as { model: { merges: string[][] } }).model.merges;
  const broken: [string, string, RegExp][] = [
    ['nothing', '', /line 1, column 1: this is no JSON/],
    ['cut off after {', '{', /no JSON/],
    ['cut off in the added tokens', bytePair.slice(0, 200), /line 1, column \d+: this is no JSON/],
    ['cut off in the vocabulary', bytePair.slice(0, 3000), /no JSON/],
    ['cut off in the merges', bytePair.slice(0, -100), /no JSON/],
    ['cut off before the end', bytePair.slice(0, -1), /no JSON/],
    ['something after the end', `${bytePair}x`, /no JSON/],
    ['a list', '[]', /must be an object/],
    ['null', 'null', /must be an object/],
    ['nested deeply', '['.repeat(200_000), /no JSON/],
    ['nested deeply and closed', '['.repeat(1000) + ']'.repeat(1000), /must be an object/],
    ['NaN', bytePair.replace('"id":0', '"id":NaN'), /no JSON/],
    ['no model', part({ model: null }), /model must be an object/],
    ['a model that is a text', part({ model: 'BPE' }), /model must be an object/],
    ['no type', model({ type: undefined }), /model.type must be a text/],
    ['Unigram', model({ type: 'Unigram' }), /model is of type “Unigram”, which is not supported/],
    ['no vocabulary', model({ vocab: undefined }), /model.vocab must be an object/],
    ['a vocabulary that is a list', model({ vocab: [] }), /model.vocab must be an object/],
    ['an id that is a text', model({ vocab: { a: '1' } }), /model.vocab: the id of "a" is "1"/],
    ['an id below 0', model({ vocab: { a: -1 } }), /the id of "a" is -1/],
    ['an id with a fraction', model({ vocab: { a: 0.5 } }), /the id of "a" is 0.5/],
    ['an id beyond everything', model({ vocab: { a: 1e12 } }), /the id of "a" is 1000000000000/],
    ['an infinite id', bytePair.replace('"<pad>":0', '"<pad>":1e999'), /the id of "<pad>" is null/],
    ['two tokens of one id', model({ vocab: { a: 1, b: 1 }, merges: [] }), /"b" and "a" have the same id, 1/],
    [
      'an added token with the id of another',
      part({ added_tokens: [{ id: 7, content: 'new' }] }),
      /added_tokens\[0\]: "new" and .* have the same id, 7/,
    ],
    [
      'an added token with another id',
      part({ added_tokens: [{ id: 9999, content: '<pad>' }] }),
      /added_tokens\[0\]: "<pad>" has two ids, 0 and 9999/,
    ],
    [
      'an added token without an id',
      part({ added_tokens: [{ content: 'new' }] }),
      /added_tokens\[0\].id must be a number/,
    ],
    [
      'an added token without content',
      part({ added_tokens: [{ id: 600, content: '' }] }),
      /added_tokens\[0\].content is empty/,
    ],
    ['an added token of another kind', part({ added_tokens: ['new'] }), /added_tokens\[0\] must be an object/],
    ['added tokens that are none', part({ added_tokens: {} }), /added_tokens must be a list/],
    ['no merges', model({ merges: undefined }), /model.merges must be a list/],
    ['a merge of nothing known', model({ merges: [...merges, ['zz', 'q']] }), /model.merges\[339\] refers to "zz"/],
    ['a merge that makes nothing known', model({ merges: [['q', 'x']] }), /model.merges\[0\] refers to "qx"/],
    ['a merge of three', model({ merges: ['a b c'] }), /model.merges\[0\] must be two tokens/],
    ['a merge of one', model({ merges: [['a']] }), /model.merges\[0\] must be two tokens/],
    ['a merge of numbers', model({ merges: [[1, 2]] }), /model.merges\[0\] must be two tokens/],
    [
      'an unknown token that is not there',
      model({ unk_token: '<none>' }),
      /model.unk_token is "<none>", which is not in the vocabulary/,
    ],
    ['dropout', model({ dropout: 0.1 }), /model \(BPE\) has dropout set to 0.1/],
    ['byte fallback', model({ byte_fallback: true }), /byte_fallback set to true/],
    ['a suffix', model({ end_of_word_suffix: '</w>' }), /end_of_word_suffix set to "<\/w>"/],
    ['Metaspace', pre({ type: 'Metaspace' }), /pre_tokenizer is of type “Metaspace”/],
    [
      'Metaspace in a sequence',
      pre({ type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, { type: 'Metaspace' }] }),
      /pre_tokenizer.pretokenizers\[1\] is of type “Metaspace”/,
    ],
    ['a sequence of nothing', pre({ type: 'Sequence' }), /pre_tokenizer.pretokenizers must be a list/],
    [
      'a flag that is a text',
      pre({ type: 'ByteLevel', use_regex: 'yes' }),
      /pre_tokenizer.use_regex must be true or false/,
    ],
    [
      'an expression of another kind',
      pre({ type: 'Split', pattern: { Regex: 'a++' }, behavior: 'Isolated' }),
      /pre_tokenizer \(Split\) has pattern set to/,
    ],
    ['no expression', pre({ type: 'Split', behavior: 'Isolated' }), /pre_tokenizer.pattern must be an object/],
    [
      'an unknown behaviour',
      pre({ type: 'Split', pattern: { String: ' ' }, behavior: 'Eaten' }),
      /behavior must be one of/,
    ],
    ['an unknown normalizer', part({ normalizer: { type: 'Nmt' } }), /normalizer is of type “Nmt”/],
    [
      'a precompiled normalizer',
      part({ normalizer: { type: 'Sequence', normalizers: [{ type: 'Precompiled' }] } }),
      /normalizer.normalizers\[0\] is of type “Precompiled”/,
    ],
    ['an unknown decoder', part({ decoder: { type: 'CTC' } }), /decoder is of type “CTC”/],
    ['an unknown post-processor', part({ post_processor: { type: 'Other' } }), /post_processor is of type “Other”/],
    [
      'a template of an id without a token',
      bert.replace('"ids":[2]', '"ids":[123456]'),
      /post_processor refers to id 123456/,
    ],
    [
      'a template without the text',
      changed(bert, (json) => Object.assign(json['post_processor']!, { single: [] })),
      /single does not hold the text itself/,
    ],
    [
      'a token far beyond the others',
      part({ added_tokens: [{ id: 9_999_999, content: 'far' }] }),
      /largest id is 9,999,999 \("far"\), but there are 601 tokens/,
    ],
    ['a CSV', 'a,b\n1,2\n', /line 1, column 1: this is no JSON/],
  ];
  for (const [name, text, says] of broken)
    it(name, () =>
      assert.throws(
        () => parseTokenizer(text, '/models/tokenizer.json'),
        (error) => {
          assertTold(error, '/models/tokenizer.json', says);
          return true;
        },
      ),
    );

  it('no word for the unknown, once it is needed', () => {
    const tokenizer = parseTokenizer(
      '{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"?"}}',
      'tokenizer.json',
    );
    assert.deepEqual([...tokenizer.encode('a')], [0]);
    assert.throws(() => tokenizer.encode('b'), /"b" is not in the vocabulary, and neither is/);
  });

  it('and a file changed at random is refused, or encodes and decodes', () => {
    let refused = 0;
    for (const text of [bytePair, bert, read('split')]) {
      for (let seed = 0; seed < 120; seed++) {
        const random = stream(seed, 'tokenizer');
        const bytes = Buffer.from(text);
        for (let k = 0; k < 1 + random.integer(4); k++) bytes[random.integer(bytes.length)] = 32 + random.integer(95);
        try {
          const tokenizer = parseTokenizer(bytes.toString(), 'tokenizer.json');
          const ids = tokenizer.encode('Before we proceed any further, hear me speak.', { specialTokens: true });
          assert.ok(ids.every((id) => id < tokenizer.vocabularySize && tokenizer.tokenOf(id) !== undefined));
          tokenizer.decode(ids);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          assertTold(error, 'tokenizer.json');
          refused++;
        }
      }
    }
    assert.ok(refused > 60, `${refused} refused`);
  });
});
