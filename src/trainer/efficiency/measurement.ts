import { lstat, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import {
  EFFICIENCY_FOLDER,
  EFFICIENCY_FORMAT,
  EfficiencyFile,
  type EfficiencyLine,
  type EfficiencyRecord,
} from '../../protocol/efficiency.js';
import { modes } from '../../learn/task/index.js';
import type { Recipe } from '../../recipe/recipe.js';
import { alone } from '../alone.js';
import { errorCode, fileTrouble } from '../files.js';
import { reasonOf, UserError } from '../errors.js';
import { LineFile } from '../lineFile.js';
import type { Progress } from '../prepare.js';
import { trainingOptions, type Parent } from '../work.js';
import { Crew, type Hand } from './crew.js';
import { meansOf } from './means.js';
import type { Facts, Job } from './messages.js';
import { chosen, feasible, idOf, jobsOf, parseLines, remaining, type Wishes } from './plan.js';
import type { MeasurementProgress } from './progress.js';
import { writeResults } from './results.js';
import { sentenceOf, verdictsOf } from './sentence.js';

/** Steps that take as long as all else that a point needs. */
const BESIDES = 50;

export interface Measurement {
  recipe: Recipe;
  recipePath: string | null;
  dataPath: string;
  /** Folder of the runs. */
  runs: string;
  parent: Parent;
  wishes: Wishes;
  /** Processes that share the work. */
  workers: number;
  /** Forgets points that are there. */
  startOver: boolean;
}

export interface EfficiencyListener {
  onOpening(progress: Progress): void;
  /** What a person should know of data, engine or workers. */
  onNote(message: string): void;
  onPlanned(folder: string, points: number, finished: number): void;
  onProgress(progress: MeasurementProgress): void;
  onMeasured(line: EfficiencyLine): void;
  /** Receives a function that ends the measurement; what is finished stays. */
  onStoppable(stop: () => void): void;
}

export interface Measured {
  folder: string;
  record: EfficiencyRecord;
  outcome: { points: EfficiencyLine[]; missing: number; stopped: boolean };
}

/**
 * Measures the points that are not there yet.
 * @throws UserError, DataError, EngineError saying what is wrong with recipe, run, data, machine or disk; Stopped when
 * it was stopped before there was anything to measure
 */
export async function measureEfficiency(measurement: Measurement, listener: EfficiencyListener): Promise<Measured> {
  const { dataPath, runs, parent, wishes } = measurement;
  const recipe: Recipe = { ...measurement.recipe, encoder: parent.recipe.encoder };
  const { folder: run, step } = parent;
  const most = Math.max(...wishes.labelsPerClass);
  const crew = new Crew({ recipe, dataPath, runs, run, step, most }, listener);
  listener.onStoppable(() => crew.stop());
  try {
    const { facts, first } = await crew.open();
    facts.notes.forEach((note) => listener.onNote(note));
    const id = idOf(recipe, parent, facts);
    const folder = path.join(run, EFFICIENCY_FOLDER, id);
    await makeFolder(folder);
    const measured = await alone(folder, () =>
      measureInto(folder, id, { measurement, recipe, facts, crew, first }, listener),
    );
    if (measured) return measured;
    throw new UserError(t('This is being measured already, into {0}.', folder), {
      file: folder,
      advice: t('Wait until it ends, or stop it.'),
    });
  } finally {
    crew.stop();
  }
}

interface Measuring {
  measurement: Measurement;
  recipe: Recipe;
  facts: Facts;
  crew: Crew;
  first: Hand;
}

async function measureInto(
  folder: string,
  id: string,
  { measurement, recipe, facts, crew, first }: Measuring,
  listener: EfficiencyListener,
): Promise<Measured> {
  const { wishes, workers, startOver } = measurement;
  const { tooMany, most, ...plan } = feasible(wishes, facts.available);
  if (tooMany.length > 0)
    listener.onNote(
      t(
        'No class has more than {0} labelled examples to train on: instead of {1} labels per class all are used.',
        formatCount(most),
        tooMany.map(formatCount).join(', '),
      ),
    );
  const jobs = jobsOf(plan);
  const file = path.join(folder, EfficiencyFile.points);
  if (startOver) await rm(file, { force: true });
  const lines = chosen(jobs, await readLines(file));
  const todo = remaining(jobs, lines);
  listener.onPlanned(folder, jobs.length, lines.length);

  const weight = (job: Job): number => weightOf(recipe, job, facts.available);
  const work = todo.reduce((sum, job) => sum + weight(job), 0);
  let done = 0;
  const underWay = new Map<Job, number>();
  const show = (): void => {
    const half = [...underWay].reduce((sum, [job, fraction]) => sum + fraction * weight(job), 0);
    listener.onProgress({ finished: lines.length, points: jobs.length, done: done + half, work });
  };
  const points = await LineFile.open(file).catch((error: unknown) => {
    throw diskTrouble(file, error);
  });
  try {
    const missing = await crew.measure(todo, first, workers, {
      onMeasuring(job, fraction) {
        underWay.set(job, fraction);
        show();
      },
      onMeasured(job, line) {
        underWay.delete(job);
        done += weight(job);
        lines.push(line);
        points.add(line);
        listener.onMeasured(line);
        show();
        if (points.error !== null) crew.stop();
      },
    });
    await points.flush();
    if (points.error !== null) throw diskTrouble(file, points.error);
    const record = recordOf(id, { measurement, recipe, facts, plan, lines, isComplete: missing.length === 0 });
    await writeResults(folder, record, chosen(jobs, lines), titleOf).catch((error: unknown) => {
      throw diskTrouble(folder, error);
    });
    return {
      folder,
      record,
      outcome: { points: chosen(jobs, lines), missing: missing.length, stopped: crew.isStopped },
    };
  } finally {
    await points.close();
  }
}

interface Known extends Pick<Measuring, 'measurement' | 'recipe' | 'facts'> {
  plan: Wishes;
  lines: EfficiencyLine[];
  isComplete: boolean;
}

function recordOf(id: string, { measurement, recipe, facts, plan, lines, isComplete }: Known): EfficiencyRecord {
  const { parent, recipePath, dataPath } = measurement;
  const { fingerprint, engine, from, count, measure, classes } = facts;
  const means = meansOf(chosen(jobsOf(plan), lines), plan.modes);
  return {
    format: EFFICIENCY_FORMAT,
    id,
    run: parent.id,
    step: parent.step,
    recipePath,
    name: recipe.name,
    dataPath,
    fingerprint,
    engine,
    from,
    count,
    measure,
    classes,
    ...plan,
    complete: isComplete,
    means,
    verdicts: verdictsOf(means),
    sentence: sentenceOf(means, measure, recipe.finetune.labelsPerClass, (mode) => titleOf(mode).toLowerCase()),
  };
}

/** A mode's name for people, e.g. "Linear probe" for "probe". */
export function titleOf(mode: string): string {
  return modes[mode as keyof typeof modes].description.title;
}

/** How long a point may take compared with others: by its steps, and what opening and measuring take besides. */
function weightOf(recipe: Recipe, { mode, labelsPerClass }: Job, available: readonly number[]): number {
  const { headRate } = modes[mode as keyof typeof modes].plan({}, []);
  if (headRate === 0) return BESIDES; // it is solved, without steps
  const labels = available.reduce((sum, count) => sum + Math.min(count, labelsPerClass), 0);
  const { epochs, batchSize } = trainingOptions(recipe, { stage: 'finetune' }, labels);
  return BESIDES + epochs * Math.ceil(labels / batchSize);
}

async function readLines(file: string): Promise<EfficiencyLine[]> {
  try {
    return parseLines(await readFile(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new UserError(t('{0} cannot be read: {1}.', file, reasonOf(error)), {
      file,
      advice: t('Remove it, or start over with --new.'),
    });
  }
}

/** Nothing is written to where a symbolic link leads: the run may come from elsewhere. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskTrouble(folder, error);
  }
  for (const place of [path.dirname(folder), folder])
    if ((await lstat(place)).isSymbolicLink())
      throw new UserError(t('{0} is a symbolic link: measuring would write to where it leads.', place), {
        file: place,
        advice: t('Put there what it leads to.'),
      });
}

function diskTrouble(file: string, error: unknown): UserError {
  const { reason, advice } = fileTrouble(error);
  return new UserError(t('{0} could not be written: {1}.', file, reason), {
    file,
    advice: t('{0}, then give the same command again: it goes on.', advice),
  });
}
