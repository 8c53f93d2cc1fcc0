import { lstat, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { t } from '../protocol/l10n.js';
import { RunFile, RUN_FORMAT, stepName, type MetricRecord, type RunEvent, type RunRecord } from '../protocol/run.js';
import { encodeSafetensors, type TensorFile } from '../protocol/safetensors.js';
import type { Recipe } from '../recipe/recipe.js';
import { UserError } from './errors.js';
import { fileTrouble, writeFileAtomic } from './files.js';
import { programName } from './callAgain.js';
import { LineFile } from './lineFile.js';

/** One run's folder, as its trainer writes it. See protocol/run.ts for what is in it. */
export class RunFolder {
  private writingRecord: Promise<void> = Promise.resolve();
  private recordError: unknown = null;
  /** Hears each event as it is added. */
  onEvent: ((event: RunEvent) => void) | null = null;

  private constructor(
    readonly path: string,
    /** Changed in place by the trainer; {@link saveRecord} writes it. */
    readonly record: RunRecord,
    readonly metrics: LineFile,
    readonly events: LineFile,
  ) {}

  /** Makes the folder of a new run. @throws UserError when it cannot be made. */
  static async create(
    runs: string,
    record: Omit<RunRecord, 'format' | 'id' | 'created'>,
    recipe: Recipe,
  ): Promise<RunFolder> {
    const created = new Date();
    const id = runId(record.name, created);
    const folder = path.join(runs, id);
    let made = false;
    try {
      await mkdir(runs, { recursive: true });
      await mkdir(folder); // fails if it is there: an id is never used twice
      made = true;
      await mkdir(path.join(folder, RunFile.samples));
      await mkdir(path.join(folder, RunFile.checkpoints));
      await ignoreByGit(path.dirname(runs));
      await writeFileAtomic(path.join(folder, RunFile.recipe), JSON.stringify(recipe, null, 2) + '\n');
      return await RunFolder.attach(folder, { format: RUN_FORMAT, id, created: created.toISOString(), ...record });
    } catch (error) {
      if (made) await rm(folder, { recursive: true, force: true });
      const { reason, advice } = fileTrouble(error);
      throw new UserError(t('The run folder {0} could not be written: {1}.', folder, reason), {
        file: folder,
        advice: t('{0}, then start again.', advice),
      });
    }
  }

  /** Opens the folder of a run that is to go on. @throws UserError when it is no run folder, or of a newer version. */
  static async open(folder: string): Promise<RunFolder> {
    const record = await readRecord(folder);
    try {
      return await RunFolder.attach(folder, record);
    } catch (error) {
      const { reason, advice } = fileTrouble(error);
      throw new UserError(t('The run folder {0} cannot be written: {1}.', folder, reason), {
        file: folder,
        advice: t('{0}, then resume again.', advice),
      });
    }
  }

  private static async attach(folder: string, record: RunRecord): Promise<RunFolder> {
    const metrics = await LineFile.open(path.join(folder, RunFile.metrics));
    const events = await LineFile.open(path.join(folder, RunFile.events));
    const run = new RunFolder(folder, record, metrics, events);
    await writeFileAtomic(path.join(folder, RunFile.run), JSON.stringify(record, null, 2) + '\n');
    return run;
  }

  /** What went wrong while writing in the background, as a message for people; null while all is well. */
  get trouble(): UserError | null {
    const [file, error] =
      this.metrics.error !== null
        ? [this.metrics.path, this.metrics.error]
        : this.events.error !== null
          ? [this.events.path, this.events.error]
          : [path.join(this.path, RunFile.run), this.recordError];
    if (error === null) return null;
    return writeTrouble(file, error);
  }

  addMetrics(record: MetricRecord): void {
    this.metrics.add(record);
  }

  addEvent(event: RunEvent): void {
    this.events.add(event);
    this.onEvent?.(event);
  }

  /** Writes `run.json` as the record is now; calls are written one after the other. */
  saveRecord(): Promise<void> {
    const content = JSON.stringify(this.record, null, 2) + '\n';
    this.writingRecord = this.writingRecord.then(async () => {
      try {
        await writeFileAtomic(path.join(this.path, RunFile.run), content);
      } catch (error) {
        this.recordError ??= error;
      }
    });
    return this.writingRecord;
  }

  /** @throws UserError when the sample cannot be written. */
  async writeSample(step: number, sample: TensorFile): Promise<void> {
    const file = path.join(this.path, RunFile.samples, `${stepName(step)}.safetensors`);
    try {
      await writeFileAtomic(file, encodeSafetensors(sample));
    } catch (error) {
      throw writeTrouble(file, error);
    }
  }

  /** Everything added so far is on the disk, as far as the disk takes it. */
  async flush(): Promise<void> {
    await Promise.all([this.metrics.flush(), this.events.flush(), this.writingRecord]);
  }

  async close(): Promise<void> {
    await this.saveRecord();
    await Promise.all([this.metrics.close(), this.events.close()]);
  }

  /** Of a run that could not begin. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

/** @throws UserError when something in a run folder from elsewhere is a link, and writing would change what it leads to. */
export async function refuseLinks(folder: string): Promise<void> {
  for (const name of Object.values(RunFile)) {
    const file = path.join(folder, name);
    const found = await lstat(file).catch(() => null); // not there, or told when it is opened
    if (found?.isSymbolicLink())
      throw new UserError(t('{0} is a symbolic link: going on with this run would write to where it leads.', file), {
        file,
        advice: t('Put there what it leads to, then resume again.'),
      });
  }
}

export function writeTrouble(file: string, error: unknown): UserError {
  const { reason, advice } = fileTrouble(error);
  return new UserError(t('{0} could not be written: {1}.', file, reason), {
    file,
    advice: t('{0}, then resume the run: it goes on from its last checkpoint.', advice),
  });
}

/** Reads and checks `run.json`. @throws UserError saying what is wrong with it. */
export async function readRecord(folder: string): Promise<RunRecord> {
  const file = path.join(folder, RunFile.run);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new UserError(t('{0} is not a run folder: it has no {1}.', folder, RunFile.run), {
      file: folder,
      advice: t('Give the path of a folder in .pretrain/runs; "{0} runs" lists them.', programName()),
    });
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw new UserError(t('{0} is damaged: it is not JSON.', file), { file });
  }
  const { format, id, step } = (typeof record === 'object' && record !== null ? record : {}) as {
    format?: unknown;
    id?: unknown;
    step?: unknown;
  };
  if (typeof format === 'number' && format > RUN_FORMAT)
    throw new UserError(
      t('{0} was written by a newer version (format {1}; this one reads up to {2}).', file, format, RUN_FORMAT),
      { file, advice: t('Update Pretrain Studio.') },
    );
  if (format !== RUN_FORMAT || typeof id !== 'string' || typeof step !== 'number')
    throw new UserError(t('{0} is damaged: it is not the record of a run.', file), { file });
  return record as RunRecord;
}

/** Run folders, newest first. Folders that are no runs are left out. */
export async function listRuns(runs: string): Promise<{ folder: string; record: RunRecord }[]> {
  const names = await readdir(runs).catch(() => [] as string[]);
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = path.join(runs, name);
      try {
        return { folder, record: await readRecord(folder) };
      } catch {
        return null;
      }
    }),
  );
  return found.filter((run) => run !== null).sort((a, b) => (a.record.created < b.record.created ? 1 : -1));
}

/** e.g. "20261124-201530-mnist-3f9a": sorts by time, tells people what it is, and is safe as a folder's name everywhere. */
function runId(name: string, created: Date): string {
  const time = created.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const safe = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${time}-${safe || 'run'}-${randomBytes(2).toString('hex')}`;
}

/** Runs are large and belong to this machine. A folder that ignores itself needs no change to anybody's files. */
async function ignoreByGit(folder: string): Promise<void> {
  const file = path.join(folder, '.gitignore');
  const there = await readFile(file).catch(() => null);
  if (path.basename(folder) === '.pretrain' && there === null) await writeFileAtomic(file, '*\n');
}
