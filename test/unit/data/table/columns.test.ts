import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { clusterCsv, CLUSTER_CLASSES } from '../../../../src/data/table/clusters.js';
import { profileColumns, type ColumnProfile, type ProfileOptions } from '../../../../src/data/table/columns.js';
import { openCsv } from '../../../../src/data/table/csv.js';
import { DistinctCounter } from '../../../../src/data/table/distinct.js';
import { hashBytes } from '../../../../src/data/table/dictionary.js';
import { NumbersSeen, QUARTILE_SAMPLE } from '../../../../src/data/table/numbersSeen.js';
import { stream } from '../../../../src/protocol/random.js';
import { runPeer } from '../peer.js';
import { pieces } from '../pieces.js';
import { put, temporaryFolder } from '../make.js';

interface Statistics {
  count: number;
  missing: number;
  distinct: number;
  /** min, max, mean, std, quartiles */
  numbers?: number[];
  top?: [string, number][];
}

const profile = async (csv: string | Uint8Array, options?: ProfileOptions): Promise<ColumnProfile[]> =>
  profileColumns(await openCsv(pieces(csv, 1000), 'a.csv'), options);

function assertClose(actual: number | undefined, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual! - expected) <= 1e-10 * Math.max(1e-300, Math.abs(expected)),
    `${what}: ${actual} is not ${expected}`,
  );
}

function assertSame(profiles: ColumnProfile[], expected: Record<string, Statistics>): void {
  assert.deepEqual(
    profiles.map(({ name }) => name),
    Object.keys(expected),
  );
  for (const { name, count, missing, distinct, numbers, top } of profiles) {
    const other = expected[name]!;
    assert.deepEqual([name, count, missing, distinct], [name, other.count, other.missing, other.distinct]);
    if (other.numbers) {
      const own = [numbers!.min, numbers!.max, numbers!.mean, numbers!.std, ...numbers!.quartiles];
      other.numbers.forEach((value, i) => assertClose(own[i], value, `${name} ${i}`));
    }
    for (const [i, [value, times]] of (other.top ?? []).entries())
      assert.deepEqual(top[i], { value, count: times }, name);
  }
}

describe('columns of a table', () => {
  const at = temporaryFolder();
  const fixture = JSON.parse(readFileSync('test/fixtures/tables/expected.json', 'utf8')) as {
    statistics: Record<string, Statistics>;
  };

  it('have the statistics that pandas gives', async () =>
    assertSame(await profile(readFileSync('test/fixtures/tables/mixed.csv')), fixture.statistics));

  it('have them in other data too, where pandas is at hand', async function () {
    for (const file of [put(at('clusters.csv'), clusterCsv(3000, 5)), '../shared/data/penguins/penguins.csv']) {
      if (!existsSync(file)) continue;
      const text = await runPeer(this, ['test/fixtures/tables/make.py', file, '100']);
      const { statistics } = JSON.parse(text) as { statistics: Record<string, Statistics> };
      assertSame(await profile(readFileSync(file)), statistics);
    }
  });

  const type = async (cells: string[], header = 'x'): Promise<string> => {
    const csv = [`${header},other`, ...cells.map((cell) => `${cell},z`)].join('\n');
    return (await profile(csv))[0]!.type;
  };
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

  it('are of the type that their values show', async () => {
    assert.equal(await type(['1', '2.5', 'NA', '1']), 'numeric');
    assert.equal(await type(['red', 'blue', 'red', '', 'blue', 'red']), 'categorical');
    assert.equal(await type(['yes', 'no', 'NA', 'yes']), 'boolean');
    assert.equal(await type(['1', '0', '1', '1']), 'boolean');
    assert.equal(await type(['1', '3', '1', '1']), 'numeric');
    assert.equal(await type(['2024-01-01', '2024-01-02', '']), 'date');
    assert.equal(await type(['a', 'a', '', 'a']), 'constant');
    assert.equal(await type(['', 'NA', '?']), 'constant');
    assert.equal(await type(many(50, (i) => `user${i}`)), 'identifier');
    assert.equal(await type(many(50, (i) => String(i + 17))), 'identifier');
    assert.equal(await type(many(50, (i) => String(i * 2))), 'numeric');
    assert.equal(await type(many(50, (i) => `this is sentence ${i}`)), 'text');
    assert.equal(await type(many(20_000, (i) => `user${i}`)), 'identifier');
    assert.equal(await type(many(20_000, (i) => `say it ${i} times`)), 'text');
    assert.equal(await type(many(20_000, (i) => `c${i % 300}`)), 'categorical');
  });

  it('of numbers tell the cell that keeps them from being so', async () => {
    const [column] = await profile('x,y\n1,a\n2,b\n3 kg,c\n4,d\n');
    assert.deepEqual([column!.numeric, column!.firstOther, column!.type], [3, { line: 4, value: '3 kg' }, 'text']);
    const [infinite] = await profile('x,y\n1,a\nInfinity,b\n');
    assert.deepEqual(infinite!.firstOther, { line: 3, value: 'Infinity' });
  });

  it('with numbers written differently count them once', async () => {
    const [column] = await profile('x,y\n1,a\n1.0,b\n1e0,c\n2,d\n');
    assert.deepEqual([column!.distinct, column!.top[0]], [2, { value: '1', count: 3 }]);
  });

  it('with very many values estimate how many differ, and the quartiles', async () => {
    const random = stream(3, 'columns test');
    const values = many(150_000, () => random.integer(1e6));
    const [column] = await profile(`x,y\n${values.map((value) => `${value},1`).join('\n')}\n`);
    const exact = new Set(values).size;
    assert.ok(
      !column!.exactDistinct && Math.abs(column!.distinct - exact) < 0.03 * exact,
      `${column!.distinct} of ${exact}`,
    );
    const sorted = values.toSorted((a, b) => a - b);
    assert.ok(!column!.numbers!.exactQuartiles);
    [0.25, 0.5, 0.75].forEach((fraction, i) => {
      const rank = sorted.findIndex((value) => value >= column!.numbers!.quartiles[i]!) / sorted.length;
      assert.ok(Math.abs(rank - fraction) < 0.01, `${rank}`);
    });
  });

  it('in order do not mislead the sample of quartiles', () => {
    const seen = new NumbersSeen();
    const count = 5 * QUARTILE_SAMPLE;
    for (let i = 0; i < count; i++) seen.add(i);
    seen
      .statistics()!
      .quartiles.forEach((value, i) => assert.ok(Math.abs(value / count - (i + 1) / 4) < 0.01, `${value / count}`));
  });

  it('of any size are counted within the error of HyperLogLog', () => {
    for (const count of [10, 1000, 40_000, 1_000_000]) {
      const counter = new DistinctCounter();
      const bytes = Buffer.alloc(8);
      for (let i = 0; i < count; i++) {
        bytes.writeDoubleLE(i);
        counter.add(hashBytes(bytes, 0, 8));
      }
      assert.ok(Math.abs(counter.estimate() - count) <= 0.03 * count, `${counter.estimate()} of ${count}`);
    }
  });

  it('of the sample table: five measures, two categories, the class', async () => {
    assert.equal(clusterCsv(50, 1), clusterCsv(50, 1));
    assert.notEqual(clusterCsv(50, 1), clusterCsv(50, 2));
    const found = await profile(clusterCsv(2000, 1));
    assert.deepEqual(
      found.map(({ type }) => type),
      [...Array<string>(5).fill('numeric'), ...Array<string>(3).fill('categorical')],
    );
    assert.deepEqual(
      found
        .at(-1)!
        .top.map(({ value }) => value)
        .sort(),
      CLUSTER_CLASSES,
    );
    for (const { missing, name } of found.slice(0, -1)) assert.ok(missing > 40 && missing < 130, `${name}: ${missing}`);
    assert.equal(found.at(-1)!.missing, 0);
  });

  it('of penguins and banking77 are what they are', async function () {
    if (!existsSync('../shared/data/penguins')) return this.skip();
    const types = async (file: string): Promise<string[]> =>
      (await profileColumns(await openCsv(createReadStream(file), file))).map(({ type }) => type);
    assert.deepEqual(await types('../shared/data/penguins/penguins.csv'), [
      'categorical',
      'categorical',
      'numeric',
      'numeric',
      'numeric',
      'numeric',
      'categorical',
      'numeric',
    ]);
    assert.deepEqual(await types('../shared/data/banking77/train.csv'), ['text', 'categorical']);
  });
});
