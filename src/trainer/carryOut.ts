import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { formatCount, t } from '../protocol/l10n.js';
import type { Checkpoint } from '../learn/checkpoint.js';
import { layoutPreview } from '../learn/evaluate/codeMap.js';
import { train, type Outcome } from '../learn/loop.js';
import { trainedShapes } from '../learn/method/method.js';
import { isSolvedFor, stepsOfEpoch } from '../learn/solve.js';
import type { TaskLearner } from '../learn/task/index.js';
import { countParameters } from '../learn/parameters.js';
import { RunFile, type RunRecord, type RunTeacher } from '../protocol/run.js';
import type { RunSummary } from '../protocol/trainer.js';
import type { Recipe } from '../recipe/recipe.js';
import { keepAssets } from './assets.js';
import { lastPlaces, writeMapExamples } from './codeMaps.js';
import { checkFit } from './checkpoints.js';
import { changedDataFiles, keepDataFiles } from './dataFiles.js';
import { ControlServer, type TrainerSeat } from './control.js';
import type { LoadedDataset } from './dataset.js';
import { evaluateTask, evaluationMetrics, writeEvaluation } from './evaluation.js';
import { describeError, Stopped, UserError } from './errors.js';
import { appendLog } from './log.js';
import type { Prepared, Progress } from './prepare.js';
import { compareRuns, deviationsOf, type Replay } from './reproduce/replay.js';
import { shownTexts } from './shownTexts.js';
import { Recorder, type Display } from './recorder.js';
import type { RunFolder } from './runFolder.js';
import { UmapLayouts } from './layout/umapLayouts.js';
import type { Steering } from './steering.js';
import { trainingOptions, type Work } from './work.js';

/** One run from its folder to its end. */

/** Who started the run and wants to hear of it. */
export interface SessionListener {
  onCreated(run: string, address: string): void;
  onProgress(progress: Progress): void;
  display: Display | null;
  /** Receives a function that stops the run with a checkpoint. */
  onStoppable(stop: () => void): void;
}

export interface Session {
  run: RunFolder;
  /** Left at the end. */
  seat: TrainerSeat;
  steering: Steering;
  listener: SessionListener;
  checkpoint: Checkpoint | null;
  /** What is to be told of the checkpoint. */
  warnings: readonly string[];
  recipe: Recipe;
  work: Work;
  prepare: (tell: (progress: Progress) => void) => Promise<Prepared>;
  /** The run that is done again; null for none. */
  replay: Replay | null;
}

/** What is solved for ends after fewer, usually after some tens. */
const MOST_ITERATIONS = 1000;

/** Trains, and writes down how that ended. @throws what ended it, when it was not the end of the training or a request */
export async function carryOut({
  run,
  seat,
  steering,
  listener,
  checkpoint,
  warnings,
  recipe,
  work,
  prepare,
  replay,
}: Session): Promise<RunSummary> {
  const { record } = run;
  let recorder: Recorder | null = null;
  let layouts: UmapLayouts | null = null;
  const control = new ControlServer(seat, run, (request) => steering.handle(request));
  try {
    record.address = seat.address;
    record.pid = process.pid;
    await run.saveRecord();
    listener.onCreated(run.path, seat.address);
    run.onEvent = (event) => listener.display?.event(event);
    for (const message of warnings) warn(run, message);

    const prepared = await prepare((progress) => {
      listener.onProgress(progress);
      control.push({ type: 'progress', ...progress });
    });
    const { engine, slower, dataset, learner, teacher } = prepared;
    const deviations = replay && (await deviationsOf(replay, prepared, record.start ?? null));
    await noteDataset(run, dataset);
    noteTeacher(run, teacher);
    const options = trainingOptions(recipe, work, dataset.training.count);
    if (checkpoint) checkFit(run.path, checkpoint, learner, options.optimizer);
    Object.assign(record, {
      engine: engine.facts,
      summary: learner.summary,
      parameters: countParameters(trainedShapes(learner)),
      stepsPerEpoch: stepsOfEpoch(learner, dataset.training.count, options.batchSize),
      epochs: isSolvedFor(learner) ? MOST_ITERATIONS : options.epochs,
      started: record.started ?? new Date().toISOString(),
    } satisfies Partial<RunRecord>);
    if (slower !== null) warn(run, slower);

    recorder = new Recorder(
      run,
      control,
      steering,
      listener.display,
      options.keepCheckpoints,
      dataset.training.count,
      shownTexts(dataset.preparation, dataset.assets),
    );
    const isMapped = recipe.map !== 'off';
    if (isMapped) await writeMapExamples(run.path, dataset, options.seed);
    if (recipe.map === 'umap') layouts = new UmapLayouts(options.seed);
    recorder.setState('running');
    const writer = recorder;
    const outcome = await train({
      engine,
      learner,
      options,
      training: dataset.training,
      validation: dataset.watched,
      previewPositions: dataset.previewPositions,
      start: checkpoint,
      observer: recorder,
      ...(isMapped && { map: { before: await lastPlaces(run.path, record.step), layouts } }),
      ...('task' in learner && {
        complete: async (values, progress) => {
          const job = { engine, learner: learner as TaskLearner, options, dataset };
          const evaluated = await evaluateTask(job, values, progress);
          if (!evaluated) return;
          await writeEvaluation(run.path, evaluated);
          Object.assign(record.metrics, evaluationMetrics(evaluated.evaluation));
          writer.alsoShow(progress, evaluated.preview);
        },
      }),
    });
    if (layouts && outcome.reason !== 'stopped')
      await showLastLayout(run, recorder, layouts, outcome, dataset.watched ? 'validation' : 'training');
    await recorder.finish();
    await dataset.close();
    if (isSolvedFor(learner) && outcome.reason === 'completed') record.epochs = outcome.progress.epoch;
    if (replay && deviations) await compareRuns(replay, run, deviations, outcome.reason === 'stopped');
    return await end(run, recorder, outcome);
  } catch (error) {
    await recorder?.settle();
    await fail(run, error);
    throw error;
  } finally {
    record.pid = null;
    record.address = null;
    control.push({ type: 'run', run: record });
    await layouts?.close();
    await run.close();
    await seat.leave();
  }
}

/** The map of the last step, which training did not wait for. A map that does not come is no reason to call a run failed. */
async function showLastLayout(
  run: RunFolder,
  recorder: Recorder,
  layouts: UmapLayouts,
  { progress }: Outcome,
  from: string,
): Promise<void> {
  try {
    const layout = await layouts.complete();
    if (layout) recorder.alsoShow(progress, layoutPreview(layout, from));
  } catch (error) {
    warn(
      run,
      t('The codes could not be laid out by UMAP: {0}.', error instanceof Error ? error.message : String(error)),
      t('The map by principal components is there. Where memory is short, set "map": "pca".'),
    );
  }
}

async function end(run: RunFolder, recorder: Recorder, { reason, progress }: Outcome): Promise<RunSummary> {
  const { record } = run;
  record.ended = new Date().toISOString();
  const early =
    reason === 'earlyStopping'
      ? t(
          'The validation loss no longer fell: the weights of step {0}, the best ones, were brought back.',
          formatCount(progress.bestStep),
        )
      : undefined;
  recorder.setState(reason === 'stopped' ? 'stopped' : 'completed', early);
  await run.flush();
  return {
    run: run.path,
    stage: record.stage,
    method: record.method,
    engine: record.engine?.name ?? 'cpu',
    seed: record.seed,
    epochs: Math.floor(progress.epoch),
    steps: progress.step,
    seconds: record.seconds,
    examplesPerSecond: record.metrics['examplesPerSecond'] ?? 0,
    metrics: record.metrics,
  };
}

/** Writes down why the run failed, or was stopped before it went on, as far as the disk still takes it. */
async function fail(run: RunFolder, error: unknown): Promise<void> {
  const { record } = run;
  const { told, stack } = describeError(error);
  const state = error instanceof Stopped ? 'stopped' : 'failed';
  record.state = state;
  record.error = state === 'failed' ? told : null;
  record.ended = new Date().toISOString();
  run.addEvent({
    step: record.step,
    epoch: record.epoch,
    at: record.ended,
    type: 'state',
    state,
    reason: told.message,
  });
  if (stack !== null) await appendLog(path.join(run.path, RunFile.log), stack);
  await run.flush();
}

/** Keeps what the data were. On a resume tells when they are not what they were. */
async function noteDataset(run: RunFolder, { facts, files, assets, notes }: LoadedDataset): Promise<void> {
  const { record } = run;
  for (const message of notes) warn(run, message);
  const before = record.dataset;
  if (before && !isDeepStrictEqual(before.shape, facts.shape))
    throw new UserError(
      t(
        'The examples have shape [{0}], but this run was trained on [{1}].',
        facts.shape.join(', '),
        before.shape.join(', '),
      ),
      { file: facts.path, advice: t('Bring the old data back, or start the recipe again.') },
    );
  if (!before) {
    await keepDataFiles(run.path, files);
    await keepAssets(run.path, assets);
  } else if (before.fingerprint !== facts.fingerprint) {
    const changes = await changedDataFiles(run.path, files);
    warn(
      run,
      t(
        'The data in {0} have changed since this run began{1}: it goes on, but is no longer the run that its recipe describes.',
        facts.path,
        changes === '' ? '' : ` (${changes})`,
      ),
      t('For a result that can be reproduced, start the recipe again.'),
    );
  }
  record.dataset = facts;
}

/** Keeps who teaches. On a resume tells when the teacher is not what it was. */
function noteTeacher(run: RunFolder, teacher: RunTeacher | null): void {
  if (teacher === null) return;
  const before = run.record.teacher;
  if (before && before.fingerprint !== teacher.fingerprint)
    warn(
      run,
      t(
        'The teacher {0} has changed since this run began: it goes on, but is no longer the run that its recipe describes.',
        teacher.path,
      ),
      t('For a result that can be reproduced, start the recipe again.'),
    );
  run.record.teacher = teacher;
}

/** Tells something in the run's events. */
export function warn(run: RunFolder, message: string, advice?: string): void {
  const { step, epoch } = run.record;
  run.addEvent({
    step,
    epoch,
    at: new Date().toISOString(),
    type: 'diagnosis',
    level: 'warning',
    message,
    ...(advice === undefined ? {} : { advice }),
  });
}
