import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '../../src/protocol/safetensors.js';
import type { CheckResult } from '../../src/protocol/trainer.js';
import type { Recipe } from '../../src/recipe/recipe.js';
import { float32, npy } from '../unit/data/make.js';
import { Client, lastCheckpoint, readEvents, readMetrics, readRun, until, Workspace } from './trainer.js';

const data = { path: 'sample:digits', limit: 512, validation: 'test' };
/** Examples of the generated digits. */
const COUNT = 6000;

describe('Distillation', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = new Workspace()));
  afterEach(() => workspace.remove());

  const write = (pretrain: object, units: number[], more: object = {}) =>
    workspace.write({
      data,
      encoder: { units },
      pretrain: { epochs: 4, batchSize: 64, optimizer: { name: 'adam', learningRate: 0.003 }, ...pretrain },
      ...more,
    });

  async function trained(pretrain: object, units: number[], more: object = {}): Promise<string> {
    write(pretrain, units, more);
    const { code, lines, stderr } = await workspace.run().ended;
    assert.equal(code, 0, `${stderr} ${JSON.stringify(lines.at(-1))}`);
    return lines.at(-1)!['run'] as string;
  }

  async function refused(): Promise<Record<string, unknown>> {
    const before = workspace.runFolders().length;
    const { code, lines } = await workspace.run().ended;
    assert.notEqual(code, 0);
    assert.equal(workspace.runFolders().length, before, 'no run was made');
    return lines.at(-1)!;
  }

  async function problems(): Promise<[text: string, code: string, message: string, fixes: string[]][]> {
    const { lines } = await workspace.start(['check', workspace.recipe, '--json']).ended;
    const text = readFileSync(workspace.recipe, 'utf8').split('\n');
    return (lines.at(-1) as unknown as CheckResult).problems.map(({ line, column, code, message, fixes }) => [
      text[line - 1]!.slice(column - 1),
      code,
      message,
      fixes.map((fix) => fix.text),
    ]);
  }

  it('a smaller student learns what a supervised run says of examples without labels; a stop in between changes no byte', async () => {
    const teacher = await trained({ method: 'supervised', epochs: 8 }, [64]);
    const pretrain = { method: 'distillation', teacher: path.basename(teacher), epochs: 60 };
    const student = { data: { ...data, labels: 'none' } };
    const whole = await trained(pretrain, [16], student);

    const run = readRun(whole);
    const { step, weights } = lastCheckpoint(teacher);
    assert.deepEqual(run.teacher, {
      path: teacher,
      id: readRun(teacher).id,
      step: Number(step),
      fingerprint: `sha256:${createHash('sha256').update(weights).digest('hex')}`,
      classes: Array.from('0123456789'),
      code: 64,
    });
    const recipe = JSON.parse(readFileSync(path.join(whole, 'recipe.json'), 'utf8')) as Recipe;
    assert.equal(recipe.pretrain.options['teacher'], teacher, 'absolute, as the path of the data');
    const agreement = readMetrics(whole).flatMap(({ values }) => values['validationAgreement'] ?? []);
    assert.equal(agreement.length, 60);
    assert.ok(agreement.at(-1)! > 0.8 && agreement.at(-1)! > agreement[0]!, agreement.join(', '));
    const sample = readdirSync(path.join(whole, 'samples')).sort().at(-1)!;
    const { metadata } = decodeSafetensors(readFileSync(path.join(whole, 'samples', sample)));
    assert.match(metadata['views']!, /"agreement"/);

    const trainer = workspace.run();
    const { run: stopped, address } = await trainer.created();
    const client = new Client(address);
    await until(() => (client.run?.step ?? 0) >= 5 || client.of('metrics').length > 0, trainer.ended);
    await client.request({ type: 'stop' });
    await trainer.ended;
    client.close();
    assert.equal(readRun(stopped).state, 'stopped');
    const copy = path.join(path.dirname(stopped), 'copy');
    cpSync(stopped, copy, { recursive: true });
    const resumed = await workspace.start(['resume', stopped, '--json']).ended;
    assert.equal(resumed.code, 0, JSON.stringify(resumed.lines.at(-1)));
    const [a, b] = [lastCheckpoint(whole), lastCheckpoint(stopped)];
    assert.equal(b.step, a.step);
    assert.ok(a.weights.equals(b.weights) && a.optimizer.equals(b.optimizer));
    assert.doesNotMatch(JSON.stringify(readEvents(stopped)), /has changed since/);

    const file = path.join(teacher, 'checkpoints', step, 'weights.safetensors');
    const changed = decodeSafetensors(weights);
    changed.tensors['head/dense/bias']!.data[0]! += 1;
    writeFileSync(file, encodeSafetensors(changed));
    assert.equal((await workspace.start(['resume', copy, '--json']).ended).code, 0);
    assert.match(JSON.stringify(readEvents(copy)), /The teacher .* has changed since this run began/);
  });

  it('a student learns the features of an autoencoder, and teaches in turn', async () => {
    const teacher = await trained({ epochs: 8 }, [32]);
    const relative = path.relative(workspace.folder, teacher);
    const student = await trained({ method: 'distillation', teacher: relative, epochs: 8 }, [16]);
    const cosine = readMetrics(student).flatMap(({ values }) => values['validationCosine'] ?? []);
    assert.ok(cosine.at(-1)! > 0.3 && cosine.at(-1)! > cosine[0]!, cosine.join(', '));
    const { classes, code } = readRun(student).teacher!;
    assert.deepEqual([classes, code], [null, 32]);
    const grandchild = await trained({ method: 'distillation', teacher: student }, [8]);
    assert.equal(readRun(grandchild).teacher!.code, 16);
  });

  it('soft labels in a file teach, as an array or as a table that names the classes', async () => {
    // Of an image of the digit d: surely d or the one after it.
    const rows = Array.from({ length: COUNT }, (_, i) =>
      Array.from({ length: 3 }, (_, c) => (c === i % 3 ? 0.75 : c === (i + 1) % 3 ? 0.25 : 0)),
    );
    const pretrain = { method: 'distillation', temperature: 2 };
    const array = path.join(workspace.folder, 'soft.npy');
    writeFileSync(array, npy('<f4', [COUNT, 3], float32(rows.flat())));
    const byArray = await trained({ ...pretrain, teacher: 'soft.npy' }, [16]);
    const { teacher, metrics } = readRun(byArray);
    assert.deepEqual([teacher!.id, teacher!.code, teacher!.classes], [null, null, ['0', '1', '2']]);
    assert.equal(teacher!.fingerprint, `sha256:${createHash('sha256').update(readFileSync(array)).digest('hex')}`);
    assert.ok(Number.isFinite(metrics['validationAgreement']));

    const table = ['dog,cat,fox', ...rows.map((row) => row.join())].join('\n');
    writeFileSync(path.join(workspace.folder, 'soft.csv'), table);
    const byTable = await trained({ ...pretrain, teacher: 'soft.csv' }, [16]);
    assert.deepEqual(readRun(byTable).teacher!.classes, ['dog', 'cat', 'fox']);
    assert.ok(lastCheckpoint(byArray).weights.equals(lastCheckpoint(byTable).weights));

    const logits = rows.flat().map((value) => Math.log(Math.max(value, 1e-6)));
    writeFileSync(array, npy('<f4', [COUNT, 3], float32(logits)));
    await trained({ ...pretrain, teacher: 'soft.npy', softLabels: 'logits' }, [16]);
  });

  /** Each is underlined in the recipe by the check, and refused by a run before there is a folder. */
  async function assertRefused(cases: [teacher: string, says: RegExp, prepare?: () => void][]): Promise<void> {
    for (const [teacher, says, prepare] of cases) {
      prepare?.();
      write({ method: 'distillation', teacher }, [16]);
      const [[text, , message] = ['', '', '']] = await problems();
      assert.match(message, says);
      assert.equal(text.startsWith(JSON.stringify(teacher)), true, `${text} is underlined`);
      assert.match(String((await refused())['error']), says);
    }
  }

  it('what is no teacher is refused in words, before a run is made, and underlined in the recipe', () => {
    mkdirSync(path.join(workspace.folder, 'empty'));
    writeFileSync(path.join(workspace.folder, 'soft.txt'), '1,0\n');
    writeFileSync(path.join(workspace.folder, 'soft.npy'), 'nonsense that is long enough');
    return assertRefused([
      ['', /needs a teacher: "teacher" names the folder of a run/],
      ['nowhere', /There is no teacher .*nowhere/],
      ['empty', /empty is not a run folder/],
      ['soft.txt', /no file of soft labels by its name/],
      ['soft.npy', /no NPY file/],
    ]);
  });

  it('soft labels that cannot be are refused with their place', () => {
    const labels = (values: number[], count = COUNT) =>
      writeFileSync(
        path.join(workspace.folder, 'soft.npy'),
        npy('<f4', [count, values.length / count], float32(values)),
      );
    const even = (count = COUNT) => new Array<number>(count * 2).fill(0.5);
    return assertRefused([
      ['soft.npy', /soft labels of 100 examples, and the data has 6,?000/, () => labels(even(100), 100)],
      ['soft.npy', /row 3, column 2: this soft label is -0.5/, () => labels(even().with(5, -0.5))],
      ['soft.npy', /row 1, column 1: this soft label is missing/, () => labels(even().with(0, NaN))],
      ['soft.npy', /row 2: its probabilities sum to 1.5/, () => labels(even().with(2, 1))],
      ['soft.npy', /soft labels of 6,?000 examples and 1 classes/, () => labels(new Array<number>(COUNT).fill(1))],
    ]);
  });

  it('a run that cannot teach is refused: another shape, another preparation, no classes, no checkpoint', async () => {
    const teacher = await trained({ epochs: 1 }, [32]);
    const change = (part: object) => {
      const file = path.join(teacher, 'run.json');
      const run = readRun(teacher);
      writeFileSync(file, JSON.stringify({ ...run, dataset: { ...run.dataset, ...part } }));
      return () => writeFileSync(file, JSON.stringify(run));
    };
    const student = (more: object = {}) => write({ method: 'distillation', teacher, ...more }, [16]);
    const { preparation } = readRun(teacher).dataset!;

    student({ target: 'labels' });
    const [[text, code, , fixes] = []] = await problems();
    assert.deepEqual(
      [text!.startsWith('"labels"'), code, fixes],
      [true, 'teacher-names-nothing', ['"features"', '"auto"']],
    );
    assert.match(String((await refused())['error']), /names no classes/);

    student();
    for (const [part, expected, says] of [
      [{ shape: [14, 14, 1] }, 'teacher-shape', /examples of shape \[14, 14, 1\], and these have \[28, 28, 1\]/],
      [
        { preparation: { ...preparation, range: [0, 1] } },
        'teacher-unusable',
        /prepared in another way: "range" is \[0,1\] there and \[0,255\] here/,
      ],
    ] as const) {
      const restore = change(part);
      const [[underlined, told, message] = ['', '', '']] = await problems();
      assert.deepEqual([underlined.startsWith(JSON.stringify(teacher)), told], [true, expected]);
      assert.match(message, says);
      assert.match(String((await refused())['error']), says);
      restore();
    }

    rmSync(path.join(teacher, 'checkpoints'), { recursive: true });
    assert.match(String((await refused())['error']), /cannot teach: .* has no checkpoint/);
    writeFileSync(path.join(teacher, 'recipe.json'), '{}');
    assert.match(String((await refused())['error']), /cannot teach: recipe.json cannot be read/);
  });
});
