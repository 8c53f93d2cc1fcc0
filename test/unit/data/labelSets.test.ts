import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { countClasses } from '../../../src/data/inspect/classes.js';
import { countsOfLabels, rarestLabels, withLabelSets, type LabelSets } from '../../../src/data/labelSets.js';
import type { DatasetInfo, DatasetOptions } from '../../../src/data/reader.js';
import { chooseSplits, drawLabels } from '../../../src/data/split.js';
import { stream } from '../../../src/protocol/random.js';
import { png, put, rejectsWith, temporaryFolder } from './make.js';

describe('Several labels an example', () => {
  const at = temporaryFolder();

  /** The labels of each example, null where it has none; and the names of the combinations. */
  async function read(target: string, options: DatasetOptions = {}) {
    const { info, labels } = await openDataset(target, options);
    const { classes, labelSets } = info;
    return {
      classes,
      names: labelSets?.names,
      labels: Array.from(labels ?? [], (at) => labelSets?.sets[at]?.map((label) => labelSets.names[label]) ?? null),
    };
  }

  it('are lists in JSON Lines; an empty list is none of them, null is no label', async () => {
    const labels = [['dog', 'cat'], ['cat'], [], null, ['cat', 'dog', 'cat'], 'ant', [7, true]];
    const lines = labels.map((label, i) => JSON.stringify({ text: `line ${i}`, label }));
    assert.deepEqual(await read(put(at('a.jsonl'), lines.join('\n'))), {
      classes: ['7, true', 'ant', 'cat, dog', 'cat', '(none)'],
      names: ['7', 'ant', 'cat', 'dog', 'true'],
      labels: [['cat', 'dog'], ['cat'], [], null, ['cat', 'dog'], ['ant'], ['7', 'true']],
    });
    const bad = put(at('bad.jsonl'), '{"text":"a","label":["cat"]}\n{"text":"b","label":["cat",{}]}\n');
    await assert.rejects(
      openDataset(bad),
      /bad.jsonl, line 2: the label “label” is a list in which one is an object\./,
    );
  });

  it('stand between separators in a column: of texts, of a table', async () => {
    const texts = put(at('texts.csv'), 'text,label\none one,cat; dog\ntwo two,dog;cat;\nthree three,cat\nfour four,\n');
    const expected = { classes: ['cat, dog', 'cat'], names: ['cat', 'dog'] };
    const labels = [['cat', 'dog'], ['cat', 'dog'], ['cat'], null];
    assert.deepEqual(await read(texts, { labelSeparator: ';' }), { ...expected, labels });
    assert.equal((await read(texts)).names, undefined, 'without a separator each has one label');
    const table = put(at('table.csv'), 'a,b,label\n1,2,cat|dog\n2,3,dog|cat\n3,5,cat\n4,4,\n');
    assert.deepEqual(await read(table, { labelSeparator: '|' }), { ...expected, labels });
  });

  it('that spaces alone make different are one, wherever they are written', async () => {
    const image = png(2, 2, [1, 2, 3]);
    const lines = ['cat', ' cat', 'cat\u00a0', 'dog', '  '].map((label, i) => ({ text: `line ${i}`, label }));
    for (const [i, label] of ['cat', 'cat ', 'dog'].entries()) put(at('spaces', `${label}_${i}.png`), image);
    const csv = (head: string, row: (i: number) => string) =>
      [head, ...lines.map(({ label }, i) => `${row(i)},"${label}"`)].join('\n');
    const five = [0, 0, 0, 1, -1];
    for (const [target, options, labels] of [
      [put(at('spaces.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n')), {}, five],
      [
        put(
          at('spaces.csv'),
          csv('text,label', (i) => `some text ${i}`),
        ),
        {},
        five,
      ],
      [
        put(
          at('spaces-table.csv'),
          csv('x,label', (i) => `${i / 2}`),
        ),
        {},
        five,
      ],
      [at('spaces'), { filePattern: '{label}_{index}.png' }, [0, 0, 1]],
    ] as const) {
      const dataset = await openDataset(target, options);
      assert.deepEqual([dataset.info.classes, [...(dataset.labels ?? [])]], [['cat', 'dog'], labels], target);
    }
    const numbers = await openDataset(put(at('numbers.csv'), 'x,label\n1, 7\n2,7 \n3,8\n4,07\n'));
    assert.deepEqual(
      [numbers.info.classes, [...(numbers.labels ?? [])]],
      [
        ['7', '8'],
        [0, 0, 1, 0],
      ],
    );
  });

  it('stand in a table beside images, in one cell or in rows of their own', async () => {
    const image = png(2, 2, [1, 2, 3]);
    for (const name of ['a.png', 'b.png', 'c.png']) put(at('images', name), image);
    const table = at('images', 'labels.csv');
    const options = { labelSeparator: ';' };
    const expected = [['cat', 'dog'], ['dog'], null];
    put(table, 'file,label\na.png,cat;dog\nb.png,dog\nc.png,\n');
    assert.deepEqual((await read(at('images'), options)).labels, expected);
    put(table, 'file,label\na.png,dog\nb.png,dog\nc.png,\na.png,cat\nb.png,dog\n');
    assert.deepEqual((await read(at('images'), options)).labels, expected);
    await assert.rejects(openDataset(at('images')), /it says something else of a.png than labels.csv, line 2 does/);
  });

  describe('are lists in a column of a Parquet file', () => {
    const several = path.join(__dirname, '../../fixtures/parquet/several');
    // As sets.py writes them.
    const expected = {
      classes: ['ant, cat', 'dog', '(none)'],
      names: ['ant', 'cat', 'dog'],
      labels: [['ant', 'cat'], ['dog'], [], null, ['ant', 'cat']],
    };

    for (const name of ['sequence', 'list', 'old'])
      it(`beside texts, of class numbers with names (${name})`, async () => {
        const file = path.join(several, `${name}.parquet`);
        assert.deepEqual(await read(file), expected);
        assert.equal((await openDataset(file)).info.kind, 'text');
      });

    it('of a table, of texts; other lists are left out', async () => {
      const file = path.join(several, 'table.parquet');
      assert.deepEqual(await read(file), expected);
      assert.deepEqual(await read(file, { labelColumn: 'labels' }), expected);
      const { info } = await openDataset(file);
      assert.deepEqual([info.kind, info.shape], ['table', [2]]);
      assert.deepEqual(
        info.problems.map(({ reason }) => /Column "(\S+)" is left out: it holds lists/.exec(reason)?.[1]),
        ['vector', 'deep.list.element.list.element', 'map.key_value.key', 'map.key_value.value'],
      );
      for (const labelColumn of ['vector', 'deep', 'map'])
        await rejectsWith(
          openDataset(file, { labelColumn }),
          'table.parquet',
          new RegExp(`"${labelColumn}" of table.parquet holds lists that are no labels`),
          /"labelSeparator"/,
        );
    });

    it('beside images, and none of a test file without that column', async () => {
      const pictures = path.join(several, 'pictures');
      const { labels, names } = await read(pictures, { labelColumn: 'tags' });
      assert.deepEqual([labels, names], [[...expected.labels, ...Array<null>(5).fill(null)], expected.names]);
      const { info } = await openDataset(pictures, { labelColumn: 'tags' });
      assert.deepEqual(
        info.problems.map(({ file, reason }) => [path.basename(file), reason]),
        [['test.parquet', 'It has no column “tags”: its rows are without a label.']],
      );
      await rejectsWith(openDataset(pictures, { labelColumn: 'tag' }), 'train.parquet', /no column "tag"/);
    });
  });

  it('are refused where there are more combinations than can be kept', () => {
    const classes = Array.from({ length: 5000 }, (_, i) => `${i};x${i}`);
    const dataset = { info: { ...facts(5000), classes }, labels: Int32Array.from(classes.keys()) };
    assert.throws(() => withLabelSets(dataset, ';'), /has 10,000 labels in 5000 combinations, more than can be kept/);
  });

  it('each count in an inspection', () => {
    const info = { ...facts(4), classes: ['a, b', 'a'], labelSets: { names: ['a', 'b'], sets: [[0, 1], [0]] } };
    const counts = countClasses({ info, labels: Int32Array.of(0, 1, 0, -1), groups: null, name: String, close });
    assert.deepEqual([counts.classes, counts.unlabelled], [{ a: 3, b: 2 }, 1]);
  });

  /** Label 0 is frequent, the others ever rarer; some have none. */
  const sets: LabelSets = { names: ['a', 'b', 'c'], sets: [[], [0], [0, 1], [0, 1, 2], [1]] };
  function drawn(count: number): Int32Array {
    const random = stream(3, 'sets');
    return Int32Array.from({ length: count }, () => {
      const number = random.uniform();
      return number < 0.1 ? 0 : number < 0.7 ? 1 : number < 0.85 ? 2 : number < 0.9 ? 3 : number < 0.97 ? 4 : -1;
    });
  }
  const countsOf = (labels: Int32Array, positions: Int32Array): number[] => {
    const counts = sets.sets.map((_, at) => positions.filter((position) => labels[position] === at).length);
    return countsOfLabels(counts, sets);
  };

  it('are split by the rarest of them', () => {
    assert.deepEqual([...rarestLabels(Int32Array.of(0, 1, 2, 3, 1, -1), sets)], [3, 0, 1, 2, 0, -1]);
    // Eight frequent labels in any combination, hardly two alike, and one that is rare.
    const names = Array.from({ length: 9 }, (_, label) => `l${label}`);
    const random = stream(5, 'rare');
    const rows = Array.from({ length: 1000 }, () =>
      names.flatMap((_, at) => (random.uniform() < (at < 8 ? 0.5 : 0.07) ? [at] : [])),
    );
    const info = { ...facts(1000), classes: rows.map(String), labelSets: { names, sets: rows } };
    const chosen = chooseSplits(
      { info, groups: null },
      Int32Array.from(rows.keys()),
      { validation: 0.2, limit: null },
      1,
    );
    const isRare = (position: number): boolean => rows[position]!.includes(8);
    const [rare, whole] = [chosen.validation.filter(isRare).length, rows.filter((set) => set.includes(8)).length];
    assert.ok(Math.abs(rare - whole / 5) < 1, `${rare} of ${whole}`);
  });

  it('are drawn at least so many of each, a smaller budget within a larger one', () => {
    const labels = drawn(1000);
    const all = Int32Array.from(labels.keys());
    const of = (perClass: number) => drawLabels(all, labels, { perClass }, 1, sets);
    for (const perClass of [1, 2, 5, 20]) {
      const chosen = of(perClass);
      assert.ok(
        countsOf(labels, chosen).every((count) => count >= perClass),
        String(countsOf(labels, chosen)),
      );
      assert.ok(chosen.length <= 4 * perClass, 'no more than for each label and for none');
      assert.ok(
        chosen.every((position) => of(2 * perClass).includes(position)),
        'nested',
      );
      assert.equal(chosen.filter((position) => labels[position] === 0).length, perClass, 'those with none of them');
    }
    const tenth = drawLabels(all, labels, { fraction: 0.1 }, 1, sets);
    const labelled = labels.filter((label) => label >= 0).length;
    assert.ok(Math.abs(tenth.length - labelled / 10) <= 2, `${tenth.length} of ${labelled}`);
    assert.ok(tenth.every((position) => labels[position]! >= 0));
  });
});

function facts(count: number): DatasetInfo {
  return {
    ...{ kind: 'array', format: 'test', path: path.sep, count, shape: [1], range: null, classes: null, groups: null },
    ...{ splits: [{ name: 'train', start: 0, count }], problems: [], files: [] },
  };
}

const close = (): Promise<void> => Promise.resolve();
