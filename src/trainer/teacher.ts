import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { MEMORY_BYTES } from '../data/pack/pack.js';
import type { Preparation } from '../data/prepare/preparation.js';
import { readSoftLabels, type SoftLabelValues } from '../data/softLabels.js';
import { misfit } from '../learn/checkpoint.js';
import type { Engine } from '../learn/engine/engine.js';
import { targetOf } from '../learn/method/distillation.js';
import { methods } from '../learn/method/index.js';
import type { ExampleFacts, Learner, TeacherFacts } from '../learn/method/method.js';
import { exampleIn } from './example.js';
import { flat } from '../learn/method/reconstruction.js';
import { sizeOf } from '../learn/parameters.js';
import { lesson, rowsAt, SilentTeacher, withRows, type Lesson, type TeacherNetwork } from '../learn/teacher.js';
import { grouped, t } from '../protocol/l10n.js';
import { CheckpointFile, RunFile, RUNS_FOLDER, type RunRecord, type RunTeacher } from '../protocol/run.js';
import type { Recipe } from '../recipe/recipe.js';
import { checkpointFile, readLastCheckpoint, weightsFingerprint } from './checkpoints.js';
import { familyOf } from './cost.js';
import type { LoadedDataset } from './dataset.js';
import { reasonOf, UserError } from './errors.js';
import { readRecord } from './runFolder.js';
import { readRunRecipe } from './runRecipe.js';

/** Who teaches a run of the method "distillation": another run, or a file of soft labels. */

export interface Teacher {
  facts: TeacherFacts;
  /** Why it cannot teach these examples, though their shape may be right; null when it can. @param count of all data */
  trouble(preparation: Preparation, count: number): string | null;
  /** What it, and what it says of so many examples, takes of the memory. */
  heldBytes(examples: number): number;
  /** @throws UserError, DataError */
  teach(pupil: Pupil): Promise<Lesson & { record: RunTeacher }>;
}

/** Who is to be taught. */
export interface Pupil {
  engine: Engine;
  recipe: Recipe;
  dataset: Pick<LoadedDataset, 'training' | 'validation' | 'positions' | 'facts'>;
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

/**
 * The recipe with the path of its teacher absolute: relative paths start at the recipe's folder. A plain name is also
 * looked for among the runs of this and the outer folders.
 * @param runs folder that gets the new run
 */
export function withTeacherPath(recipe: Recipe, recipeFile: string, runs: string | null): Recipe {
  const name = nameOf(recipe);
  if (name === null) return recipe;
  const { pretrain } = recipe;
  const beside = path.resolve(path.dirname(recipeFile), name);
  const isPlain = path.basename(name) === name;
  const among = isPlain ? [...(runs === null ? [] : [runs]), ...runsAbove(path.dirname(recipeFile))] : [];
  const candidates = [beside, ...among.map((folder) => path.join(folder, name))];
  const teacher = candidates.find((candidate) => existsSync(candidate)) ?? beside;
  return { ...recipe, pretrain: { ...pretrain, options: { ...pretrain.options, teacher } } };
}

function runsAbove(folder: string): string[] {
  const above = path.dirname(folder);
  const here = path.join(folder, RUNS_FOLDER);
  return above === folder ? [here] : [here, ...runsAbove(above)];
}

/** Null where the recipe names none. */
function nameOf({ pretrain: { options } }: Recipe): string | null {
  const { teacher } = options;
  return typeof teacher === 'string' && teacher.trim() !== '' ? teacher : null;
}

/**
 * Looks at the teacher that the recipe names, by an absolute path, without reading its weights or labels; null where it
 * names none.
 * @throws UserError, DataError saying why it cannot teach
 */
export async function findTeacher(recipe: Recipe): Promise<Teacher | null> {
  const file = nameOf(recipe);
  if (file === null) return null;
  const found = await stat(file).catch(() => null);
  if (found === null)
    throw new UserError(t('There is no teacher {0}.', file), {
      file,
      advice: t(
        '"teacher" names the folder of a run, relative to the recipe, the id of a run in {0}, or a file of soft labels (.npy, .csv).',
        RUNS_FOLDER,
      ),
    });
  return found.isDirectory() ? findRun(file) : findFile(file, recipe);
}

async function findRun(folder: string): Promise<Teacher> {
  const record = await readRecord(folder);
  const { dataset } = record;
  const unusable = (what: string): UserError =>
    new UserError(t('The run {0} cannot teach: {1}', folder, what), {
      file: folder,
      advice: t('Take another run, or a file of soft labels (.npy, .csv).'),
    });
  if (record.stage !== 'pretrain') throw unusable(t('only the encoders of pretraining runs teach.'));
  if (!dataset) throw unusable(t('it has not begun to train.'));
  const { shape, preparation } = dataset;
  const learner = await learnerOfRun(folder, record).catch((error: unknown) => {
    throw unusable(t('{0} cannot be read ({1}).', RunFile.recipe, reasonOf(error)));
  });
  if (preparation['vocabulary'] !== undefined)
    throw unusable(t('it reads ids of tokens, which distillation does not.'));
  const facts: TeacherFacts = { shape, classes: learner.classes, code: learner.code };

  return {
    facts,
    trouble: (other) => {
      const differs = difference(preparation, other);
      if (differs === null) return null;
      return t(
        'The teacher {0} learned from examples that were prepared in another way: {1}. Prepare these as those were, with the same data, seed and validation where it is learned from them; or take another teacher.',
        folder,
        differs,
      );
    },
    heldBytes: (examples) => {
      const width = Math.max(learner.code, learner.classes?.length ?? 0);
      const kept = examples * width * Float32Array.BYTES_PER_ELEMENT;
      return learner.bytes + (kept <= MEMORY_BYTES ? kept : 0);
    },
    async teach({ engine, recipe, dataset, signal, onProgress }) {
      const { checkpoint } = await readLastCheckpoint(folder, false).catch((error: unknown) => {
        throw unusable(reasonOf(error));
      });
      const { weights, progress } = checkpoint;
      const wrong = misfit(weights, learner.shapes);
      const file = checkpointFile(folder, progress.step, CheckpointFile.weights);
      if (wrong !== null) throw unusable(t('{0} does not fit its own {1}: {2}', file, RunFile.recipe, wrong));
      const network = learner.network(targetOf({ options: recipe.pretrain.options, teacher: facts }));
      const { seed } = recipe.pretrain;
      const options = { seed, keptBytes: MEMORY_BYTES, signal, onProgress };
      const taught = await lesson(engine, { ...network, weights }, dataset, options).catch((error: unknown) => {
        if (error instanceof SilentTeacher) throw unusable(t('its code is the same for every example.'));
        throw error;
      });
      const fingerprint = await weightsFingerprint(folder, progress.step);
      const { classes, code } = facts;
      return {
        ...taught,
        record: { path: folder, id: record.id, step: progress.step, fingerprint, classes, code },
      };
    },
  };
}

interface RunLearner {
  classes: string[] | null;
  code: number;
  shapes: Learner['shapes'];
  /** Of its weights. */
  bytes: number;
  network(target: 'labels' | 'features'): Omit<TeacherNetwork, 'weights'>;
}

/** The network of a run, as its recipe and record describe it. @throws Error when they do not */
async function learnerOfRun(folder: string, record: RunRecord): Promise<RunLearner> {
  const { encoder, pretrain } = await readRunRecipe(folder);
  const { classes = null, preparation = null } = record.dataset ?? {};
  const prepared = exampleIn(preparation);
  if (!prepared) throw new Error(t('how its data were prepared cannot be read'));
  const method = Object.hasOwn(methods, pretrain.method) ? methods[pretrain.method] : undefined;
  if (!method) throw new Error(t('There is no "{0}".', pretrain.method));
  const family = familyOf(encoder);
  const example: ExampleFacts = {
    ...prepared,
    labels: classes && { classes, unlabelled: 0, counts: [] },
    teacher: factsOf(record),
  };
  const learner = method.build({ family, encoder, ...example, options: pretrain.options });
  const network = family.encoder(encoder, example.shape, example);
  const code = sizeOf(network.outputShape);
  const named = record.teacher?.classes ?? classes ?? [];
  const classify = learner.classify?.bind(learner);
  const bytes =
    Object.values(learner.shapes).reduce((sum, one) => sum + sizeOf(one), 0) * Float32Array.BYTES_PER_ELEMENT;
  return {
    classes: classify ? named : null,
    code,
    shapes: learner.shapes,
    bytes,
    network: (target) =>
      target === 'labels' && classify
        ? { tell: classify, width: named.length, standardised: false }
        : {
            tell: (values, input, pass) => flat(network.apply(values, input, pass)),
            width: code,
            standardised: true,
          },
  };
}

/** Of the teacher of a run that was taught itself. */
export function factsOf({ teacher, dataset }: RunRecord): TeacherFacts | null {
  return teacher ? { shape: dataset?.shape ?? null, classes: teacher.classes, code: teacher.code } : null;
}

/** The first thing that differs, e.g. "range is [0,255] there and [0,1] here"; null when all is the same. */
function difference(teacher: object, student: object): string | null {
  const [there, here] = [teacher, student].map((one) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>);
  for (const name of new Set(Object.keys({ ...there, ...here }))) {
    if (isDeepStrictEqual(there?.[name], here?.[name])) continue;
    const text = (value: unknown) => (value === undefined ? t('nothing') : shortened(JSON.stringify(value)));
    return t('"{0}" is {1} there and {2} here', name, text(there?.[name]), text(here?.[name]));
  }
  return null;
}

const MOST_SHOWN = 60;

function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

async function findFile(file: string, recipe: Recipe): Promise<Teacher> {
  const labels = await readSoftLabels(file, recipe.pretrain.options['softLabels'] as SoftLabelValues);
  const classes = labels.names ?? Array.from({ length: labels.width }, (_, i) => String(i));
  return {
    facts: { shape: null, classes, code: null },
    trouble: (_, count) =>
      count === labels.count
        ? null
        : t(
            '{0} has soft labels of {1} examples, and the data has {2}. It needs one row for each, in their order.',
            file,
            grouped(labels.count),
            grouped(count),
          ),
    heldBytes: () => 2 * labels.logits.byteLength,
    teach: ({ dataset: { training, validation, positions } }) => {
      const { logits, width, fingerprint } = labels;
      const rows = (of: Int32Array) => rowsAt(logits, of, width);
      return Promise.resolve({
        training: withRows(training, rows(positions.training), width),
        validation: validation && withRows(validation, rows(positions.validation), width),
        close: () => undefined,
        record: { path: file, id: null, step: null, fingerprint, classes, code: null },
      });
    },
  };
}
