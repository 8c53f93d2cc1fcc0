import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { PackCache } from '../../../../src/data/pack/cache.js';
import { planPreparation, prepareDataset, type PrepareOptions } from '../../../../src/data/prepare/index.js';
import type { KeptPlan } from '../../../../src/data/prepare/preparation.js';
import { TextPacker, type TextCollection } from '../../../../src/data/text/collection.js';
import { grammarSentences } from '../../../../src/data/text/grammar.js';
import { parseTokenizer } from '../../../../src/data/text/tokenizer/tokenizer.js';
import type { TextOptions } from '../../../../src/recipe/recipe.js';
import { dataOptions, put, rejectsWith, temporaryFolder } from '../make.js';
import { runPeer } from '../peer.js';

function collection(texts: readonly string[], goesOn = false): TextCollection {
  const packer = new TextPacker();
  packer.begin('train');
  texts.forEach((text, i) => packer.add(text, null, `line ${i + 1}`, 'poem.txt'));
  return packer.collection({
    format: 'text',
    path: 'poem.txt',
    files: [],
    problems: [],
    ...(goesOn && { sequential: true }),
  });
}

/** @param training how many of the texts train; the rest validate */
function prepare(
  texts: readonly string[],
  options: Partial<TextOptions> = {},
  training = texts.length,
  more: Partial<PrepareOptions> = {},
) {
  const positions = Int32Array.from(texts.keys());
  return prepareDataset(
    collection(texts, options.unit === 'window'),
    { ...dataOptions, text: { ...dataOptions.text, ...options } },
    { training: positions.subarray(0, training), validation: positions.subarray(training), validationFrom: 'fraction' },
    { cache: null, fingerprint: '', ...more },
  );
}

async function rows(texts: readonly string[], options: Partial<TextOptions> = {}, training = texts.length) {
  const { reader, preparation, assets, notes } = await prepare(texts, options, training);
  const { data } = await reader.read([...texts.keys()]);
  const [width = 0] = preparation.shape;
  const tokenizer = parseTokenizer(assets['tokenizer.json'] ?? '', 'tokenizer.json');
  const numbers = texts.map((_, i) => [...data.subarray(i * width, (i + 1) * width)]);
  return { data, numbers, preparation, assets, notes, tokenizer };
}

const bert = path.resolve('test/fixtures/tokenizers/bertCased.json');
const sentences = grammarSentences(300, 1).texts;

describe('Texts as training data', () => {
  const at = temporaryFolder();

  it('are bags of words: which tokens occur in each, by the words of the training texts alone', async () => {
    const { data, numbers, preparation, tokenizer } = await rows(['The cat, the dog', 'A cat', 'the zebra'], {}, 2);
    assert.ok(data instanceof Uint8Array);
    // Ids by frequency, then by code points, after the five special tokens: cat 5, the 6, "," 7, a 8, dog 9.
    assert.deepEqual(
      [5, 6, 7, 8, 9].map((id) => tokenizer.tokenOf(id)),
      ['cat', 'the', ',', 'a', 'dog'],
    );
    assert.deepEqual(numbers, [
      [0, 0, 0, 0, 0, 1, 1, 1, 0, 1],
      [0, 0, 0, 0, 0, 1, 0, 0, 1, 0],
      [0, 1, 0, 0, 0, 0, 1, 0, 0, 0], // "zebra" is unknown
    ]);
    assert.deepEqual([preparation.shape, preparation.range, preparation.vocabulary?.size], [[10], [0, 1], undefined]);
  });

  it('are the bags that scikit-learn’s CountVectorizer(binary=True) makes', async function () {
    const { numbers, tokenizer } = await rows(sentences, { vocabularySize: 60 }, 250);
    const words = Array.from({ length: 55 }, (_, i) => tokenizer.tokenOf(i + 5));
    const program = [
      'import json, sys',
      'from sklearn.feature_extraction.text import CountVectorizer',
      'texts, words = json.load(open(sys.argv[1]))',
      'bags = CountVectorizer(binary=True, vocabulary=words, token_pattern=r"\\w+|[^\\w\\s]+")',
      'learned = CountVectorizer(binary=True, max_features=55, token_pattern=r"\\w+|[^\\w\\s]+").fit(texts[:250])',
      'print(json.dumps([bags.transform(texts).toarray().tolist(), sorted(learned.vocabulary_)]))',
    ].join('\n');
    const text = await runPeer(this, ['-c', program, put(at('texts.json'), JSON.stringify([sentences, words]))]);
    const [bags, learned] = JSON.parse(text) as [number[][], string[]];
    assert.deepEqual(
      numbers.map((row) => row.slice(5)),
      bags,
    );
    // Of words that are equally frequent, the last place is a matter of taste.
    assert.ok(words.filter((word) => learned.includes(word ?? '')).length >= 53);
  });

  it('are ids in their order, of one length, as the Python library pads and truncates them', async function () {
    const texts = ['He said: «1,000 Euro»!', 'a', 'unbelievable '.repeat(40), 'one two three four five six seven'];
    for (const [tokenizer, length] of [
      [bert, 12],
      [bert, 2],
      [path.resolve('test/fixtures/tokenizers/bytePair.json'), 9],
    ] as const) {
      const { data, numbers, preparation } = await rows(texts, { features: 'ids', tokenizer, length });
      assert.ok(data instanceof Int32Array);
      assert.deepEqual([preparation.shape, preparation.range], [[length], null]);
      const program = [
        'import json, sys, tokenizers',
        't = tokenizers.Tokenizer.from_file(sys.argv[1])',
        'n = int(sys.argv[2])',
        't.enable_truncation(n); t.enable_padding(length=n, pad_id=0)',
        'print(json.dumps([t.encode(x).ids for x in json.load(open(sys.argv[3]))]))',
      ].join('\n');
      const file = put(at('ids.json'), JSON.stringify(texts));
      const expected = JSON.parse(await runPeer(this, ['-c', program, tokenizer, String(length), file])) as number[][];
      assert.deepEqual(numbers, expected);
    }
  });

  it('keep 95 % whole where no length is given, with at most 256 ids, and tell how many are cut off', async () => {
    const texts = Array.from({ length: 100 }, (_, i) => 'word '.repeat(i + 1));
    const { preparation, notes } = await rows(texts, { features: 'ids' });
    assert.deepEqual([preparation.shape, preparation.vocabulary?.size], [[96], 6]);
    assert.match(notes.join('\n'), /^4 of 100 texts are longer than 96 tokens and are cut off there .*"length"/);
    const long = await rows(
      texts.map((text) => text.repeat(50)),
      { features: 'ids' },
    );
    assert.deepEqual(long.preparation.shape, [256]);
    assert.deepEqual((await rows(texts, { features: 'ids', length: 100 })).notes, []);
  });

  it('keep windows whole, however long they are, unless a length is given', async () => {
    const windows = ['word '.repeat(300), ...Array.from({ length: 99 }, () => 'word '.repeat(10))];
    const whole = await rows(windows, { features: 'ids', unit: 'window' });
    assert.deepEqual([whole.preparation.shape, whole.notes], [[300], []]);
    const cut = await rows(windows, { features: 'ids', unit: 'window', length: 20 });
    assert.match(cut.notes.join(), /^1 of 100 texts are longer than 20 tokens/);
  });

  it('keep capitals when that is wanted, of words', async () => {
    const words = async (options: Partial<TextOptions>) => (await rows(['Hat hat'], options)).preparation.shape[0]! - 5;
    assert.deepEqual([await words({}), await words({ lowercase: false })], [1, 2]);
    assert.deepEqual([await words({ tokenizer: 'character' }), await words({ vocabularySize: 6 })], [5, 1]);
  });

  it('tell the share of tokens that are unknown, above 1 %', async () => {
    const texts = Array.from({ length: 98 }, () => 'yes').concat('no', 'never');
    const { notes } = await rows(texts, { vocabularySize: 6 });
    assert.match(notes.join('\n'), /^2 % of the tokens are not in the vocabulary .*"vocabularySize".*"bytePair"/);
    assert.deepEqual((await rows(texts.slice(0, 99).concat('yes'), { vocabularySize: 6 })).notes, []);
    assert.deepEqual((await rows(texts, { vocabularySize: 300, tokenizer: 'bytePair' })).notes, []);
  });

  it('leave the vocabulary out of the preparation, which tells it by its hash', async () => {
    const { preparation, assets } = await rows(sentences);
    const content = assets['tokenizer.json'] ?? '';
    assert.deepEqual(Object.keys(assets), ['tokenizer.json']);
    assert.equal((preparation as { sha256?: string }).sha256, createHash('sha256').update(content).digest('hex'));
    assert.ok(JSON.stringify(preparation).length < 250);
    assert.deepEqual((await rows(sentences)).assets, assets, 'the same texts give the same bytes');
  });

  it('are prepared once for the same tokenizer', async () => {
    const cache = new PackCache(at('cache'));
    const visits: number[] = [];
    const through = async (options: Partial<TextOptions>) => {
      let seen = 0;
      const { reader } = await prepare(sentences, options, 250, {
        cache: Object.assign(Object.create(cache) as PackCache, {
          write: (key: string, bytes: number) => (seen++, cache.write(key, bytes)),
        }),
      });
      visits.push(seen);
      return (await reader.read([0])).data;
    };
    assert.deepEqual(await through({}), await through({}));
    await through({ vocabularySize: 50 });
    await through({ features: 'ids', tokenizer: bert });
    assert.deepEqual(visits, [1, 0, 1, 1]);
  });

  it('are learned from a part of them, taken evenly, where they are looked at only', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${i < 1500 ? 'early' : 'late'} ${'x '.repeat(700)}`);
    const all = Int32Array.from(texts.keys());
    const chosen = { training: all, validation: new Int32Array(0), validationFrom: 'fraction' } as const;
    const looked = collection(texts);
    const read = new Set<number>();
    const text = looked.text.bind(looked);
    looked.text = (position) => text((read.add(position), position));
    const plan = await planPreparation(looked, dataOptions, chosen, { glance: true });
    assert.deepEqual(plan.preparation.shape, [8], 'early, late, x');
    const share = read.size / 3000;
    assert.ok(Math.abs(share - (2 * 1024 ** 2) / texts.join('').length) < 0.01, `${share} of them`);
    assert.deepEqual(plan.notes, [], 'training will learn from all of them');
    const again = await planPreparation(collection(texts), dataOptions, chosen, { glance: true });
    assert.deepEqual(again, plan);
    const huge = collection([`${'a '.repeat(2 ** 20)}b`, 'c']);
    const two = { ...chosen, training: Int32Array.of(0, 1) };
    const cut = await planPreparation(huge, dataOptions, two, { glance: true });
    assert.deepEqual(cut.preparation.shape, [6], 'the end of a text larger than what is looked at is left out');
  });

  it('stop when that is wanted', async () => {
    const abort = new AbortController();
    const texts = Array.from({ length: 2000 }, (_, i) => `${i} `.repeat(500));
    setTimeout(() => abort.abort(new Error('enough')), 1);
    await assert.rejects(prepare(texts, {}, texts.length, { signal: abort.signal }), /enough/);
  });

  it('are refused with the tokenizer that cannot be used, and what to do', async () => {
    await rejectsWith(prepare(['a'], { tokenizer: at('none.json') }), 'none.json', /is not there/);
    await rejectsWith(prepare(['a'], { tokenizer: put(at('bad.json'), '{"model":') }), 'bad.json', /no JSON/);
    const { model, ...rest } = JSON.parse(readFileSync(bert, 'utf8')) as { model: { vocab: Record<string, number> } };
    const { '[PAD]': pad, ...vocab } = model.vocab;
    const json = { ...rest, added_tokens: [], post_processor: null, model: { ...model, vocab: { ...vocab, q9: pad } } };
    const tokenizer = put(at('unpadded.json'), JSON.stringify(json));
    await rejectsWith(
      prepare(['a'], { tokenizer, features: 'ids' }),
      'unpadded.json',
      /no token for padding/,
      /add_spec/,
    );
    assert.equal((await prepare(['a'], { tokenizer })).preparation.kind, 'text', 'a bag needs none');
    await assert.rejects(
      prepare(['a'], { tokenizer: 'bytePair', vocabularySize: 260 }),
      /at least 261 tokens, not 260/,
    );
    await prepare(['a'], { tokenizer: 'bytePair', vocabularySize: 261 });
  });

  describe('of a run that goes on', () => {
    const keptOf = async (options: Partial<TextOptions>): Promise<KeptPlan> => {
      const { preparation, assets } = await prepare(sentences, options, 250);
      return { preparation: JSON.parse(JSON.stringify(preparation)) as unknown, assets, folder: '/runs/one' };
    };
    const other = ['entirely other words', 'than those that were learned'];

    for (const features of ['bag', 'ids'] as const)
      it(`become what they were, whatever the texts are now (${features})`, async () => {
        const kept = await keptOf({ features, vocabularySize: 60 });
        const { preparation, assets, reader } = await prepare(other, { features: 'bag' }, 1, { kept });
        assert.deepEqual([preparation, assets], [kept.preparation, kept.assets]);
        assert.equal((await reader.read([1])).data.length, preparation.shape[0]);
      });

    it('need the tokenizer that they had', async () => {
      const kept = await keptOf({});
      const refused = (plan: Partial<KeptPlan>, ...says: RegExp[]) =>
        rejectsWith(prepare(other, {}, 1, { kept: { ...kept, ...plan } }), 'tokenizer.json', /from a copy/, ...says);
      await refused({ assets: {} }, /is missing/);
      await refused({ assets: { 'tokenizer.json': `${kept.assets['tokenizer.json']} ` } }, /SHA-256 differs/);
      const before = kept.preparation as object;
      for (const wrong of [{ shape: [7] }, { shape: [] }, { features: 'ids', shape: [0.5] }, { features: 'words' }])
        await refused({ preparation: { ...before, ...wrong } });
    });
  });
});
