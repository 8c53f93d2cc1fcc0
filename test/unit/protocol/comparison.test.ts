import assert from 'node:assert/strict';
import {
  comparisonCsv,
  comparisonMarkdown,
  fieldRows,
  haveComparableLosses,
  resultTable,
  type ComparedRun,
} from '../../../src/protocol/comparison.js';
import type { RunRecord } from '../../../src/protocol/run.js';
import { runRecord } from '../host/support.js';

function compared(
  changes: Partial<RunRecord>,
  recipe: unknown = {},
  best: Partial<ComparedRun['best']> = {},
): ComparedRun {
  const run = runRecord({ state: 'completed', ...changes });
  return { run, state: run.state, recipe, best: { training: null, validation: null, ...best } };
}

const column = (runs: ComparedRun[], id: string) => {
  const { columns, rows, best } = resultTable(runs);
  const at = columns.findIndex((one) => one.id === id);
  return { values: rows.map((row) => row[at]), best: best.map((row) => row[at]) };
};

describe('What differs between recipes', () => {
  const recipe = (rate: number, more: object = {}) => ({
    $schema: 'x',
    name: 'a',
    encoder: { units: [256, 32] },
    pretrain: { epochs: 3, optimizer: { name: 'adam', learningRate: rate } },
    finetune: { epochs: rate },
    ...more,
  });

  it('is told field by field, first what differs, in the order of the recipes', () => {
    const rows = fieldRows([compared({}, recipe(0.1)), compared({}, recipe(0.2, { engine: 'wasm' }))]);
    assert.deepEqual(
      rows.map(({ path, values, differs }) => [path, ...values, differs]),
      [
        ['pretrain.optimizer.learningRate', '0.1', '0.2', true],
        ['engine', null, 'wasm', true],
        ['encoder.units', '[256,32]', '[256,32]', false],
        ['pretrain.epochs', '3', '3', false],
        ['pretrain.optimizer.name', 'adam', 'adam', false],
      ],
    );
  });

  it('leaves out the section of a stage that a run did not go through', () => {
    const [pretrained, tuned] = [compared({}, recipe(1)), compared({ stage: 'finetune' }, recipe(2))];
    const paths = fieldRows([pretrained, tuned]).map(({ path, values }) => [path, values]);
    assert.ok(paths.some(([path, values]) => path === 'finetune.epochs' && String(values) === ',2'));
    assert.deepEqual(
      fieldRows([tuned, tuned]).filter(({ path }) => path.startsWith('pretrain')),
      [],
    );
  });

  it('takes a recipe that cannot be read, or is none, for one without fields', () => {
    const rows = fieldRows([compared({}, null), compared({}, [1]), compared({}, { engine: 'cpu' })]);
    assert.deepEqual(rows, [{ path: 'engine', values: [null, null, 'cpu'], differs: true }]);
  });
});

describe('The table of results', () => {
  it('has the columns that any run has a value for, and marks the best by what is better', () => {
    const runs = [
      compared({ metrics: { loss: 0.3, testAccuracy: 0.9 }, seconds: 20, step: 100 }),
      compared({ metrics: { loss: 0.2 }, seconds: 10, step: 100 }),
    ];
    assert.deepEqual(column(runs, 'trainingLoss'), { values: [0.3, 0.2], best: [false, true] });
    assert.deepEqual(
      column(runs, 'testAccuracy'),
      { values: [0.9, null], best: [false, false] },
      'one alone is not best',
    );
    assert.deepEqual(column(runs, 'time').best, [false, true]);
    assert.deepEqual(column(runs, 'stepsPerSecond'), { values: [5, 10], best: [false, true] });
    assert.ok(!resultTable(runs).columns.some(({ id }) => id === 'testR2'));
  });

  it('marks all that are equally good, and none where all are', () => {
    const runs = [0.9, 0.9, 0.8].map((testAccuracy) => compared({ metrics: { testAccuracy } }));
    assert.deepEqual(column(runs, 'testAccuracy').best, [true, true, false]);
    assert.deepEqual(column(runs.slice(0, 2), 'testAccuracy').best, [false, false]);
  });

  it('calls no loss the best where methods, losses or data differ', () => {
    const of = (changes: Partial<RunRecord>, loss = 'mse') =>
      compared({ metrics: { loss: changes.seed ?? 1 }, ...changes }, { pretrain: { options: { loss } } });
    const data = (fingerprint: string) => ({ fingerprint }) as RunRecord['dataset'];
    assert.equal(haveComparableLosses([of({}), of({ seed: 2 })]), true);
    assert.deepEqual(column([of({}), of({ seed: 2 })], 'trainingLoss').best, [true, false]);
    const others: [Partial<RunRecord>, string?][] = [
      [{ method: 'contrastive' }],
      [{}, 'bce'],
      [{ dataset: data('b') }],
      [{ stage: 'finetune' }],
    ];
    for (const [changes, loss] of others) {
      const other = of({ dataset: data('a'), ...changes, seed: 2 }, loss);
      assert.deepEqual(column([of({ dataset: data('a') }), other], 'trainingLoss').best, [false, false]);
    }
  });

  it('takes what is no finite number as no value', () => {
    const runs = [compared({ metrics: { loss: NaN } }), compared({ metrics: { loss: 1 } })];
    assert.deepEqual(column(runs, 'trainingLoss').values, [null, 1]);
  });
});

describe('Exports of a comparison', () => {
  const runs = [
    compared({ id: 'a', name: 'x, "y"', metrics: { loss: 0.25 } }, { encoder: { units: [2, 1] } }),
    compared({ id: 'b|c', name: 'z', metrics: { loss: 0.5 } }, { encoder: { units: [3] } }),
  ];

  it('are plain numbers in CSV, a run a line, quoted where it must be', () => {
    const [head, first, second] = comparisonCsv(runs).split('\n');
    assert.match(head!, /^id,name,method,state,trainingLoss,.*,encoder\.units$/);
    assert.match(first!, /^a,"x, ""y""",autoencoder,completed,0\.25,.*,"\[2,1\]"$/);
    assert.match(second!, /^b\|c,z,.*,\[3\]$/);
  });

  it('are tables in Markdown with the best in bold, in which names are no markup', () => {
    const text = comparisonMarkdown(runs, { title: (id) => id.toUpperCase(), cell: (value) => String(value) });
    const [head, line, first, second] = text.split('\n');
    assert.match(head!, /^\| RUN \| METHOD \| STATE \| TRAININGLOSS \|/);
    assert.match(line!, /^\| --- \| --- \|/);
    assert.match(first!, /^\| a \| autoencoder \| completed \| \*\*0\.25\*\* \|/);
    assert.match(second!, /^\| b\\\|c \|/);
    assert.match(text, /\| RECIPE \| a \| b\\\|c \|\n.*\n\| encoder\.units \| \\\[2,1\\\] \| \\\[3\\\] \|\n$/);
  });
});
