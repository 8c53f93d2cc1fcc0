import assert from 'node:assert/strict';
import type { EfficiencyLine } from '../../../../src/protocol/efficiency.js';
import type { Recipe } from '../../../../src/recipe/recipe.js';
import {
  availableOf,
  chosen,
  feasible,
  idOf,
  jobsOf,
  parseLines,
  remaining,
} from '../../../../src/trainer/efficiency/plan.js';

const wishes = { modes: ['scratch', 'probe'], labelsPerClass: [1, 10], seeds: [1, 2] };
const line = (mode: string, labelsPerClass: number, seed: number, score = 0.5): EfficiencyLine => ({
  mode,
  labelsPerClass,
  seed,
  score,
  labels: 10 * labelsPerClass,
  seconds: 1,
});

describe('The points of a measurement', () => {
  it('are each mode, budget and seed, one seed after the other', () => {
    const jobs = jobsOf(wishes);
    assert.equal(jobs.length, 8);
    assert.deepEqual(
      jobs.map(({ seed }) => seed),
      [1, 1, 1, 1, 2, 2, 2, 2],
    );
    assert.deepEqual(jobs[0], { mode: 'scratch', labelsPerClass: 10, seed: 1 });
  });

  it('end with all that the classes have', () => {
    const found = feasible({ ...wishes, labelsPerClass: [1, 5, 50, 100] }, [7, 12, 9]);
    assert.deepEqual(found.labelsPerClass, [1, 5, 12]);
    assert.deepEqual([found.tooMany, found.most], [[50, 100], 12]);
    assert.deepEqual(feasible(wishes, [10, 3]).tooMany, []);
  });

  it('end with all examples of each label, and with all that have none of them, which are drawn alike', () => {
    const sets = { names: ['a', 'b'], sets: [[], [0], [0, 1]] };
    assert.deepEqual(availableOf({ counts: [40, 5, 7] }, sets), [12, 7, 40]);
    assert.deepEqual(availableOf({ counts: [5, 7] }, { ...sets, sets: [[0], [0, 1]] }), [12, 7, 0]);
    assert.deepEqual(availableOf({ counts: [40, 5, 7] }, null), [40, 5, 7]);
    assert.equal(feasible(wishes, availableOf({ counts: [40, 5, 7] }, sets)).most, 40);
  });

  it('that were measured are not measured again, whatever else is asked for', () => {
    const there = [line('probe', 10, 1), line('full', 5, 9)];
    const todo = remaining(jobsOf(wishes), there);
    assert.equal(todo.length, 7);
    assert.ok(!todo.some(({ mode, labelsPerClass, seed }) => `${mode} ${labelsPerClass} ${seed}` === 'probe 10 1'));
    assert.deepEqual(chosen(jobsOf(wishes), there), [line('probe', 10, 1)]);
    const twice = [line('probe', 1, 2, 0.7), line('probe', 1, 2, 0.8)];
    assert.deepEqual(chosen(jobsOf(wishes), twice), [line('probe', 1, 2, 0.7)], 'the first of two counts');
  });

  it('are read from their file but for a half line and what is no point', () => {
    const whole = [line('probe', 1, 1), line('full', 10, 2, 1)];
    const text = `${whole.map((one) => JSON.stringify(one)).join('\n')}\n{"mode":"probe","labelsPer`;
    assert.deepEqual(parseLines(text), whole);
    const foreign = ['null', '[]', '{"mode":"probe"}', JSON.stringify({ ...line('probe', 1, 1), score: 7 })];
    assert.deepEqual(parseLines(foreign.join('\n')), []);
    assert.deepEqual(parseLines(''), []);
  });
});

describe('The name of a measurement', () => {
  const recipe = {
    encoder: { type: 'dense' },
    data: { path: 'a', limit: null },
    finetune: { mode: 'full', options: {}, labelsPerClass: 10, labelFraction: null, epochs: 20, seed: 1 },
  } as unknown as Recipe;
  const run = { id: 'run', step: 7 };
  const facts = { fingerprint: 'f', engine: 'wasm' } as const;
  const id = idOf(recipe, run, facts);

  it('stays for other modes and labels, so that more of them join', () => {
    const finetune = { ...recipe.finetune, mode: 'probe', labelsPerClass: null };
    assert.equal(idOf({ ...recipe, finetune }, run, facts), id);
    assert.match(id, /^[0-9a-f]{8}$/);
  });

  it('is another one for all that changes a point', () => {
    const others = [
      idOf({ ...recipe, finetune: { ...recipe.finetune, epochs: 21 } }, run, facts),
      idOf({ ...recipe, finetune: { ...recipe.finetune, seed: 2 } }, run, facts),
      idOf({ ...recipe, data: { ...recipe.data, limit: 5 } }, run, facts),
      idOf(recipe, { ...run, step: 8 }, facts),
      idOf(recipe, run, { ...facts, fingerprint: 'g' }),
      idOf(recipe, run, { ...facts, engine: 'cpu' }),
    ];
    assert.equal(new Set([id, ...others]).size, 7);
  });
});
