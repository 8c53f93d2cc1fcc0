import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { EfficiencyLine } from '../../protocol/efficiency.js';
import type { LabelSets } from '../../data/labelSets.js';
import { drawLabels } from '../../data/split.js';
import type { Engine } from '../../learn/engine/engine.js';
import { accuracy } from '../../learn/evaluate/accuracy.js';
import { allCodes, type Codes } from '../../learn/evaluate/codes.js';
import { labelledAt, type Labelled } from '../../learn/evaluate/knn.js';
import { macroF1OfLabels } from '../../learn/evaluate/multiLabel.js';
import { predict, probabilitiesOf } from '../../learn/evaluate/predict.js';
import { train, type Action, type Observer, type Source } from '../../learn/loop.js';
import type { Labels } from '../../learn/method/method.js';
import { Model } from '../../learn/model.js';
import type { Pass } from '../../learn/network.js';
import { randomTensors } from '../../learn/random.js';
import { isSolvedFor } from '../../learn/solve.js';
import { modes, taskKind, type Classifier, type MultiLabelClassifier } from '../../learn/task/index.js';
import { targetsOf } from '../../learn/task/multiLabel.js';
import type { FinetuneOptions, Recipe, TrainingOptions } from '../../recipe/recipe.js';
import { buildLearner, findingsOf } from '../cost.js';
import type { LoadedDataset } from '../dataset.js';
import { UserError } from '../errors.js';
import { readParent } from '../parent.js';
import { prepare, type Progress } from '../prepare.js';
import { inMode, trainingOptions, type Finetuning } from '../work.js';
import type { Facts, Job, Setting } from './messages.js';
import { availableOf } from './plan.js';

/** Where the points of a measurement are found: the data are opened once, codes computed once. */

type PointLearner = Classifier | MultiLabelClassifier;

/** Codes are classified in chunks of so many. */
const CHUNK = 512;
/** How often a training lets this process hear what is said to it. */
const HEAR_MILLISECONDS = 200;
/** All points are found alike, however many workers there are. */
const THREADS = 1;

export class Laboratory {
  /** Of the labelled examples that a seed draws, by the seed. */
  private readonly codes = new Map<number, Promise<Labelled>>();
  private measuredCodes: Promise<Codes> | null = null;

  private constructor(
    readonly facts: Facts,
    private readonly setting: Setting,
    private readonly work: Finetuning,
    private readonly engine: Engine,
    private readonly dataset: LoadedDataset,
    private readonly labels: Labels,
    /** Null where each example has one label, or its combination is learned as one. */
    private readonly sets: LabelSets | null,
    private readonly measured: Source & { labels: Int32Array },
  ) {}

  /** @throws UserError, DataError, EngineError saying what is wrong with recipe, run, data or machine */
  static async open(setting: Setting, tell: (progress: Progress) => void): Promise<Laboratory> {
    const { recipe, dataPath, runs, run, step, most } = setting;
    const parent = await readParent(run, runs, step);
    const work: Finetuning = { stage: 'finetune', parent };
    const all: Recipe = { ...recipe, finetune: taskOf(recipe, 'full', null) };
    const never = new AbortController().signal; // who stops ends the process
    const prepared = await prepare(all, work, dataPath, runs, never, tell, parent.kept, THREADS);
    const { engine, dataset, slower } = prepared;
    const { facts, example, notes } = dataset;
    const [from, source] = dataset.test
      ? (['test', dataset.test] as const)
      : (['validation', dataset.validation] as const);
    if (!source?.labels || source.count === 0)
      throw new UserError(
        t('{0} has no labelled examples to measure on: neither a split "test" nor one for validation.', dataPath),
        {
          file: dataPath,
          advice: t('Set "test" in the recipe’s data to a part such as 0.2, or add a split "test" with labels.'),
        },
      );
    const { labels } = example;
    if (!labels) throw new Error('There are labels to measure, and none to learn from.');
    const kind = taskKind(recipe.finetune, labels);
    if (kind === 'regression')
      throw new UserError(
        t('The labels of {0} are numbers, and label efficiency is measured by labels of each class.', dataPath),
        {
          file: dataPath,
          advice: t('Fine-tune with "labelFraction" instead, or set "task": "classification" where they are classes.'),
        },
      );
    const sets = (kind === 'multiLabel' ? labels.sets : null) ?? null;
    const available = availableOf(labels, sets);
    const largest = Math.min(most, Math.max(1, ...available));
    const short = findingsOf({ ...recipe, finetune: taskOf(recipe, 'full', largest) }, example, work);
    return new Laboratory(
      {
        fingerprint: facts.fingerprint,
        engine: engine.name,
        from,
        count: source.count,
        measure: sets ? 'macroF1' : 'accuracy',
        classes: facts.classes ?? [],
        available,
        notes: [
          ...(slower === null ? [] : [slower]),
          ...notes,
          ...short.filter(({ code }) => code === 'too-few-labels').map(({ message }) => message),
        ],
      },
      setting,
      work,
      engine,
      dataset,
      labels,
      sets,
      { ...source, labels: source.labels },
    );
  }

  /** @param onProgress hears the part that is done, 0..1 */
  async measure(job: Job, onProgress: (fraction: number) => void): Promise<EfficiencyLine> {
    const began = performance.now();
    const positions = this.drawn(job.seed, job.labelsPerClass);
    const training = this.dataset.part(positions);
    const { learner, options } = this.learnerOf(job, training);
    const found = isSolvedFor(learner)
      ? await this.solved(learner, options, positions)
      : await this.trained(learner, options, training, onProgress);
    return { ...job, score: found, labels: training.count, seconds: (performance.now() - began) / 1000 };
  }

  /** Ascending positions among the training examples. */
  private drawn(seed: number, perClass: number): Int32Array {
    const { count, labels } = this.dataset.training;
    const all = Int32Array.from({ length: count }, (_, i) => i);
    return drawLabels(all, labels ?? new Int32Array(), { perClass }, seed, this.sets);
  }

  private learnerOf(
    { mode, labelsPerClass, seed }: Job,
    { count, labels }: Source,
  ): { learner: PointLearner; options: TrainingOptions } {
    const { recipe } = this.setting;
    const own: Recipe = { ...recipe, finetune: { ...taskOf(recipe, mode, labelsPerClass), seed } };
    const counts = this.labels.classes.map(() => 0);
    for (const label of labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
    const example = { ...this.dataset.example, labels: { ...this.labels, unlabelled: 0, counts } };
    return {
      learner: buildLearner(own, { ...example, teacher: null }, this.work) as PointLearner,
      options: { ...trainingOptions(own, this.work, count), earlyStopping: null },
    };
  }

  /** Nothing is measured in between: that would take most of the time where labels are few. */
  private async trained(
    learner: PointLearner,
    options: TrainingOptions,
    training: Source,
    onProgress: (fraction: number) => void,
  ): Promise<number> {
    const { engine, measured } = this;
    let found = NaN;
    const { reason } = await train({
      engine,
      learner,
      options,
      training,
      validation: null,
      previewPositions: Int32Array.of(0),
      start: null,
      observer: new Listening((epoch) => onProgress(epoch / options.epochs)),
      complete: async (values, { epoch }) => {
        const probabilities = await predict({ engine, learner, options }, measured, values, epoch);
        found = this.scoreOf(probabilities);
      },
    });
    if (reason !== 'completed') throw new Error(`The training ended for the reason "${reason}".`);
    return found;
  }

  /** What no step changes is found from the codes alone. @param positions that are learned from, ascending */
  private async solved(learner: PointLearner, options: TrainingOptions, positions: Int32Array): Promise<number> {
    const { engine, measured } = this;
    const { seed } = options;
    const model = new Model(engine, learner, options.optimizer, learner.init(seed));
    try {
      const known = await (this.codes.get(seed) ?? this.encodeDrawn(learner, options, model));
      const rows = rowsOf(this.drawn(seed, this.setting.most), positions);
      const solution = await learner.solve?.(labelledAt(known, rows), () => undefined);
      model.restore({ ...(await model.weights()), ...solution });
      const codes = await (this.measuredCodes ??= allCodes({ engine, learner, options }, measured, model.values, 0));
      const width = learner.classes.length;
      const probabilities = new Float32Array(codes.count * width);
      for (let from = 0; from < codes.count; from += CHUNK) {
        const count = Math.min(CHUNK, codes.count - from);
        const chunk = codes.data.subarray(from * codes.width, (from + count) * codes.width);
        const random = randomTensors(engine, seed, from / CHUNK, 'prediction');
        const pass: Pass = { engine, training: false, epoch: 0, random, updates: null };
        const answers = tf.tidy(() =>
          probabilitiesOf(learner, learner.classifyCodes(model.values, tf.tensor2d(chunk, [count, codes.width]), pass)),
        );
        probabilities.set(await answers.data<'float32'>(), from * width);
        answers.dispose();
      }
      return this.scoreOf(probabilities);
    } finally {
      model.dispose();
    }
  }

  /** @param probabilities [count, classes] of the measured examples */
  private scoreOf(probabilities: Float32Array): number {
    const { sets } = this;
    const { labels } = this.measured;
    const width = this.facts.classes.length;
    return sets
      ? macroF1OfLabels({ targets: targetsOf(labels, sets), probabilities, labels: width })
      : accuracy(labels, probabilities, width);
  }

  /** Of all labelled examples that a seed may draw: those of smaller budgets are among them. */
  private encodeDrawn(learner: PointLearner, options: TrainingOptions, model: Model): Promise<Labelled> {
    const training = this.dataset.part(this.drawn(options.seed, this.setting.most));
    const codes = allCodes({ engine: this.engine, learner, options }, training, model.values, 0).then((found) => ({
      ...found,
      labels: training.labels ?? new Int32Array(),
    }));
    this.codes.set(options.seed, codes);
    return codes;
  }
}

/** The recipe's fine-tuning in another mode and with so many labels; a head that is solved has no hidden layer. */
function taskOf({ finetune }: Recipe, mode: string, labelsPerClass: number | null): FinetuneOptions {
  const task = { ...inMode(finetune, mode), labelsPerClass, labelFraction: null };
  return modes[mode as keyof typeof modes].solves === null ? task : { ...task, hidden: null };
}

/** Where each of some is among all; both ascend. */
function rowsOf(all: Int32Array, some: Int32Array): Int32Array {
  let row = 0;
  return some.map((position) => {
    while (all[row] !== position) row++;
    return row;
  });
}

/** Says how far a training is, and else lets it be. */
class Listening implements Observer {
  private last = performance.now();

  constructor(private readonly onEpoch: (epoch: number) => void) {}

  beforeStep({ epoch }: { epoch: number }): Action | Promise<Action> {
    const now = performance.now();
    if (now - this.last < HEAR_MILLISECONDS) return 'go';
    this.last = now;
    this.onEpoch(epoch);
    return new Promise((resolve) => setImmediate(() => resolve('go')));
  }

  afterStep = nothing;
  afterEpoch = nothing;
  checkpoint = nothing;
  wantsPreview = (): boolean => false;
  preview = nothing;
  wentBack = nothing;
  diagnosis = nothing;
}

function nothing(): void {
  // a point is only its score
}
