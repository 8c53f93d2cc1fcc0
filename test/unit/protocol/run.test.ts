import assert from 'node:assert/strict';
import { namesClasses, type RunDataset, type RunTeacher } from '../../../src/protocol/run.js';
import { runRecord } from '../host/support.js';

describe('A run names classes', () => {
  const classes = (names: string[] | null) => ({ classes: names }) as RunDataset;
  const teacher = (names: string[] | null) => ({ classes: names }) as RunTeacher;

  it('when it was taught them: by a fine-tuning or a supervised pretraining', () => {
    const dataset = classes(['cat', 'dog']);
    assert.ok(namesClasses(runRecord({ stage: 'finetune', method: 'probe', dataset })));
    assert.ok(namesClasses(runRecord({ method: 'supervised', dataset })));
    assert.ok(namesClasses(runRecord({ method: 'distillation', teacher: teacher(['cat']) })));
  });

  it('not when it learned without labels, though its data have some, nor when it learned numbers', () => {
    assert.ok(!namesClasses(runRecord({ dataset: classes(['cat', 'dog']) })));
    assert.ok(!namesClasses(runRecord({ stage: 'finetune', method: 'full', dataset: classes(null) })));
    assert.ok(!namesClasses(runRecord({ method: 'supervised' })));
    assert.ok(!namesClasses(runRecord({ method: 'distillation', teacher: teacher(null) })));
  });
});
