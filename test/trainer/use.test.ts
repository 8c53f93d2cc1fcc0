import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { decodeNpy } from '../../src/data/npyArray.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { ClassAnswer, SimilarExample, SimilarLine, UsedExample } from '../../src/protocol/use.js';
import { exampleTensor } from '../../src/protocol/inspection.js';
import { lastCheckpoint, readRun, Workspace, type Ended } from './trainer.js';

/** A record or recipe that is to be spoilt. */
type Damaged = Record<'dataset' | 'encoder', Record<string, unknown>>;

type Told = SimilarLine & ClassAnswer & { label: string; error?: string };

describe('pretrain predict, similar and embed', function () {
  this.timeout(180_000);
  const workspaces: Workspace[] = [];
  after(async () => {
    for (const workspace of workspaces) await workspace.remove();
  });

  async function sample(kind: string, recipe: object): Promise<Workspace> {
    const workspace = new Workspace(recipe);
    workspaces.push(workspace);
    const { code, stderr } = await workspace.start(['sample', kind, kind]).ended;
    assert.equal(code, 0, stderr);
    return workspace;
  }

  function runOf({ code, lines }: Ended): string {
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    return String(lines.at(-1)!['run']);
  }

  /** A classifier from labels alone. */
  async function scratch(workspace: Workspace): Promise<string> {
    return runOf(await workspace.start(['finetune', workspace.recipe, '--mode', 'scratch', '--json']).ended);
  }

  /** What is told of each example, in order. */
  const predictionsOf = ({ lines }: Ended) =>
    lines.filter(({ label, similar }) => label !== undefined || similar !== undefined) as unknown as Told[];
  const errorsOf = ({ lines }: Ended) =>
    (lines as unknown as Partial<Told>[]).flatMap(({ file, error }) =>
      error === undefined ? [] : [`${file}: ${error}`],
    );

  /** What the run's own evaluation said of the first test examples. */
  function evaluated(run: string, count: number): number[][] {
    const { tensors } = decodeSafetensors(readFileSync(path.join(run, 'predictions.safetensors')));
    const { shape, data } = tensors['test/probabilities']!;
    const width = shape[1]!;
    return Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * width, (i + 1) * width)));
  }

  function close(found: Told, expected: number[], classes: readonly string[]): void {
    classes.forEach((name, i) =>
      assert.ok(
        Math.abs(found.probabilities[name]! - expected[i]!) < 1e-5,
        `${name}: ${found.probabilities[name]}, not ${expected[i]}`,
      ),
    );
    assert.equal(found.label, classes[expected.indexOf(Math.max(...expected))]);
  }

  describe('digits', () => {
    let workspace: Workspace;
    let parent: string;
    let run: string;
    const count = 5;
    const files: string[] = [];
    let pixels: Buffer;

    before(async () => {
      workspace = await sample('digits', {
        data: { path: 'digits', limit: 1024 },
        encoder: { units: [64, 32], activation: 'relu' },
        finetune: { labelsPerClass: 10, epochs: 20, batchSize: 20 },
      });
      parent = runOf(await workspace.run().ended);
      run = runOf(
        await workspace.start(['finetune', workspace.recipe, '--from', parent, '--mode', 'full', '--json']).ended,
      );
      pixels = gunzipSync(readFileSync(path.join(workspace.folder, 'digits/t10k-images-idx3-ubyte.gz'))).subarray(16);
      mkdirSync(path.join(workspace.folder, 'drawn'));
      for (let i = 0; i < count; i++) {
        const png = new PNG({ width: 28, height: 28 });
        for (let at = 0; at < 784; at++) {
          const value = pixels[784 * i + at]!;
          png.data.set([value, value, value, 255], 4 * at);
        }
        files.push(path.join('drawn', `${i}.png`));
        writeFileSync(path.join(workspace.folder, files[i]!), PNG.sync.write(png));
      }
    });

    const start = (...args: string[]) => workspace.start(args).ended;

    it('files of images get the probabilities that the run’s evaluation gave the same examples', async () => {
      const ended = await start('predict', run, ...files, '--json');
      assert.equal(ended.code, 0, ended.stderr);
      const found = predictionsOf(ended);
      assert.deepEqual(
        found.map(({ file }) => file),
        files,
      );
      const classes = readRun(run).dataset!.classes!;
      evaluated(run, count).forEach((expected, i) => close(found[i]!, expected, classes));
      for (const { similar } of found) {
        assert.equal(similar!.length, 3);
        assert.ok(similar!.every(({ label }) => classes.includes(label!)));
        assert.ok(similar![0]!.cosine >= similar![1]!.cosine && similar![0]!.cosine <= 1.000001);
      }
    });

    it('a folder gives the same; what cannot be read is named with its reason, and the exit code is 1', async () => {
      const [first] = files;
      const bad = path.join(workspace.folder, 'mixed');
      mkdirSync(bad);
      const whole = readFileSync(path.join(workspace.folder, first!));
      writeFileSync(path.join(bad, 'a.png'), whole);
      writeFileSync(path.join(bad, 'cut.png'), whole.subarray(0, 80));
      writeFileSync(path.join(bad, 'not.png'), 'hello');
      const ended = await start('predict', run, 'mixed', 'nowhere.png', '--json', '--similar', '0');
      assert.equal(ended.code, 1);
      const found = predictionsOf(ended);
      assert.equal(found.length, 1);
      assert.deepEqual(ended.lines.at(-1), { run, count: 1, leftOut: 3 });
      assert.equal(found[0]!.file, path.join('mixed', 'a.png'));
      assert.equal(found[0]!.similar, undefined);
      close(found[0]!, evaluated(run, 1)[0]!, readRun(run).dataset!.classes!);
      const errors = errorsOf(ended);
      assert.equal(errors.length, 3, errors.join('\n'));
      for (const words of [/mixed.cut\.png: .*cut off/, /mixed.not\.png: .*neither PNG/, /no file or folder .*nowhere/])
        assert.ok(
          errors.some((error) => words.test(error)),
          errors.join('\n'),
        );
    });

    it('writes how files and those that are like them look, and a table of all probabilities', async () => {
      const besides = ['--samples', 'samples.safetensors', '--csv', 'all.csv'];
      const ended = await start('predict', run, ...files, '--json', ...besides);
      assert.equal(ended.code, 0, ended.stderr);
      const found = predictionsOf(ended);
      const { tensors } = decodeSafetensors(readFileSync(path.join(workspace.folder, 'samples.safetensors')));
      const training = gunzipSync(
        readFileSync(path.join(workspace.folder, 'digits/train-images-idx3-ubyte.gz')),
      ).subarray(16);
      const image = (shown: UsedExample | undefined) => {
        const { shape, data } = tensors[exampleTensor.image(shown!.position)]!;
        assert.deepEqual([shown!.kind, ...shape.slice(0, 2)], ['image', 28, 28]);
        const channels = shape[2]!;
        return Array.from({ length: 784 }, (_, at) => data[at * channels]!);
      };
      found.forEach(({ shown, similar }, i) => {
        assert.deepEqual(image(shown), Array.from(pixels.subarray(784 * i, 784 * (i + 1))));
        for (const one of similar!) {
          const position = Number(/\d+/.exec(one.name)![0]);
          assert.deepEqual(image(one.shown), Array.from(training.subarray(784 * position, 784 * (position + 1))));
          assert.equal(one.shown!.class, one.label);
        }
      });
      const classes = readRun(run).dataset!.classes!;
      const [head, ...rows] = readFileSync(path.join(workspace.folder, 'all.csv'), 'utf8').trim().split('\r\n');
      assert.equal(head, ['file,part,label,probability', ...classes.map((name) => `probability ${name}`)].join(','));
      assert.deepEqual(
        rows.map((row) => row.split(',')),
        found.map(({ file, label, probabilities }) => [
          file,
          '',
          label,
          String(probabilities[label]),
          ...classes.map((name) => String(probabilities[name])),
        ]),
      );
      assert.match((await start('predict', run, files[0]!, '--csv', 'no/all.csv')).stderr, /all\.csv could not be/);
    });

    it('for people it is a table with the likeliest classes', async () => {
      const { code, stdout } = await start('predict', path.basename(run), files[0]!);
      assert.equal(code, 0);
      const [head, row] = stdout.split('\n');
      assert.match(head!, /^File +Class +Next +Most similar$/);
      assert.match(row!, /^drawn.0\.png +\d +\d+\.\d % .*example \d+ \(\d\), example \d+ \(\d\)/);
    });

    it('a run without labels names no classes, and says how to teach it some', async () => {
      const { code, stderr } = await start('predict', parent, files[0]!);
      assert.equal(code, 1);
      assert.match(stderr, /learned without labels.*pretrain finetune RECIPE --from/);
    });

    it('codes are those of the dense encoder, computed by its formula', async () => {
      const { code, lines } = await start('embed', parent, 'drawn', '--to', 'codes.npy', '--json');
      assert.equal(code, 0, JSON.stringify(lines));
      assert.deepEqual([lines.at(-1)!['count'], lines.at(-1)!['width']], [count, 32]);
      const file = path.join(workspace.folder, 'codes.npy');
      const { shape, data } = decodeNpy(readFileSync(file), 'codes.npy', file);
      assert.deepEqual(shape, [count, 32]);
      const { tensors } = decodeSafetensors(lastCheckpoint(parent).weights);
      for (let i = 0; i < count; i++) {
        let values = Array.from(pixels.subarray(784 * i, 784 * (i + 1)), (value) => value / 255);
        for (const layer of ['encoder/dense_1', 'encoder/dense_2']) {
          const [kernel, bias] = [tensors[`${layer}/kernel`]!, tensors[`${layer}/bias`]!];
          const width = kernel.shape[1]!;
          values = Array.from({ length: width }, (_, unit) =>
            Math.max(
              0,
              values.reduce(
                (sum, value, at) => sum + value * Number(kernel.data[at * width + unit]),
                Number(bias.data[unit]),
              ),
            ),
          );
        }
        values.forEach((value, unit) =>
          assert.ok(Math.abs(value - Number(data[32 * i + unit])) < 1e-4, `${i}, ${unit}`),
        );
      }
    });

    it('codes of the run’s own data come with their labels; nothing half-written stays', async () => {
      const { code, stderr } = await start('embed', run, 'digits', '--to', 'codes.csv');
      assert.equal(code, 0, stderr);
      const [head, first, ...others] = readFileSync(path.join(workspace.folder, 'codes.csv'), 'utf8')
        .trim()
        .split('\n');
      assert.match(head!, /^name,label,code_0,.*,code_31$/);
      assert.match(first!, /,\d,/);
      assert.equal(others.length + 1, 6000);
      assert.deepEqual(
        readdirSync(workspace.folder).filter((name) => name.endsWith('.tmp')),
        [],
      );
      assert.match((await start('embed', run, 'drawn', '--to', 'codes.txt')).stderr, /not written as "\.txt".*\.npy/);
      assert.match((await start('embed', run, 'drawn')).stderr, /--to says where/);
      assert.match((await start('embed', run, 'drawn', '--to', 'none/codes.npy')).stderr, /could not be written/);
    });

    it('similar finds an example itself first, and others by their codes', async () => {
      const training = gunzipSync(
        readFileSync(path.join(workspace.folder, 'digits/train-images-idx3-ubyte.gz')),
      ).subarray(16);
      const used = await start('similar', parent, files[0]!, '--count', '1024', '--json');
      const similar = predictionsOf(used)[0]!.similar!;
      assert.equal(similar.length, 1024, 'all that it was trained on');
      const position = Number(/\d+/.exec(similar[700]!.name)![0]);
      const png = new PNG({ width: 28, height: 28 });
      for (let at = 0; at < 784; at++) {
        const value = training[784 * position + at]!;
        png.data.set([value, value, value, 255], 4 * at);
      }
      writeFileSync(path.join(workspace.folder, 'own.png'), PNG.sync.write(png));
      const { lines } = await start('similar', parent, 'own.png', '--json');
      const found = lines.find(({ similar }) => similar !== undefined) as unknown as {
        file: string;
        similar: SimilarExample[];
      };
      assert.equal(found.similar.length, 10);
      assert.equal(found.similar[0]!.name, similar[700]!.name);
      assert.ok(Math.abs(found.similar[0]!.cosine - 1) < 1e-5);
      const cosines = found.similar.map(({ cosine }) => cosine);
      assert.deepEqual(
        cosines,
        cosines.toSorted((a, b) => b - a),
      );
    });

    it('without its training data a run still predicts, and says what is missing', async () => {
      const digits = path.join(workspace.folder, 'digits');
      renameSync(digits, `${digits}-away`);
      try {
        const ended = await start('predict', run, files[0]!, '--json');
        assert.equal(ended.code, 0);
        const notes = ended.lines.filter(({ type }) => type === 'note');
        assert.match(String(notes[0]!['message']), /Similar training examples are not shown: .*digits/);
        close(predictionsOf(ended)[0]!, evaluated(run, 1)[0]!, readRun(run).dataset!.classes!);
        assert.equal((await start('similar', run, files[0]!)).code, 1);
      } finally {
        renameSync(`${digits}-away`, digits);
      }
    });

    it('a damaged run is refused in words, naming the file', async () => {
      const record = path.join(run, 'run.json');
      const recipe = path.join(run, 'recipe.json');
      const weights = path.join(run, 'checkpoints', lastCheckpoint(run).step, 'weights.safetensors');
      const changed = (file: string, change: (content: Damaged) => void): string => {
        const content = JSON.parse(readFileSync(file, 'utf8')) as Damaged;
        change(content);
        return JSON.stringify(content);
      };
      for (const [file, spoilt, words] of [
        [record, changed(record, ({ dataset }) => delete dataset['preparation']), /run\.json says nothing readable/],
        [
          record,
          changed(record, ({ dataset }) => (dataset['preparation'] = { shape: [1e9, 1e9] })),
          /run\.json says nothing readable/,
        ],
        [record, changed(record, ({ dataset }) => (dataset['classes'] = [1])), /nothing readable/],
        [recipe, '{', /recipe\.json cannot be read/],
        [
          recipe,
          changed(recipe, ({ encoder }) => (encoder['units'] = [100_000, 32])),
          /weights\.safetensors does not fit the network of recipe\.json: encoder\/dense_1\/kernel has shape/,
        ],
        [
          recipe,
          changed(recipe, ({ encoder }) => (encoder['type'] = 'constructor')),
          /recipe\.json describes no network/,
        ],
        [weights, Buffer.alloc(2 ** 25), /weights\.safetensors does not fit .*larger/],
        [weights, 'nothing', /weights\.safetensors cannot be read/],
      ] as const) {
        renameSync(file, `${file}.kept`);
        writeFileSync(file, spoilt);
        const { code, lines } = await start('predict', run, files[0]!, '--json');
        renameSync(`${file}.kept`, file);
        assert.equal(code, 1);
        assert.match(String(lines.at(-1)!['error']), words);
        assert.doesNotMatch(String(lines.at(-1)!['error']), /unexpectedly/);
      }
      assert.match((await start('predict', 'no-such-run', files[0]!)).stderr, /is not a run folder/);
    });
  });

  it('texts: a line of JSON, a row of CSV and a document of the same words are the same', async () => {
    const workspace = await sample('sentences', {
      data: { path: 'sentences', limit: 600 },
      finetune: { epochs: 6, batchSize: 32 },
    });
    const run = await scratch(workspace);
    const lines = readFileSync(path.join(workspace.folder, 'sentences/test.jsonl'), 'utf8').split('\n').slice(0, 3);
    const texts = lines.map((line) => (JSON.parse(line) as { text: string }).text);
    writeFileSync(
      path.join(workspace.folder, 'new.jsonl'),
      texts.map((text) => `${JSON.stringify({ text })}\n`).join(''),
    );
    writeFileSync(path.join(workspace.folder, 'new.csv'), `text\n${JSON.stringify(texts[1])}\n`);
    writeFileSync(path.join(workspace.folder, 'new.txt'), `${texts[2]}\n`);
    const ended = await workspace.start(['predict', run, 'new.jsonl', 'new.csv', 'new.txt', '--json']).ended;
    assert.equal(ended.code, 0, JSON.stringify(ended.lines.at(-1)));
    const found = predictionsOf(ended);
    const classes = readRun(run).dataset!.classes!;
    const expected = evaluated(run, 3);
    assert.deepEqual(
      found.map(({ file, part }) => [file, part]),
      [
        ['new.jsonl', 'line 1 of new.jsonl'],
        ['new.jsonl', 'line 2 of new.jsonl'],
        ['new.jsonl', 'line 3 of new.jsonl'],
        ['new.csv', 'row 1 of new.csv'],
        ['new.txt', undefined],
      ],
    );
    [0, 1, 2, 1, 2].forEach((of, i) => close(found[i]!, expected[of]!, classes));
    assert.match(found[0]!.similar![0]!.name, /^line \d+ of train\.jsonl$/);
  });

  it('tables: one row without its label, and columns in another order', async () => {
    const workspace = await sample('clusters', { data: { path: 'clusters' }, finetune: { epochs: 4, batchSize: 64 } });
    const run = await scratch(workspace);
    const [head, ...rows] = readFileSync(path.join(workspace.folder, 'clusters/test.csv'), 'utf8').trim().split('\n');
    const { columns } = readRun(run).dataset!.preparation['columns'] as { columns: { name: string }[] };
    const names = head!.split(',');
    const order = columns.map(({ name }) => names.indexOf(name)).reverse();
    assert.ok(order.length < names.length, 'the label is none of them');
    const row = (of: number) => order.map((at) => rows[of]!.split(',')[at]).join(',');
    const titles = order.map((at) => names[at]).join(',');
    writeFileSync(path.join(workspace.folder, 'one.csv'), `${titles}\n${row(2)}\n`);
    writeFileSync(path.join(workspace.folder, 'two.csv'), `${titles}\n${row(0)}\n${row(1)}\n`);
    writeFileSync(path.join(workspace.folder, 'less.csv'), `${names[order[0]!]}\n1\n`);
    const ended = await workspace.start(['predict', run, 'one.csv', 'two.csv', 'less.csv', '--json']).ended;
    assert.equal(ended.code, 1);
    const found = predictionsOf(ended);
    assert.deepEqual(
      found.slice(0, 3).map(({ file, part }) => [file, part]),
      [
        ['one.csv', 'row 1'],
        ['two.csv', 'row 1'],
        ['two.csv', 'row 2'],
      ],
    );
    const classes = readRun(run).dataset!.classes!;
    const expected = evaluated(run, 3);
    [2, 0, 1].forEach((of, i) => close(found[i]!, expected[of]!, classes));
    assert.match(errorsOf(ended).join(), /less\.csv has no column/);
  });

  it('sounds: a file by itself is what it is in the folder; one of another kind is refused', async () => {
    const workspace = await sample('tones', {
      data: { path: 'tones', limit: 100, sound: { seconds: 0.5, mels: 20 } },
      finetune: { epochs: 10, batchSize: 20 },
    });
    const run = await scratch(workspace);
    const folder = path.join(workspace.folder, 'tones');
    const [name] = readdirSync(folder).filter((one) => one.endsWith('.wav'));
    const file = path.join('tones', name!);
    const all = await workspace.start(['predict', run, 'tones', '--similar', '0', '--json']).ended;
    assert.equal(all.code, 0, JSON.stringify(all.lines.at(-1)));
    const alone = await workspace.start(['predict', run, file, '--json']).ended;
    assert.equal(alone.code, 0, JSON.stringify(alone.lines.at(-1)));
    const [single] = predictionsOf(alone);
    const same = predictionsOf(all).find((one) => one.file === file)!;
    const classes = readRun(run).dataset!.classes!;
    close(
      single!,
      classes.map((one) => same.probabilities[one]!),
      classes,
    );
    const refused = await workspace.start(['predict', run, workspace.recipe, '--json']).ended;
    assert.equal(refused.code, 1);
    assert.ok(existsSync(path.join(folder, single!.similar![0]!.name)));
  });
});
