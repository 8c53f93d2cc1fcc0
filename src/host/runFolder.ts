import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { grouped, t } from '../protocol/l10n.js';
import { reason } from './message.js';
import { RUN_FORMAT, RunFile, stepName, type RunRecord, type RunState } from '../protocol/run.js';

/** Reading run folders: all of it asynchronous, and nothing is believed that was not checked. */

/** A record has about 2 kB; a file far above that is none of ours and must not hold up the editor. */
const MAX_RECORD_BYTES = 1_000_000;
const MAX_SAMPLE_BYTES = 256 * 1024 * 1024;

const states: readonly RunState[] = ['preparing', 'running', 'paused', 'stopped', 'completed', 'failed'];

/** A run folder that cannot be shown; the message says what is wrong with which file. */
export class RunFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunFolderError';
  }
}

/** @throws RunFolderError when run.json is missing, damaged, far too large, or of a newer format than this version knows. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const file = path.join(folder, RunFile.run);
  return parseRunRecord((await readAtMost(file, MAX_RECORD_BYTES)).toString('utf8'), file);
}

/** @throws RunFolderError as {@link readRunRecord}. */
export function parseRunRecord(text: string, file: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunFolderError(t('{0} is not valid JSON: {1}', file, reason(error)));
  }
  return asRunRecord(value, file);
}

/** @throws RunFolderError as {@link readRunRecord}; `file` says where the record comes from. */
export function asRunRecord(value: unknown, file: string): RunRecord {
  if (!isObject(value) || typeof value['format'] !== 'number')
    throw new RunFolderError(t('{0} is not the record of a run.', file));
  if (value['format'] > RUN_FORMAT) {
    throw new RunFolderError(
      t(
        '{0} was written by a newer version of Pretrain Studio (format {1}, this version reads up to {2}). Update the extension to open this run.',
        file,
        value['format'],
        RUN_FORMAT,
      ),
    );
  }
  for (const [name, check] of Object.entries(fields)) {
    if (!check(value[name]))
      throw new RunFolderError(t('{0} is damaged: "{1}" is missing or has a wrong type.', file, name));
  }
  return value as unknown as RunRecord;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);

/** What is shown or acted upon; the rest of the record goes to the monitor as it is. */
const fields: Partial<Record<keyof RunRecord, (value: unknown) => boolean>> = {
  id: isText,
  name: isText,
  method: isText,
  parent: orNull(isText),
  summary: isText,
  engine: orNull(isObject),
  state: (value) => states.includes(value as RunState),
  epochs: isCount,
  step: isCount,
  epoch: isCount,
  learningRate: isCount,
  created: isText,
  seconds: isCount,
  pid: orNull(isCount),
  address: orNull(isText),
  recipePath: orNull(isText),
  metrics: isObject,
  error: orNull((value) => isObject(value) && isText(value['message'])),
};

/** Folders directly under `root` that hold a run.json, be it readable or not; none when `root` is not there. */
export async function listRunFolders(root: string): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(root, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const folders = names.map((name) => path.join(root, name));
  const present = await Promise.all(
    folders.map((folder) =>
      stat(path.join(folder, RunFile.run)).then(
        () => true,
        (error: unknown) => !isMissing(error),
      ),
    ),
  );
  return folders.filter((_, index) => present[index]);
}

/** Bytes of a file, or null when it is not there. */
export async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether the run has written a checkpoint. One that cannot be looked at has none; its trainer says why. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  const names = await readdir(path.join(folder, RunFile.checkpoints)).catch(() => []);
  return names.some((name) => /^\d+$/.test(name)); // what is being written has another name until it is complete
}

/** The recipe that a run went by, whatever it holds. @throws RunFolderError when it cannot be read, or is no JSON. */
export async function readRecipe(folder: string): Promise<unknown> {
  const file = path.join(folder, RunFile.recipe);
  const text = (await readAtMost(file, MAX_RECORD_BYTES)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunFolderError(t('{0} is not valid JSON: {1}', file, reason(error)));
  }
}

/** The sample drawn after `step`, or null when there is none. @throws RangeError when `step` is no step, RunFolderError when it cannot be read. */
export async function readSample(folder: string, step: number): Promise<Uint8Array | null> {
  if (!Number.isSafeInteger(step) || step < 0) throw new RangeError(`${String(step)} is not a step.`);
  return bytesOf(path.join(folder, RunFile.samples, `${stepName(step)}.safetensors`));
}

/** What the maps of codes show the places of; null when it is not there. @throws RunFolderError when it cannot be read. */
export function readExamples(folder: string): Promise<Uint8Array | null> {
  return bytesOf(path.join(folder, RunFile.examples));
}

async function bytesOf(file: string): Promise<Uint8Array | null> {
  if ((await sizeOf(file)) === null) return null;
  // A copy without Node's Buffer, which turns into text on its way to a webview.
  return new Uint8Array(await readAtMost(file, MAX_SAMPLE_BYTES));
}

/** @throws RunFolderError when it cannot be read, is no plain file (a pipe would be waited for), or larger than `most` bytes. */
async function readAtMost(file: string, most: number): Promise<Buffer> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error(t('it is not a file'));
    if (found.size > most) throw new Error(t('it is too large ({0} bytes)', grouped(found.size)));
    return await readFile(file);
  } catch (error) {
    throw new RunFolderError(t('{0} cannot be read: {1}', file, reason(error)));
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
