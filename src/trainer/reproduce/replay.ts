import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import {
  CheckpointFile,
  effectiveState,
  RunFile,
  type RunEvent,
  type RunRecord,
  type RunStart,
} from '../../protocol/run.js';
import {
  REPRODUCTION_FORMAT,
  type CheckpointComparison,
  type ReproductionRecord,
  type TensorDifference,
} from '../../protocol/reproduction.js';
import { checkpointFile, checkpointSteps } from '../checkpoints.js';
import { isTrained } from '../control.js';
import { reasonOf, UserError } from '../errors.js';
import { errorCode, writeFileAtomic } from '../files.js';
import type { Prepared } from '../prepare.js';
import { readRecord, type RunFolder } from '../runFolder.js';
import type { Course } from '../steering.js';
import { deviations, type Deviations } from './circumstances.js';
import { compareMetrics, compareTensors, metricTable, type MetricTable } from './compare.js';
import { comparedSentences, isSame, reportMarkdown, verdict, type Findings } from './report.js';

/** A recorded run that another one does again, step by step. */

export interface Replay extends Course {
  /** Of the recorded run. */
  id: string;
  folder: string;
  record: RunRecord;
  /** Threads within one operation; null where it is not known. */
  threads: number | null;
  /** Hears what is otherwise than then before anything is trained; what it throws ends that. */
  onPrepared(deviations: Deviations): void | Promise<void>;
}

/**
 * @param folder of the recorded run
 * @throws UserError when there is nothing that could be done again
 */
export async function readReplay(folder: string, onPrepared: Replay['onPrepared']): Promise<Replay> {
  const record = await readRecord(folder);
  if (await isTrained(folder, record))
    throw new UserError(t('The run {0} is still being trained.', record.id), {
      file: folder,
      advice: t('Wait for its end, or stop it: then it is reproduced up to there.'),
    });
  const table = await readMetricTable(folder);
  const checkpoints = await checkpointSteps(folder);
  if (table.size === 0 && checkpoints.length === 0)
    throw new UserError(t('The run {0} has measured and learned nothing that could be compared.', record.id), {
      file: folder,
      advice: t('Start its recipe instead.'),
    });
  return {
    id: record.id,
    folder,
    record,
    threads: record.engine?.threads ?? null,
    onPrepared,
    learningRates: changesOf(await readEvents(folder)),
    end: effectiveState(record, false) === 'completed' ? null : endOf(record, table, checkpoints),
  };
}

/**
 * Where a run is compared to that did not come to its end: its last step, as long as the last checkpoint comes by
 * itself on the way there, else that checkpoint.
 */
function endOf({ stepsPerEpoch }: RunRecord, table: MetricTable, checkpoints: readonly number[]): number {
  const last = Math.max(0, ...table.keys());
  const checkpoint = checkpoints.at(-1);
  return checkpoint !== undefined && stepsPerEpoch > 0 && checkpoint % stepsPerEpoch !== 0 ? checkpoint : last;
}

/**
 * What a person changed of the learning rate, in order. What came after the checkpoint from which a crashed run was
 * resumed was lost with the steps after it.
 */
export function changesOf(events: readonly RunEvent[]): Course['learningRates'] {
  let changes: Course['learningRates'] = [];
  /** How many changes each checkpoint holds, by its step. */
  const held = new Map<number, number>();
  for (const event of events) {
    const { step } = event;
    if (event.type === 'change' && event.automatic !== true) changes.push({ step, to: event.to });
    else if (event.type === 'checkpoint') held.set(step, changes.length);
    else if (event.type === 'state' && event.state === 'running') {
      const count = held.get(step); // "running" also follows a pause, in whose course nothing is lost
      if (count !== undefined) changes = changes.filter((change, index) => index < count || change.step <= step);
    }
  }
  return changes;
}

/** The same, of a run that goes on at a step; null where it has come as far as the other, and goes on by itself. */
export function replayFrom(replay: Replay, step: number): Replay | null {
  if (replay.end !== null && step >= replay.end) return null;
  return { ...replay, learningRates: replay.learningRates.filter((change) => change.step >= step) };
}

/** What is otherwise than then. @param start what it starts from now; null for nothing */
export function deviationsOf(
  { folder, record }: Replay,
  { engine, dataset, teacher }: Prepared,
  start: RunStart | null,
): Promise<Deviations> {
  const { facts, files } = dataset;
  return deviations(folder, record, { engine: engine.facts, dataset: facts, files, teacher, start });
}

/**
 * Compares what the run came to with what is recorded, and writes it into its folder.
 * @throws UserError when what is recorded can no longer be read
 */
export async function compareRuns(
  replay: Replay,
  run: RunFolder,
  { grave, slight }: Deviations,
  wasStopped: boolean,
): Promise<ReproductionRecord> {
  await run.flush();
  const now = await readMetricTable(run.path);
  const recorded = await readMetricTable(replay.folder);
  const { step } = run.record;
  const wanted = replay.end ?? replay.record.step;
  const complete = !wasStopped || step >= wanted;
  const end = complete ? wanted : step;
  const findings: Findings = {
    of: { id: replay.id, folder: replay.folder },
    complete,
    lastSteps: { recorded: end, reproduced: step },
    metrics: compareMetrics(recorded, now, end),
    checkpoints: await compareCheckpoints(replay.folder, run.path),
    evaluation: await compareEvaluations(replay.folder, run.path),
  };
  const record: ReproductionRecord = {
    format: REPRODUCTION_FORMAT,
    of: findings.of,
    run: run.path,
    same: isSame(findings),
    complete,
    lastSteps: findings.lastSteps,
    verdict: verdict(findings),
    compared: comparedSentences(findings),
    circumstances: [...grave, ...slight],
    metrics: findings.metrics,
    checkpoints: findings.checkpoints,
  };
  await writeFileAtomic(path.join(run.path, RunFile.reproductionReport), reportMarkdown(record));
  await writeFileAtomic(path.join(run.path, RunFile.reproduction), JSON.stringify(record, null, 2) + '\n');
  return record;
}

async function compareCheckpoints(recorded: string, reproduced: string): Promise<CheckpointComparison[]> {
  const others = await checkpointSteps(reproduced);
  const both = (await checkpointSteps(recorded)).filter((step) => others.includes(step));
  const found: CheckpointComparison[] = [];
  for (const step of both) {
    let first: TensorDifference | null = null;
    for (const name of [CheckpointFile.weights, CheckpointFile.optimizer])
      first ??= await compareTensorFiles(
        name,
        checkpointFile(recorded, step, name),
        checkpointFile(reproduced, step, name),
      );
    found.push({ step, first });
  }
  return found;
}

async function compareTensorFiles(
  name: string,
  recorded: string,
  reproduced: string,
): Promise<TensorDifference | null> {
  try {
    return compareTensors(name, await readFile(recorded), await readFile(reproduced));
  } catch (error) {
    throw new UserError(t('{0} cannot be compared with {1}: {2}.', recorded, reproduced, reasonOf(error)), {
      file: recorded,
    });
  }
}

/** Null where one of them has none. */
async function compareEvaluations(recorded: string, reproduced: string): Promise<boolean | null> {
  let all: boolean | null = null;
  for (const name of [RunFile.evaluation, RunFile.predictions]) {
    const [before, now] = await Promise.all([recorded, reproduced].map((run) => readIfThere(path.join(run, name))));
    if (before && now) all = (all ?? true) && before.equals(now);
  }
  return all;
}

async function readMetricTable(run: string): Promise<MetricTable> {
  return metricTable((await readIfThere(path.join(run, RunFile.metrics)))?.toString('utf8') ?? '');
}

async function readEvents(run: string): Promise<RunEvent[]> {
  const text = (await readIfThere(path.join(run, RunFile.events)))?.toString('utf8') ?? '';
  return text.split('\n').flatMap((line): RunEvent[] => {
    try {
      return [JSON.parse(line) as RunEvent];
    } catch {
      return []; // cut off by a power cut
    }
  });
}

/** @throws the file system's error, but for a file that is not there */
async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
