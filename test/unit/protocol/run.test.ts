import assert from 'node:assert/strict';
import { predicts, type RunDataset, type RunTeacher } from '../../../src/protocol/run.js';
import { runRecord } from '../host/support.js';

describe('A run predicts', () => {
  const classes = (names: string[] | null) => ({ classes: names }) as RunDataset;
  const teacher = (names: string[] | null) => ({ classes: names }) as RunTeacher;

  it('when it was fine-tuned, on classes or numbers, or was taught classes before', () => {
    const dataset = classes(['cat', 'dog']);
    assert.ok(predicts(runRecord({ stage: 'finetune', method: 'probe', dataset })));
    assert.ok(predicts(runRecord({ stage: 'finetune', method: 'full', dataset: classes(null) })));
    assert.ok(predicts(runRecord({ method: 'supervised', dataset })));
    assert.ok(predicts(runRecord({ method: 'distillation', teacher: teacher(['cat']) })));
  });

  it('not when it learned without labels, though its data have some, nor before the data are known', () => {
    assert.ok(!predicts(runRecord({ dataset: classes(['cat', 'dog']) })));
    assert.ok(!predicts(runRecord({ stage: 'finetune', method: 'full', dataset: null })));
    assert.ok(!predicts(runRecord({ method: 'supervised' })));
    assert.ok(!predicts(runRecord({ method: 'distillation', teacher: teacher(null) })));
  });
});
