import assert from 'node:assert/strict';
import { recipeReference } from '../../../src/recipe/reference.js';
import { schema } from './fixture.js';

describe('The reference of the recipe', () => {
  const reference = recipeReference(schema);
  const rows = reference.split('\n').filter((line) => line.startsWith('|'));

  it('has tables whose rows all have four cells', () => {
    for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 6, row);
    assert.ok(rows.length > 40);
  });

  it('says of a property what it can be, what it is without, what it means, and its name in Keras', () => {
    const [, name, value, standard, meaning] = (rows.find((row) => row.includes('`batchSize`')) ?? '')
      .split(' | ')
      .join('|')
      .split('|');
    assert.deepEqual([name?.trim(), value, standard], ['`batchSize`', 'a whole number from 1 to 1,048,576', '`256`']);
    assert.match(meaning ?? '', /^Examples in one step.*<br>Keras: `fit\(batch_size\)`\. $/);
  });

  it('marks what is required', () =>
    assert.ok(rows.some((row) => row.startsWith('| `path` |') && row.includes('| required |'))));

  it('has every property once for each place it can stand in', () => {
    const names = rows.map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1]).filter((name) => name !== undefined);
    for (const name of ['units', 'kernelSize', 'finetune', 'labelsPerClass', 'penalty'])
      assert.equal(names.filter((one) => one === name).length, 1, name);
    for (const name of ['epochs', 'momentum', 'warmupEpochs', 'patience'])
      assert.equal(names.filter((one) => one === name).length, 2, `${name}: one for each stage`);
    assert.equal(names.filter((one) => one === 'noise').length, 3, 'one for the method, two for augmentation');
    assert.equal(names.filter((one) => one === 'loss').length, 2, 'one for each method');
    assert.equal(names.filter((one) => one === 'learningRate').length, 4, 'one for each optimizer of each stage');
  });

  it('names the paper of each choice that has one', () => {
    for (const paper of [
      'Vincent et al. (2008)',
      'Hinton & Salakhutdinov (2006)',
      'Kingma & Ba (2015)',
      'Loshchilov & Hutter (2017)',
    ])
      assert.ok(reference.includes(paper), paper);
  });
});
