import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { grammarSentences, GRAMMAR_CLASSES } from '../../../../../src/data/text/grammar.js';
import { parseTokenizer } from '../../../../../src/data/text/tokenizer/tokenizer.js';
import { trainTokenizer, type TokenizerKind, type TrainOptions } from '../../../../../src/data/text/tokenizer/train.js';
import { runPeer } from '../../peer.js';
import { put, temporaryFolder } from '../../make.js';

interface Json {
  model: { vocab: Record<string, number>; merges?: [string, string][] };
}

const corpus = readFileSync('test/fixtures/tokenizers/corpus.txt', 'utf8').split(/(?<=\n)/);
const reference = (kind: TokenizerKind): Json =>
  JSON.parse(readFileSync(`test/fixtures/tokenizers/${kind}.json`, 'utf8')) as Json;

describe('a tokenizer that is trained', () => {
  const at = temporaryFolder();
  const cases: TrainOptions[] = [
    { kind: 'bytePair', vocabularySize: 600 },
    { kind: 'word', vocabularySize: 300, lowercase: true },
    { kind: 'character', vocabularySize: 100 },
  ];
  for (const options of cases) {
    it(`(${options.kind}) learns what the Python library learns`, async () => {
      const own = (await trainTokenizer(corpus, options)).toJSON() as Json;
      const other = reference(options.kind);
      assert.deepEqual(own.model.vocab, other.model.vocab);
      assert.deepEqual(own.model.merges, other.model.merges);
    });

    it(`(${options.kind}) is the same whatever the texts' order, and after a way through its file`, async () => {
      const one = await trainTokenizer(corpus, options);
      const two = await trainTokenizer(corpus.toReversed(), options);
      assert.deepEqual(two.toJSON(), one.toJSON());
      const read = parseTokenizer(JSON.stringify(one), 'tokenizer.json');
      for (const line of corpus) assert.deepEqual(read.encode(line), one.encode(line));
      assert.deepEqual(one.special, { pad: 0, unk: 1, bos: 2, eos: 3, mask: 4 });
    });
  }

  it('brings its texts back', async () => {
    for (const options of [cases[0]!, { kind: 'character', vocabularySize: 1000 } as const]) {
      const tokenizer = await trainTokenizer(corpus, options);
      for (const line of corpus) assert.equal(tokenizer.decode(tokenizer.encode(line)), line);
    }
    const words = await trainTokenizer(['the cat sat', 'the dog sat'], { kind: 'word', vocabularySize: 7 });
    assert.equal(words.decode(words.encode('the dog sat'), { keepSpecial: true }), 'the <unk> sat');
  });

  it('leaves out what is rare, and has no more tokens than asked for', async () => {
    const words = await trainTokenizer(['a a a b b c'], { kind: 'word', vocabularySize: 100, leastFrequency: 2 });
    assert.equal(words.vocabularySize, 7);
    const pairs = await trainTokenizer(['abab abab', 'abc'], {
      kind: 'bytePair',
      vocabularySize: 1000,
      leastFrequency: 3,
    });
    assert.deepEqual((pairs.toJSON() as Json).model.merges, [['a', 'b']]);
    await assert.rejects(trainTokenizer(['a'], { kind: 'bytePair', vocabularySize: 260 }), /at least 261/);
    await assert.rejects(trainTokenizer(['a'], { kind: 'word', vocabularySize: 1.5 }), RangeError);
    await assert.rejects(
      trainTokenizer(['a'], { kind: 'word', vocabularySize: 10, signal: AbortSignal.abort() }),
      /abort/i,
    );
  });

  it('can be taught by nothing, and by names that objects have', async () => {
    for (const kind of ['bytePair', 'word', 'character'] as const)
      assert.deepEqual([...(await trainTokenizer([], { kind, vocabularySize: 300 })).encode('')], []);
    const words = await trainTokenizer(['__proto__ constructor __proto__ <pad> <mask>'], {
      kind: 'word',
      vocabularySize: 20,
    });
    assert.equal(words.decode(words.encode('constructor __proto__')), 'constructor __proto__');
  });

  it('is read by the Python library with the same ids, where it is at hand', async function () {
    const shakespeare = '../shared/data/tinyshakespeare/input.txt';
    const banking = '../shared/data/banking77/train.csv';
    const texts = [...corpus, ...grammarSentences(500, 3).texts];
    for (const file of [shakespeare, banking])
      if (existsSync(file))
        texts.push(
          ...readFileSync(file, 'utf8')
            .split(/(?<=\n)/)
            .slice(0, 5000),
        );
    for (const [kind, vocabularySize] of [
      ['bytePair', 2000],
      ['word', 2000],
      ['character', 200],
    ] as const) {
      const tokenizer = await trainTokenizer(texts, { kind, vocabularySize, lowercase: true });
      const program = [
        'import json, sys, tokenizers',
        't = tokenizers.Tokenizer.from_file(sys.argv[1])',
        'ids = [t.encode(x).ids for x in json.load(open(sys.argv[2]))]',
        'print(json.dumps([ids, [t.decode(i, skip_special_tokens=False) for i in ids]]))',
      ].join('\n');
      const text = await runPeer(this, [
        '-c',
        program,
        put(at('tokenizer.json'), JSON.stringify(tokenizer)),
        put(at('texts.json'), JSON.stringify(texts)),
      ]);
      const [ids, decoded] = JSON.parse(text) as [number[][], string[]];
      texts.forEach((line, i) => {
        assert.deepEqual([...tokenizer.encode(line)], ids[i], line);
        assert.equal(tokenizer.decode(ids[i]!, { keepSpecial: true }), decoded[i]);
      });
    }
  });

  it('learns from the sample sentences, which are the same for a seed', () => {
    const { texts, labels } = grammarSentences(2000, 1);
    assert.deepEqual(grammarSentences(2000, 1), { texts, labels });
    assert.notDeepEqual(grammarSentences(2000, 2).texts, texts);
    assert.ok(texts.every((text) => text.length > 3 && !/[{}]/.test(text)));
    assert.equal(new Set(labels).size, GRAMMAR_CLASSES.length);
    // Ambiguous: some sentences stand under more than one intent.
    const intents = new Map<string, Set<number>>();
    texts.forEach((text, i) => intents.set(text, (intents.get(text) ?? new Set()).add(labels[i]!)));
    const ambiguous = [...intents.values()].filter(({ size }) => size > 1).length;
    assert.ok(ambiguous > 10 && ambiguous < 200, `${ambiguous} sentences`);
  });
});
