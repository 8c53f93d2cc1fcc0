import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  EFFICIENCY_FOLDER,
  EFFICIENCY_FORMAT,
  EfficiencyFile,
  type EfficiencyMean,
  type EfficiencyRecord,
} from '../protocol/efficiency.js';
import { grouped, t } from '../protocol/l10n.js';
import { reason } from './message.js';

/** Measurements of label efficiency in the folders of runs; nothing is believed that was not checked. */

/** A record of 100 budgets in all modes is far below, a drawing too. */
const MOST_BYTES = 2_000_000;

export class EfficiencyResult {
  constructor(
    /** Of the measurement. */
    readonly folder: string,
    /** When it was written, ISO 8601. */
    readonly at: string,
    /** Null where it cannot be read; then there is a problem. */
    readonly record: EfficiencyRecord | null,
    /** Which file is wrong, and how. */
    readonly problem: string | null = null,
  ) {}

  /** Folder of the run whose encoder was measured. */
  get run(): string {
    return path.dirname(path.dirname(this.folder));
  }
}

/** What was measured of a run's encoder, the latest first. A measurement without results yet is none. */
export async function listEfficiency(run: string): Promise<EfficiencyResult[]> {
  const within = path.join(run, EFFICIENCY_FOLDER);
  const entries = await readdir(within, { withFileTypes: true }).catch(() => []); // most runs have none
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(within, name));
  const found = await Promise.all(folders.map(readEfficiency));
  return found.filter((one) => one !== null).sort((a, b) => (a.at > b.at ? -1 : 1));
}

/** Null where nothing was written yet. */
export async function readEfficiency(folder: string): Promise<EfficiencyResult | null> {
  const file = path.join(folder, EfficiencyFile.record);
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  const at = found.mtime.toISOString();
  try {
    const value: unknown = JSON.parse(await readText(file));
    return new EfficiencyResult(folder, at, checked(value));
  } catch (error) {
    return new EfficiencyResult(folder, at, null, t('{0} cannot be read: {1}', file, reason(error)));
  }
}

/** The picture as SVG. @throws Error with the reason when it cannot be read */
export function readDrawing(folder: string): Promise<string> {
  return readText(path.join(folder, EfficiencyFile.drawing));
}

async function readText(file: string): Promise<string> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error(t('it is not a file'));
  if (found.size > MOST_BYTES) throw new Error(t('it is too large ({0} bytes)', grouped(found.size)));
  return readFile(file, 'utf8');
}

/** @throws Error that says what is wrong */
function checked(value: unknown): EfficiencyRecord {
  if (!isObject(value) || typeof value['format'] !== 'number') throw new Error(t('it is no record of a measurement'));
  if (value['format'] > EFFICIENCY_FORMAT)
    throw new Error(t('a newer version of Pretrain Studio wrote it; update the extension'));
  for (const [name, check] of Object.entries(fields))
    if (!check(value[name])) throw new Error(t('"{0}" is missing or has a wrong type', name));
  return value as unknown as EfficiencyRecord;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isList = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check);

/** Not `gain`, which is not shown: records from before it was measured stay readable. */
const meanFields: Partial<Record<keyof EfficiencyMean, (value: unknown) => boolean>> = {
  mode: isText,
  labelsPerClass: isNumber,
  seeds: isNumber,
  mean: isNumber,
  low: (value) => value === null || isNumber(value),
  high: (value) => value === null || isNumber(value),
};

/** What is shown or acted upon. */
const fields: Partial<Record<keyof EfficiencyRecord, (value: unknown) => boolean>> = {
  id: isText,
  run: isText,
  step: isNumber,
  name: isText,
  dataPath: isText,
  engine: isText,
  from: isText,
  count: isNumber,
  measure: (value) => value === 'accuracy' || value === 'macroF1',
  classes: isList(isText),
  modes: isList(isText),
  labelsPerClass: isList(isNumber),
  seeds: isList(isNumber),
  complete: (value) => typeof value === 'boolean',
  means: isList((value) => isObject(value) && Object.entries(meanFields).every(([name, check]) => check(value[name]))),
  verdicts: isList((value) => isObject(value) && isNumber(value['labelsPerClass']) && isText(value['verdict'])),
  sentence: isText,
};
