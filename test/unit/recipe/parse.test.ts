import assert from 'node:assert/strict';
import { parseRecipe } from '../../../src/recipe/parse.js';
import { applied, fixed, language, messages, parse, withPretrain } from './fixture.js';
import { generator } from './random.js';
import { processorTime } from '../processorTime.js';

describe('A recipe is parsed', () => {
  it('with comments, trailing commas, a byte order mark and any line ends', () => {
    const text = '\uFEFF// mine\r\n{\r\n  /* here */ "data": { "path": "digits", },\r\n}\r\n';
    const { recipe, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.equal(recipe?.data.path, 'digits');
  });

  it('with the name of its file when it has none', () => {
    assert.equal(parseRecipe('{ "data": { "path": "a" } }', language, 'mnist').recipe?.name, 'mnist');
    assert.equal(parseRecipe('{ "name": "mine", "data": { "path": "a" } }', language, 'mnist').recipe?.name, 'mine');
  });

  it('when it is to be fine-tuned', () => {
    const { recipe, problems } = parse(
      '{ "data": { "path": "a" },\n  "finetune": { "mode": "probe", "labelsPerClass": 5 } }',
    );
    assert.deepEqual(problems, []);
    assert.equal(recipe?.finetune.mode, 'probe');
    assert.equal(recipe.finetune.labelsPerClass, 5);
    assert.deepEqual(recipe.finetune.options, { penalty: 1 });
  });

  it('when a name stands twice: the last one counts, and the first is pointed out and can be removed', () => {
    const text = '{\n  "data": { "path": "a" },\n  "data": { "path": "b" }\n}';
    const { recipe, problems } = parse(text);
    assert.equal(recipe?.data.path, 'b');
    assert.deepEqual(
      problems.map(({ severity, line, column }) => [severity, line, column]),
      [['warning', 2, 3]],
    );
    assert.equal(fixed(text), '{\n  "data": { "path": "b" }\n}');
  });
});

describe('A typo in a recipe', () => {
  it('in a property names the right one, where it stands, and can be mended', () => {
    const text = '{\n  "data": { "path": "digits" },\n  "pretrain": { "epoch": 5 }\n}';
    const { recipe, problems } = parse(text);
    assert.equal(recipe, null);
    assert.equal(problems.length, 1);
    const [problem] = problems;
    assert.equal(problem?.message, '"epoch" is not a property of "pretrain". Did you mean "epochs"?');
    assert.deepEqual([problem.line, problem.column, problem.endLine, problem.endColumn], [3, 17, 3, 24]);
    assert.equal(problem.severity, 'error');
    assert.equal(fixed(text), text.replace('"epoch"', '"epochs"'));
    assert.deepEqual(parse(fixed(text)).problems, []);
  });

  for (const [wrong, right] of [
    ['batch_size', 'batchSize'],
    ['BatchSize', 'batchSize'],
    ['suffle', 'shuffle'],
    ['early_stopping', 'earlyStopping'],
    ['clipnorm', 'globalClipNorm'],
    ['optimiser', 'optimizer'],
  ] as const)
    it(`proposes "${right}" for "${wrong}"`, () => {
      const message = messages(withPretrain(`"${wrong}": 1`))[0] ?? '';
      assert.ok(message.endsWith(`Did you mean "${right}"?`), message);
    });

  it('that belongs elsewhere says where, and can be moved', () => {
    const text = withPretrain('"learningRate": 0.1');
    assert.deepEqual(messages(text), ['1:47 "learningRate" belongs in "pretrain.optimizer", not in "pretrain".']);
    assert.deepEqual(parse(fixed(text)).recipe?.pretrain.optimizer.learningRate, 0.1);
    assert.match(
      messages(withPretrain('"lr": 0.1'))[0] ?? '',
      /Did you mean "learningRate"\? It belongs in "pretrain.optimizer"/,
    );
    assert.deepEqual(messages('{ "data": { "path": "a", "engine": "cpu" } }'), [
      '1:26 "engine" stands at the top of the recipe, not in "data".',
    ]);
  });

  it('that belongs to another method says which', () =>
    assert.deepEqual(messages(withPretrain('"noise": 0.2')), [
      '1:47 "noise" needs "method": "denoising" in "pretrain".',
    ]));

  it('that resembles nothing lists what is possible, and can be removed', () => {
    const text = '{ "data": { "path": "a" , "image": { "size": 32, "zzz": 1 } } }';
    assert.deepEqual(messages(text), ['1:50 "zzz" is not a property of "image". It can have "colour" and "fit".']);
    assert.equal(fixed(text), '{ "data": { "path": "a" , "image": { "size": 32 } } }');
    assert.equal(fixed('{ "zzz": 1, "data": { "path": "a" } }'), '{ "data": { "path": "a" } }');
  });

  it('in a value names the nearest, by its beginning, its letters or its initials', () => {
    for (const [inner, right] of [
      ['"optimizer": "adm"', '"adam"'],
      ['"optimizer": { "name": "SGD" }', '"sgd"'],
      ['"loss": "mse"', '"meanSquaredError"'],
      ['"loss": "binary_crossentropy"', '"binaryCrossentropy"'],
      ['"schedule": { "name": "cosin" }', '"cosine"'],
      ['"method": "auto-encoder"', '"autoencoder"'],
    ] as const) {
      const text = withPretrain(inner);
      assert.equal(messages(text).length, 1, messages(text).join());
      assert.ok(messages(text)[0]?.endsWith(`Did you mean ${right}?`), messages(text)[0]);
      assert.deepEqual(parse(fixed(text)).problems, []);
    }
  });
});

describe('A wrong value in a recipe', () => {
  for (const [inner, message, mended] of [
    ['"epochs": -3', '"epochs" must be a whole number from 1 to 1,000,000, but is -3.', '1'],
    ['"epochs": 1e999', '"epochs" must be a whole number from 1 to 1,000,000, but is too large a number.', '1000000'],
    ['"epochs": 2.6', '"epochs" must be a whole number from 1 to 1,000,000, but is 2.6.', '3'],
    ['"epochs": "20"', '"epochs" must be a whole number from 1 to 1,000,000, but is "20".', '20'],
    ['"epochs": null', '"epochs" must be a whole number from 1 to 1,000,000, but is null.', null],
    ['"epochs": [5]', '"epochs" must be a whole number from 1 to 1,000,000, but is a list.', null],
    ['"shuffle": "False"', '"shuffle" must be true or false, but is "False".', 'false'],
    ['"optimizer": 3', '"optimizer" must be "adam" or "sgd", or an object in braces, but is 3.', '"adam"'],
    [
      '"optimizer": { "learningRate": 0 }',
      '"learningRate" must be a number greater than 0 and at most 1000, but is 0.',
      '0.001',
    ],
    [
      '"earlyStopping": true',
      '"earlyStopping" must be an object in braces, or null or false, but is true.',
      '{ "patience": 10 }',
    ],
    [
      '"globalClipNorm": 0',
      '"globalClipNorm" must be a number greater than 0 and at most 1,000,000,000, or null, but is 0.',
      'null',
    ],
  ] as const)
    it(`${inner}: one sentence${mended === null ? '' : ` and a fix, ${mended}`}`, () => {
      const text = withPretrain(inner);
      assert.deepEqual(
        messages(text).map((line) => line.replace(/^\S+ /, '')),
        [message],
      );
      if (mended === null) {
        assert.deepEqual(parse(text).problems[0]?.fixes, []);
        return;
      }
      assert.ok(fixed(text).includes(`: ${mended} }`), fixed(text));
      assert.deepEqual(parse(fixed(text)).problems, []);
    });

  it('in a list says which entry', () =>
    assert.deepEqual(messages('{ "data": { "path": "a" }, "encoder": { "units": [64, 0] } }'), [
      '1:55 Entry 2 of "units" must be a whole number from 1 to 65,536, but is 0.',
    ]));

  it('is put into a list or an object where that was meant', () => {
    assert.ok(fixed('{ "data": { "path": "a" }, "encoder": { "units": 64 } }').includes('"units": [64]'));
    assert.equal(fixed('{ "data": "digits" }'), '{ "data": { "path": "digits" } }');
  });

  it('in a list of the wrong length tells both lengths', () => {
    const [problem, ...others] = parse('{ "data": { "path": "a" }, "encoder": { "units": [] } }').problems;
    assert.equal(problem?.message, '"units" must be a list of 1 to 64 entries, but has 0.');
    assert.deepEqual([problem.fixes, others], [[], []]);
  });

  it('that resembles no possible one offers all of a few', () => {
    const [problem] = parse('{ "data": { "path": "a" }, "engine": "quick" }').problems;
    assert.deepEqual(
      problem?.fixes.map(({ title }) => title),
      ['auto', 'tensorflow', 'wasm', 'cpu'].map((name) => `Replace by "${name}"`),
    );
    assert.deepEqual(parse('{ "data": { "path": "a" }, "engine": {} }').problems[0]?.fixes, [], 'no text was meant');
  });

  it('that was meant as text gets its quotes, and no fix where that would be wrong too', () => {
    assert.equal(fixed('{ "data": { "path": 7 } }'), '{ "data": { "path": "7" } }');
    assert.match(
      messages('{ "data": { "path": 7 } }').join(),
      /"path" must be a text of 1 to 4096 characters, but is 7\.$/,
    );
    for (const hopeless of [
      '{ "data": "" }',
      '{ "data": true }',
      '{ "data": { "path": "a" }, "encoder": { "units": "x" } }',
    ])
      assert.deepEqual(
        parse(hopeless).problems.map(({ fixes }) => fixes),
        [[]],
        hopeless,
      );
  });

  it('that is an object where none may be is named as one', () =>
    assert.match(messages(withPretrain('"epochs": {}')).join(), /, but is an object\.$/));

  it('never shows the branches that a validator tried', () => {
    const text = withPretrain(
      '"optimizer": { "nam": "sgd" }, "schedule": { "name": "step", "factor": 3 }, "earlyStopping": { "patience": "x" }',
    );
    assert.equal(messages(text).length, 3);
    assert.ok(
      messages(text).every((line) => !/anyOf|schema|"then"|match/.test(line)),
      messages(text).join('\n'),
    );
  });

  it('at the top says what a recipe is', () => {
    for (const text of ['[1]', '"a"', '3', 'null'])
      assert.match(messages(text).join(), /^1:1 A recipe is an object in braces/);
  });

  it('that is not there is asked for, and can be inserted', () => {
    assert.deepEqual(messages('{}'), ['1:1 The recipe needs "data". Examples to learn from.']);
    assert.equal(fixed('{}'), '{ "data": { "path": "data" } }');
    assert.equal(fixed('{\n  "engine": "cpu"\n}'), '{\n  "engine": "cpu",\n  "data": { "path": "data" }\n}');
    assert.deepEqual(messages('{ "data": { "labels": "none" } }'), [
      '1:3 "data" needs "path". File or folder with the examples, relative to this recipe.',
    ]);
    assert.deepEqual(messages('{ "data": { "path": " " } }'), ['1:21 "path" must name a file or folder.']);
  });

  it('and several others are all told, in the order of their places, one for each place', () => {
    const lines = messages(
      '{ "data": { "path": 3 },\n "pretrain": { "epochs": 0, "seed": -1 },\n "engine": "gpu", "encoder": { "units": ["a", "b"] } }',
    );
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['1:21', '2:26', '2:37', '3:12', '3:42', '3:47'],
    );
  });
});

describe('Broken JSON gives one message where it breaks:', () => {
  for (const [title, text, message, mended] of [
    [
      'a missing comma',
      '{\n  "data": { "path": "a" }\n  "engine": "cpu"\n}',
      '2:26 A comma is missing before "engine".',
      '{\n  "data": { "path": "a" },\n  "engine": "cpu"\n}',
    ],
    [
      'a comma missing after a comment',
      '{ "data": { "path": "a" } // so\n, "name": "a" "engine": "cpu" }',
      '2:14 A comma is missing before "engine".',
      '{ "data": { "path": "a" } // so\n, "name": "a", "engine": "cpu" }',
    ],
    [
      'a missing colon',
      '{ "data" { "path": "a" } }',
      '1:9 A colon is missing after this name.',
      '{ "data": { "path": "a" } }',
    ],
    ['a missing value', '{ "data": }', '1:11 A value is missing before "}".', null],
    [
      'a missing brace',
      '{\n  "data": { "path": "a" }\n',
      '2:26 The bracket of line 1 is never closed: "}" is missing.',
      '{\n  "data": { "path": "a" }}\n',
    ],
    [
      'two missing brackets',
      '{ "data": { "path": "a" }, "encoder": { "units": [3 ',
      '1:52 The bracket of line 1 is never closed: "]" is missing.',
      '{ "data": { "path": "a" }, "encoder": { "units": [3]}} ',
    ],
    [
      'the wrong bracket',
      '{ "data": { "path": "a" }, "encoder": { "units": [3 } }',
      '1:53 "]" is needed here to close the bracket of line 1, not "}".',
      '{ "data": { "path": "a" }, "encoder": { "units": [3 ]} }',
    ],
    [
      'a bracket too many',
      '{ "data": { "path": "a" } } }',
      '1:29 Nothing may follow the closing bracket of the recipe.',
      null,
    ],
    [
      'a name without quotes',
      '{ data: { "path": "a" } }',
      '1:3 data must stand in double quotes.',
      '{ "data": { "path": "a" } }',
    ],
    [
      'single quotes',
      '{ "data": { "path": \'a b\' } }',
      '1:21 Text stands in double quotes in JSON, not in single ones.',
      '{ "data": { "path": "a b" } }',
    ],
    [
      "Python's True",
      '{ "data": { "path": "a" }, "pretrain": { "shuffle": True } }',
      '1:53 JSON writes True as true.',
      '{ "data": { "path": "a" }, "pretrain": { "shuffle": true } }',
    ],
    ['NaN', '{ "data": { "path": "a", "validation": NaN } }', '1:40 NaN is not a value in JSON.', null],
    [
      'a number without its zero',
      '{ "data": { "path": "a", "validation": .1 } }',
      '1:40 A number begins with a digit: 0.1.',
      '{ "data": { "path": "a", "validation": 0.1 } }',
    ],
    [
      'a plus sign',
      '{ "data": { "path": "a", "limit": +5 } }',
      '1:35 A number has no plus sign: 5.',
      '{ "data": { "path": "a", "limit": 5 } }',
    ],
    [
      'a number that is cut off',
      '{ "data": { "path": "a", "limit": 5. } }',
      '1:35 "5." is cut off: digits are missing.',
      null,
    ],
    [
      'a text that is not closed',
      '{ "data": { "path": "a } }\n',
      '1:21 This text is never closed: a double quote is missing at its end.',
      null,
    ],
    [
      'a tab in a text',
      '{ "data": { "path": "a\tb" } }',
      '1:21 This text has a tab or another control character in it; write "\\t" for a tab.',
      null,
    ],
    [
      'a comment that is not closed',
      '{ /* "data": { "path": "a" } }',
      '1:3 This comment is never closed: "*/" is missing.',
      null,
    ],
    [
      "Windows' backslashes",
      '{ "data": { "path": "..\\data\\mnist" } }',
      '1:21 A backslash begins an escape that does not exist. In a path write "/" (or "\\\\" for a backslash).',
      '{ "data": { "path": "../data/mnist" } }',
    ],
  ] as const)
    it(title, () => {
      assert.deepEqual(messages(text), [message]);
      const { recipe, problems } = parse(text);
      assert.equal(recipe, null);
      assert.equal(problems[0]?.severity, 'error');
      if (mended === null) {
        assert.deepEqual(problems[0].fixes, []);
        return;
      }
      assert.equal(fixed(text), mended);
      assert.deepEqual(parse(mended).problems, []);
    });

  it('nothing at all', () => {
    assert.match(messages('').join(), /^1:1 This recipe is empty. The smallest recipe/);
    assert.deepEqual(parse(fixed(' \n')).problems, []);
    const comment = parse('// later\n');
    assert.equal(comment.problems.length, 1);
    assert.deepEqual(comment.problems[0]?.fixes, [], 'the comment would be lost');
  });
});

describe('A hostile file', function () {
  this.timeout(60_000);

  it('that is nested very deep is refused at the place where it is too deep', () => {
    assert.deepEqual(messages(`{"data":${'['.repeat(400_000)}`), [
      '1:108 This is nested more than 100 levels deep; a recipe needs fewer than ten.',
    ]);
    assert.match(messages(`{"a":`.repeat(190_000)).join(), /nested more than 100/);
  });

  it('that is very large is refused unread', () => {
    const { recipe, problems } = parse(`{ "data": { "path": "${'a'.repeat(1_000_000)}" } }`);
    assert.equal(recipe, null);
    assert.match(problems[0]?.message ?? '', /^This file has 1,000,026 characters; a recipe has at most 1,000,000/);
  });

  it('with names that mean something to JavaScript is a recipe with wrong names', () => {
    const text =
      '{ "data": { "path": "a" }, "__proto__": { "engine": "cpu" }, "constructor": 1, "toString": 2, "hasOwnProperty": 3 }';
    assert.deepEqual(
      parse(text).problems.map(({ code }) => code),
      Array(4).fill('schema/unknown-property'),
    );
    assert.deepEqual(
      parse(withPretrain('"method": "__proto__", "optimizer": "constructor"')).problems.map(({ code }) => code),
      Array(2).fill('schema/value'),
    );
    assert.equal(({} as Record<string, unknown>)['engine'], undefined);
  });

  it('with very many wrong things is told a hundred of them', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `"n${i}": 1`).join();
    assert.equal(parse(`{ "data": { "path": "a" }, ${many} }`).problems.length, 100);
  });

  it('with very many broken things is told the first', () =>
    assert.deepEqual(
      messages(`{ "data": ${'x '.repeat(300_000)} }`).map((line) => line.slice(0, 6)),
      ['1:11 x'],
    ));

  it('costs time in proportion to its size', () => {
    const cases: ((n: number) => string)[] = [
      (n) => '"'.repeat(n),
      (n) => "'".repeat(n),
      (n) => `{${' '.repeat(n)}`,
      (n) => `{"data":"${'\\'.repeat(n)}`,
      (n) => '\n'.repeat(n),
      (n) => '/*'.repeat(n / 2),
      (n) => '{}'.repeat(n / 2),
      (n) => `{${'"a":1,'.repeat(n / 6)}}`,
      (n) => `{"data":{"path":"${'/'.repeat(n)}"}}`,
    ];
    for (const text of cases) {
      const time = (n: number) => processorTime(() => parse(text(n)));
      time(20_000);
      const small = Math.min(time(20_000), time(20_000), time(20_000));
      const large = Math.min(time(160_000), time(160_000), time(160_000));
      // Eight times the text; quadratic work would take 64 times as long. One millisecond is noise.
      assert.ok(large < 32 * (small + 1), `${JSON.stringify(text(12))}: ${small} ms, then ${large} ms`);
    }
  });
});

describe('Random edits of a recipe', function () {
  this.timeout(60_000);

  const base = `// about
{
  "name": "digits",
  "data": { "path": "../data/mnist", "validation": 0.1, "labels": "auto", "limit": null },
  "encoder": { "type": "dense", "units": [128, 32], "activation": "relu" },
  "pretrain": { "method": "autoencoder", "loss": "meanSquaredError", "optimizer": { "name": "adam", "learningRate": 1e-3 },
    "schedule": { "name": "cosine", "warmupEpochs": 2 }, "epochs": 20, "earlyStopping": { "patience": 3 }, }
}`;
  const pieces = [
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '//',
    '/*',
    '*/',
    '\\',
    '\n',
    "'",
    '-1',
    '1e9',
    'null',
    'true',
    '"__proto__"',
    '"epochs"',
    '\u2028',
    '\u0000',
    '\uD800',
    '{}',
    '"name": "sgd",',
  ];

  it('never make it throw, each problem lies in the text, and each fix can be applied', () => {
    const random = generator(7);
    let good = 0;
    let bad = 0;
    for (let round = 0; round < 2000; round++) {
      let text = base;
      for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits--) {
        const at = Math.floor(random() * (text.length + 1));
        const length = random() < 0.5 ? 0 : Math.floor(random() * 12);
        const piece = random() < 0.3 ? '' : (pieces[Math.floor(random() * pieces.length)] ?? '');
        text = text.slice(0, at) + piece + text.slice(at + length);
      }
      const { recipe, problems, document } = parse(text);
      const hasError = problems.some(({ severity }) => severity === 'error');
      assert.equal(recipe === null, hasError, text);
      if (hasError) bad++;
      else good++;
      const lines = document.text.split(/\r\n|\n|\r/);
      for (const problem of problems) {
        assert.ok(problem.line >= 1 && problem.endLine <= lines.length, text);
        assert.ok(problem.column >= 1 && problem.column <= (lines[problem.line - 1]?.length ?? 0) + 1, text);
        assert.ok(
          problem.message.length > 10 && problem.message.length < 400 && !problem.message.includes('undefined'),
          problem.message,
        );
        for (const fix of problem.fixes) {
          assert.ok(fix.offset >= 0 && fix.length >= 0 && fix.offset + fix.length <= document.text.length, text);
          parse(applied(document.text, fix));
        }
      }
    }
    assert.ok(good > 100 && bad > 500, `${good} good, ${bad} bad`);
  });
});
