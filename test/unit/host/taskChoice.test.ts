import assert from 'node:assert/strict';
import { modes } from '../../../src/host/methods.js';
import {
  ALL_LABELS,
  labelsText,
  taskArguments,
  taskText,
  writtenTask,
  type TaskChoice,
} from '../../../src/host/taskChoice.js';

const written = (finetune: object) =>
  writtenTask(`{ "data": { "path": "x" }, "finetune": ${JSON.stringify(finetune)} }`);

describe('What a recipe says of its fine-tuning', () => {
  it('is its mode and its labels, or the defaults', async () => {
    const told = await written({ mode: 'probe', labelsPerClass: 10 });
    assert.equal(told.mode.title, 'Linear probe');
    assert.match(told.mode.summary, /^The encoder stays as it is/);
    assert.deepEqual(told.labels, { perClass: 10, fraction: null });
    assert.deepEqual((await written({ labelFraction: 0.1 })).labels, { perClass: null, fraction: 0.1 });
    const left = await writtenTask('{}');
    assert.deepEqual([left.mode.name, left.labels], ['probeThenFull', ALL_LABELS]);
  });

  it('is the default where the recipe is broken or says something impossible', async () => {
    for (const text of [
      '',
      '{ "finetune": ',
      '{ "finetune": 3 }',
      '{ "finetune": { "mode": 7, "labelsPerClass": "x" } }',
    ]) {
      const { mode, labels } = await writtenTask(text);
      assert.deepEqual([mode.name, labels], ['probeThenFull', ALL_LABELS], text);
    }
  });

  it('stands above the stage in words', async () => {
    assert.equal(
      taskText(await written({ mode: 'gradual', labelsPerClass: 1000 }), 'en'),
      'Gradual unfreezing · 1,000 labels per class',
    );
    assert.equal(taskText(await written({ labelsPerClass: 1 }), 'en'), 'Probe, then full · 1 label per class');
    assert.equal(labelsText({ perClass: null, fraction: 0.125 }, 'en'), '12.5 % of the labels');
    assert.equal(labelsText(ALL_LABELS, 'en'), 'all labels');
  });
});

describe('What a trainer is told about a chosen task', () => {
  let recipe: TaskChoice;

  before(async () => {
    recipe = await written({ mode: 'probe', labelsPerClass: 10 });
  });

  it('is nothing where it is as the recipe says', () => {
    assert.deepEqual(taskArguments(recipe, recipe), []);
    assert.deepEqual(taskArguments({ ...recipe, labels: { perClass: 10, fraction: null } }, recipe), []);
  });

  it('is what differs; all labels of a recipe that says less are the fraction 1', async () => {
    const scratch = (await modes()).find(({ name }) => name === 'scratch');
    assert.ok(scratch);
    const labels = { perClass: 5, fraction: null };
    assert.deepEqual(taskArguments({ mode: scratch, labels }, recipe), [
      '--mode',
      'scratch',
      '--labels-per-class',
      '5',
    ]);
    assert.deepEqual(taskArguments({ ...recipe, labels: ALL_LABELS }, recipe), ['--label-fraction', '1']);
  });
});
