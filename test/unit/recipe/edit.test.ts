import assert from 'node:assert/strict';
import { pathAt, propertyAt, sectionAt, stagePositions } from '../../../src/recipe/edit.js';

const text = `// mine
{
  "data": { "path": "digits" },
  "encoder": { "units": [64, 32] },
  "pretrain": {
    "optimizer": { "name": "adam", "learningRate": 0.01 },
    "epochs": 5, "epochs": 6,
  },
}`;

/** What a range covers. */
function covered(range: { offset: number; length: number } | null, of = text): string | null {
  return range && of.slice(range.offset, range.offset + range.length);
}

describe('A property of a recipe is found by its path', () => {
  it('from its name to the end of its value', () => {
    const range = propertyAt(text, ['pretrain', 'optimizer', 'learningRate']);
    assert.equal(covered(range), '"learningRate": 0.01');
    assert.deepEqual([range?.line, range?.column, range?.endLine, range?.endColumn], [6, 36, 6, 56]);
  });

  it('or, in a list, as its value', () => assert.equal(covered(propertyAt(text, ['encoder', 'units', 1])), '32'));

  it('and is the last where a name stands twice', () =>
    assert.equal(covered(propertyAt(text, ['pretrain', 'epochs'])), '"epochs": 6'));

  it('or is the name of what is around it when it is left to its default', () => {
    assert.equal(covered(propertyAt(text, ['pretrain', 'schedule', 'final'])), '"pretrain"');
    assert.equal(covered(propertyAt(text, ['pretrain', 'optimizer', 'beta1'])), '"optimizer"');
    assert.equal(covered(propertyAt(text, ['encoder', 'units', 9])), '"units"');
    assert.equal(covered(propertyAt(text, ['finetune', 'epochs'])), '{');
    assert.equal(covered(propertyAt(text, [])), '{');
  });

  it('or nowhere, where a section is asked for that is not there', () => {
    assert.equal(covered(sectionAt(text, 'data')), '"data"');
    assert.deepEqual(
      [sectionAt(text, 'finetune'), sectionAt('{}', 'data'), sectionAt('', 'data'), sectionAt('[1]', 'data')],
      [null, null, null, null],
    );
    const broken = '{ "data": { "path": ';
    assert.equal(covered(sectionAt(broken, 'data'), broken), '"data"');
  });

  it('also while the text is broken behind it', () => {
    const broken = '{ "data": { "path": "a" }, "pretrain": { "epochs": 3, "seed" ';
    assert.equal(covered(propertyAt(broken, ['pretrain', 'epochs']), broken), '"epochs": 3');
  });

  it('unless there is no recipe', () => {
    assert.equal(propertyAt('', ['data']), null);
    assert.equal(propertyAt('['.repeat(500_000), ['data']), null);
  });

  it('whatever the name', () => assert.equal(covered(propertyAt(text, ['__proto__', 'constructor'])), '{'));
});

describe('The path at an offset', () => {
  const at = (piece: string, shift = 0) => pathAt(text, text.indexOf(piece) + shift);

  it('is that of the property, on its name, its colon and its value', () => {
    const path = ['pretrain', 'optimizer', 'learningRate'];
    assert.deepEqual(at('"learningRate"', 3), path);
    assert.deepEqual(at('"learningRate"', 15), path);
    assert.deepEqual(at('0.01', 2), path);
  });

  it('counts the entries of a list', () => {
    assert.deepEqual(at('32]'), ['encoder', 'units', 1]);
    assert.deepEqual(at('64', 1), ['encoder', 'units', 0]);
  });

  it('is that of the object between its properties, and empty outside', () => {
    assert.deepEqual(at('    "optimizer"', 1), ['pretrain']);
    assert.deepEqual(at('// mine'), []);
    assert.deepEqual(pathAt(text, 1e9), []);
    assert.deepEqual(pathAt('', 0), []);
    assert.deepEqual(pathAt('{"a":'.repeat(100_000), 5), []);
  });

  it('leads back to the property everywhere', () => {
    for (let offset = 0; offset <= text.length; offset++) {
      const path = pathAt(text, offset);
      const range = propertyAt(text, path);
      // The first of two equal names has the path of the last, which counts.
      if (path.length === 0 || path.at(-1) === 'epochs') continue;
      assert.ok(
        range && range.offset <= offset && offset <= range.offset + range.length,
        `${offset}: ${path.join('.')}`,
      );
    }
  });
});

describe('The stages of a recipe', () => {
  const stages = (of: string) => stagePositions(of).map(({ stage, range }) => [stage, covered(range, of), range.line]);

  it('stand at their names', () =>
    assert.deepEqual(stages('{ "data": {},\n "pretrain": {},\n "finetune": {} }'), [
      ['pretrain', '"pretrain"', 2],
      ['finetune', '"finetune"', 3],
    ]));

  it('begin at the opening brace when left to their defaults', () =>
    assert.deepEqual(stages('// mine\n{ "data": { "path": "a" } }'), [['pretrain', '{', 2]]));

  it('are none where there is no recipe', () => {
    for (const none of ['', '[]', '3', '// nothing']) assert.deepEqual(stages(none), []);
  });

  it('stay while somebody types', () =>
    assert.deepEqual(stages('{\n "pretrain": { "epochs": '), [['pretrain', '"pretrain"', 2]]));
});
