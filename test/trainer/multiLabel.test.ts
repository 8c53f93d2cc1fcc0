import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stream } from '../../src/protocol/random.js';
import type { MultiLabelEvaluation } from '../../src/protocol/run.js';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { EfficiencyPoint, EfficiencyRecord } from '../../src/protocol/efficiency.js';
import type { ClassAnswer, SimilarLine } from '../../src/protocol/use.js';
import { readRun, Workspace, type Ended } from './trainer.js';

const LABELS = ['fruit', 'place', 'rain'];
const WORDS: Record<string, string[]> = {
  fruit: ['apple', 'pear', 'plum'],
  place: ['town', 'river', 'hill'],
  rain: ['cloud', 'storm', 'drops'],
};
const OTHERS = ['the', 'a', 'some', 'under', 'with', 'old', 'new', 'was'];

/** Texts with two words of each label that they have; the last label is rare, some have none. */
function texts(count: number, purpose: string): { text: string; label: string[] }[] {
  const random = stream(4, purpose);
  const one = (of: string[]): string => of[random.integer(of.length)]!;
  return Array.from({ length: count }, () => {
    const label = LABELS.filter((_, i) => random.uniform() < [0.5, 0.4, 0.1][i]!);
    const words = label.flatMap((name) => [one(WORDS[name]!), one(WORDS[name]!)]);
    return { text: [...words, ...Array.from({ length: 4 }, () => one(OTHERS))].join(' '), label };
  });
}

describe('pretrain finetune on examples with several labels', function () {
  this.timeout(180_000);
  let workspace: Workspace;
  let parent: string;
  const recipe = {
    data: { path: 'texts', text: { features: 'bag' }, validation: 0.2, test: 0.25 },
    encoder: { type: 'dense', units: [16], activation: 'relu' },
    pretrain: { method: 'autoencoder', epochs: 10, batchSize: 64 },
    finetune: { epochs: 20, batchSize: 32, optimizer: { name: 'adam', learningRate: 0.01 } },
  };

  before(async () => {
    workspace = new Workspace({ ...recipe, data: { ...recipe.data, path: 'texts.jsonl' } }, recipe.pretrain);
    const lines = texts(800, 'all').map((line) => JSON.stringify(line));
    writeFileSync(path.join(workspace.folder, 'texts.jsonl'), lines.join('\n'));
    const { code, lines: told } = await workspace.run().ended;
    assert.equal(code, 0, JSON.stringify(told.at(-1)));
    parent = String(told.at(-1)!['run']);
  });
  after(() => workspace.remove());

  function finetune(...args: string[]) {
    return workspace.start(['finetune', workspace.recipe, '--json', '--from', parent, ...args]);
  }

  function runOf({ code, lines }: Ended): string {
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    return String(lines.at(-1)!['run']);
  }

  function evaluationOf(run: string): MultiLabelEvaluation {
    return JSON.parse(readFileSync(path.join(run, 'evaluation.json'), 'utf8')) as MultiLabelEvaluation;
  }

  it('a pretraining knows their names, and does not take combinations for classes', () => {
    const { dataset, metrics } = readRun(parent);
    assert.deepEqual([dataset!.classes, dataset!.severalLabels], [LABELS, true]);
    assert.equal(metrics['probeAccuracy'], undefined);
  });

  for (const mode of ['probe', 'full', 'scratch', 'neighbours'])
    it(`${mode}: learns each label, and measures it on examples that no choice depends on`, async () => {
      const run = runOf(await finetune('--mode', mode).ended);
      const { task, classes, trainedOn, splits } = evaluationOf(run);
      assert.deepEqual([task, classes, Object.keys(splits)], ['multiLabel', LABELS, ['test', 'validation']]);
      assert.ok(
        trainedOn[0]! > trainedOn[1]! && trainedOn[1]! > trainedOn[2]! && trainedOn[2]! > 20,
        String(trainedOn),
      );
      const { count, macroF1, meanAveragePrecision, scores } = splits['test']!;
      assert.equal(count, 200);
      assert.ok(meanAveragePrecision > 0.8, `${meanAveragePrecision}`);
      assert.ok(macroF1.low < macroF1.value && macroF1.value < macroF1.high);
      const record = readRun(run);
      assert.equal(record.metrics['testMacroF1'], macroF1.value);
      assert.equal(record.metrics['testMeanAveragePrecision'], meanAveragePrecision);
      assert.match(record.summary, /→ 3 labels, several an example$/);

      const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(run, 'predictions.safetensors')));
      assert.deepEqual([metadata['task'], JSON.parse(metadata['classes']!)], ['multiLabel', LABELS]);
      const [has, said] = [tensors['test/labels']!, tensors['test/probabilities']!];
      assert.deepEqual([has.shape, said.shape], [[200, 3], [200, 3]]); // prettier-ignore
      for (let label = 0; label < 3; label++) {
        const hits = Array.from({ length: 200 }, (_, i) => i * 3 + label).filter(
          (at) => said.data[at]! > 0.5 && has.data[at],
        );
        const { support, recall } = scores[label]!;
        assert.ok(Math.abs(hits.length / support - recall) < 1e-12);
      }

      const samples = readdirSync(path.join(run, 'samples')).sort();
      const sample = decodeSafetensors(readFileSync(path.join(run, 'samples', samples.at(-1)!)));
      const views = JSON.parse(sample.metadata['views']!) as { kind: string; from: string; scores: string }[];
      assert.deepEqual(views.map(({ kind }) => kind).sort(), ['labelScores', 'labels', 'map']);
      const shown = views.find(({ kind }) => kind === 'labelScores')!;
      assert.deepEqual([shown.from, sample.tensors[shown.scores]!.shape], ['test', [3, 5]]);
    });

  it('takes so many labels of each, and says how well it does', async () => {
    const { code, stdout, stderr } = await workspace.start([
      ...['finetune', workspace.recipe, '--from', parent, '--mode', 'probe', '--labels-per-class', '10'],
    ]).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /validation macro F1 \d[\d.]* %, test macro F1 \d[\d.]* %/);
    const run = workspace.runFolders().find((one) => readRun(one).dataset!.trainingCount <= 40)!;
    const { trainedOn } = evaluationOf(run);
    assert.ok(
      trainedOn.every((count) => count >= 10),
      String(trainedOn),
    );
  });

  it('predicts the probability of each label of a file, and marks those above a half', async () => {
    const run = runOf(await finetune('--mode', 'full').ended);
    const asked = [
      ['apple plum the old', ['fruit']],
      ['some apple pear under river hill', ['fruit', 'place']],
      ['was the new with', []],
    ] as const;
    const file = path.join(workspace.folder, 'asked.jsonl');
    writeFileSync(file, asked.map(([text]) => JSON.stringify({ text })).join('\n'));
    const csv = path.join(workspace.folder, 'asked.csv');
    const { code, lines, stderr } = await workspace.start(['predict', run, file, '--json', '--csv', csv]).ended;
    assert.equal(code, 0, stderr);
    const told = lines.filter((line) => 'probabilities' in line) as unknown as (SimilarLine & ClassAnswer)[];
    assert.deepEqual(
      told.map(({ labels }) => [...labels!].sort()),
      asked.map(([, labels]) => labels),
    );
    for (const { label, labels, probabilities, similar } of told) {
      assert.equal(label, null);
      assert.deepEqual(Object.keys(probabilities).sort(), LABELS);
      for (const name of LABELS) assert.equal(labels!.includes(name), probabilities[name]! > 0.5);
      assert.ok(similar!.every(({ label }) => label !== null));
    }
    assert.ok(
      told[1]!.similar!.some(({ label }) => label!.startsWith('fruit, place')),
      'the labels of a similar one',
    );
    const [head, first] = readFileSync(csv, 'utf8').split('\r\n');
    assert.equal(head, 'file,part,labels,probability fruit,probability place,probability rain');
    assert.match(first!, /asked\.jsonl,.*,"\[""fruit""\]",0\.\d+/);
    const words = await workspace.start(['predict', run, file, '--similar', '0']).ended;
    assert.match(words.stdout, /File +Labels +Next/);
    assert.match(words.stdout, /fruit \d+\.\d %, place \d+\.\d %|place \d+\.\d %, fruit \d+\.\d %/);
    assert.match(words.stdout, /\(none\)/);
  });

  it('is measured for label efficiency by macro F1: a point is what fine-tuning from the same labels gives', async () => {
    const modes = ['scratch', 'probe', 'neighbours'];
    const { code, lines } = await workspace.start([
      ...['efficiency', workspace.recipe, '--from', parent, '--json'],
      ...['--labels', '2,10,9000', '--seeds', '2', '--modes', modes.join()],
    ]).ended;
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    const { folder, points, sentence } = lines.at(-1) as unknown as {
      folder: string;
      points: EfficiencyPoint[];
      sentence: string;
    };
    assert.match(sentence, /^With 10 examples of each label the pretrained encoder \(.+\) reaches a macro F1 of \d+ %/);
    const record = JSON.parse(readFileSync(path.join(folder, 'efficiency.json'), 'utf8')) as EfficiencyRecord;
    const all = record.labelsPerClass.at(-1)!;
    assert.deepEqual([record.measure, record.count, record.classes], ['macroF1', 200, LABELS]);
    assert.deepEqual(record.labelsPerClass.slice(0, -1), [2, 10]);
    const table = readFileSync(path.join(folder, 'efficiency.csv'), 'utf8').split('\r\n');
    assert.equal(table[0], 'mode,labelsPerClass,seed,macroF1,labels,seconds');
    assert.match(readFileSync(path.join(folder, 'efficiency.svg'), 'utf8'), /macro F1 on 200 test examples/);
    const whole = readRun(runOf(await finetune('--mode', 'probe').ended)).dataset!.trainingCount;
    assert.equal(Number(table.find((row) => row.startsWith(`probe,${all},1,`))!.split(',')[4]), whole, 'all of them');
    for (const mode of modes)
      for (const labels of [10, all]) {
        const run = runOf(await finetune('--mode', mode, '--labels-per-class', String(labels)).ended);
        const { score } = points.find((one) => one.mode === mode && one.labelsPerClass === labels && one.seed === 1)!;
        assert.equal(score, readRun(run).metrics['testMacroF1'], `${mode}, ${labels}`);
      }
  });

  it('says what does not fit before it trains', async () => {
    const other = new Workspace();
    after(() => other.remove());
    const lines = [
      'a,b,c,tags',
      ...Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 11},${i},${i % 2 ? 'x|y' : 'y'}`),
    ];
    writeFileSync(path.join(other.folder, 'table.csv'), lines.join('\n'));
    const data = { path: 'table.csv', labelColumn: 'tags', labelSeparator: '|' };
    const check = async (part: object) => {
      other.write({ data, ...part });
      const { lines, code } = await other.start(['check', other.recipe, '--json']).ended;
      const { problems, data: found } = lines.at(-1) as unknown as {
        problems: { severity: string; message: string }[];
        data: { classes: string[]; severalLabels?: boolean };
      };
      return {
        code,
        found,
        messages: problems.filter(({ severity }) => severity === 'error').map(({ message }) => message),
      };
    };
    const encoder = { type: 'dense', units: [8], activation: 'relu' };
    const fine = await check({ encoder, pretrain: { method: 'autoencoder' }, finetune: { mode: 'probe' } });
    assert.deepEqual(
      [fine.code, fine.messages, fine.found.classes, fine.found.severalLabels],
      [0, [], ['x', 'y'], true],
    );
    const supervised = await check({ encoder, pretrain: { method: 'supervised' } });
    assert.match(supervised.messages.join(), /learns one class an example, and these examples may have several labels/);
    const single = await check({
      ...{ encoder, pretrain: { method: 'autoencoder' }, finetune: { task: 'multiLabel' } },
      data: { path: 'table.csv', labelColumn: 'tags' },
    });
    assert.match(single.messages.join(), /Each of these examples has one label.*"labelSeparator"/);
    other.write({ data, encoder, finetune: { mode: 'scratch', epochs: 2 } });
    const { stdout } = await other.start(['check', other.recipe]).ended;
    assert.match(stdout, /2 labels, several an example: x, y/);
    const scratch = await other.start(['finetune', other.recipe, '--json']).ended;
    assert.equal(scratch.code, 0, JSON.stringify(scratch.lines.at(-1)));
  });
});
