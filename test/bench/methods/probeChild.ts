import type { Vocabulary } from '../../../src/data/prepare/preparation.js';
import { drawLabels } from '../../../src/data/split.js';
import { accuracy } from '../../../src/learn/evaluate/accuracy.js';
import { allCodes, gathered, type Codes } from '../../../src/learn/evaluate/codes.js';
import { labelledAt } from '../../../src/learn/evaluate/knn.js';
import { logisticRegression, probabilitiesOf } from '../../../src/learn/evaluate/logisticRegression.js';
import { MEASURED_BATCH } from '../../../src/learn/batches.js';
import type { Source } from '../../../src/learn/loop.js';
import { Model } from '../../../src/learn/model.js';
import { buildLearner } from '../../../src/trainer/cost.js';
import { readParent, recipeOf } from '../../../src/trainer/parent.js';
import { prepare } from '../../../src/trainer/prepare.js';
import { inMode, type Finetuning } from '../../../src/trainer/work.js';
import { budgets, SOME, type Name, type Probed, type What } from './results.js';

/**
 * A process of its own: RUNS RUN DATA NAME... Prints as JSON the accuracies that are named: of logistic regression of
 * what may stand for an example, with all labels or with some of each class. The run's seed draws these, and the
 * untrained weights.
 */

async function probe(runs: string, run: string, dataPath: string, names: readonly Name[]): Promise<Partial<Probed>> {
  const parent = await readParent(run, runs, null);
  const recipe = await recipeOf(parent.folder);
  const { seed } = recipe.pretrain;
  const finetune = { ...inMode(recipe.finetune, 'probe'), labelsPerClass: null, labelFraction: null, seed };
  const work: Finetuning = { stage: 'finetune', parent };
  const all = { ...recipe, finetune };
  const never = new AbortController().signal;
  const { engine, dataset } = await prepare(all, work, dataPath, runs, never, () => undefined, parent.kept);
  const { training, example } = dataset;
  const measured = dataset.test ?? dataset.validation;
  const classes = dataset.facts.classes?.length ?? 0;
  if (!training.labels || !measured?.labels) throw new Error(`${dataPath} has no labels to measure on.`);
  const positions = Int32Array.from({ length: training.count }, (_, i) => i);
  const some = drawLabels(positions, training.labels, { perClass: SOME }, seed);

  const found: Partial<Probed> = {};
  const measure = async (what: What, encode: (source: Source) => Promise<Codes>): Promise<void> => {
    const asked = budgets.filter((budget) => names.includes(`${what}.${budget}`));
    if (asked.length === 0) return;
    const learned = { ...(await encode(training)), labels: training.labels as Int32Array };
    const seen = await encode(measured);
    for (const budget of asked) {
      const examples = budget === 'all' ? learned : labelledAt(learned, some);
      const scores = await probabilitiesOf(seen, await logisticRegression(examples, classes));
      found[`${what}.${budget}`] = accuracy(measured.labels as Int32Array, scores, classes);
    }
  };
  const encoded = (of: Finetuning) => async (source: Source) => {
    const mode = of.parent ? 'probe' : 'scratch';
    const options = inMode(finetune, mode);
    const learner = buildLearner({ ...all, finetune: options }, { ...example, teacher: null }, of);
    const job = { engine, learner, options: { ...options, batchSize: MEASURED_BATCH } };
    const model = new Model(engine, learner, options.optimizer, learner.init(seed));
    try {
      return await allCodes(job, source, model.values, 0);
    } finally {
      model.dispose();
    }
  };
  await measure('pretrained', encoded(work));
  await measure('untrained', encoded({ stage: 'finetune', parent: null }));
  await measure('raw', (source) => gathered(source.count, raw(source, example.vocabulary ?? null)));
  return found;
}

/** Examples as they are; of a text how often each token stands in it. */
async function* raw(source: Source, vocabulary: Vocabulary | null): AsyncGenerator<Codes & { from: number }> {
  const length = source.shape.reduce((product, size) => product * size, 1);
  for (let from = 0; from < source.count; from += MEASURED_BATCH) {
    const count = Math.min(MEASURED_BATCH, source.count - from);
    const batch = await source.batch(Int32Array.from({ length: count }, (_, i) => from + i));
    if (vocabulary === null) {
      yield { from, count, width: length, data: Float32Array.from(batch) };
      continue;
    }
    const { size, pad } = vocabulary;
    const data = new Float32Array(count * size);
    batch.forEach((id, i) => {
      if (id !== pad) (data[Math.floor(i / length) * size + id] as number)++;
    });
    yield { from, count, width: size, data };
  }
}

const [runs, run, dataPath, ...names] = process.argv.slice(2) as [string, string, string, ...Name[]];
void probe(runs, run, dataPath, names).then((found) => process.stdout.write(JSON.stringify(found) + '\n'));
