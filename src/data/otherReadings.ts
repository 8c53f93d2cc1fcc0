/** When data can be read in more than one way: which ways these are, and how a recipe chooses. */
import { t } from '../protocol/l10n.js';
import { guessPatterns } from './filePattern.js';
import type { Detection, Reading } from './reader.js';

/** More would be a list of all that is thinkable. */
const MOST = 3;

/** What the names of files, or of columns, tell of their labels. */
export interface NameReadings {
  /** Where labels are taken from; null when names tell nothing. */
  taken: Reading | null;
  others: Reading[];
}

export const NO_READINGS: NameReadings = { taken: null, others: [] };

/** @param names of files in one folder, without classes of its own */
export async function readingsOfNames(names: readonly string[]): Promise<NameReadings> {
  const [likeliest, ...others] = await guessPatterns(names);
  if (!likeliest) return NO_READINGS;
  const { part, label, name, pattern } = likeliest;
  return {
    taken: {
      title: fromPart(part, label),
      reason: t('The label is taken from part {0} of the file names: "{1}" in {2} ({3}).', part, label, name, pattern),
      data: { filePattern: pattern },
    },
    others: others.map(labelElsewhere),
  };
}

/** @param paths of files below folders that name their classes: "cat/7_jackson_32.wav" */
export async function readingsBesideFolders(paths: readonly string[]): Promise<NameReadings> {
  const parts = paths.map((path) => path.split(/[/\\]/));
  const guesses = await guessPatterns(parts.map((steps) => steps.at(-1) ?? ''));
  const folder = parts[0]?.at(-2) ?? '';
  return {
    taken: { title: fromFolders(folder), reason: '', data: {} },
    others: guesses.filter(({ label }) => label.toLowerCase() !== folder.toLowerCase()).map(labelElsewhere),
  };
}

/**
 * A table names the files; what else might tell their labels.
 * @param layout of the folders @param paths of the files
 */
export async function readingsBesideTable(
  table: string,
  layout: 'flat' | 'classes' | 'splits',
  paths: readonly string[],
): Promise<NameReadings> {
  const steps = (paths[0] ?? '').split(/[/\\]/);
  const label = steps[steps.length - 2];
  const told = layout === 'splits' ? ['{split}', '{label}', '*'] : ['{label}', '*'];
  const filePattern = [...steps.slice(told.length).map(() => '*'), ...told].join('/');
  const folders: Reading = {
    title: fromFolders(label ?? ''),
    reason: t('The label could also be in the names of their folders, such as "{0}".', label ?? ''),
    data: { filePattern },
  };
  const hasFolders = layout !== 'flat' && steps.length >= told.length;
  return {
    taken: {
      title: t('Labels from {0}', table),
      reason: t('Labels are taken from {0}, which names the files.', table),
      data: {},
    },
    others: [...(hasFolders ? [folders] : []), ...(await readingsBesideFolders(paths)).others],
  };
}

/** One text, which is no list of documents. */
export function readingsOfText(): NameReadings {
  return {
    taken: { title: t('Each line or paragraph'), reason: '', data: {} },
    others: [
      {
        title: t('Stretches of equal length, one after the other'),
        reason: t(
          'It could also be cut into stretches of equal length, as a language model takes that is to write on.',
        ),
        data: { text: { unit: 'window' } },
      },
    ],
  };
}

function fromPart(part: number, label: string): string {
  return t('Label from part {0} of the file names, such as "{1}"', part, label);
}

function fromFolders(label: string): string {
  return t('Label from the names of the folders, such as "{0}"', label);
}

function labelElsewhere({ part, label, pattern }: { part: number; label: string; pattern: string }): Reading {
  return {
    title: fromPart(part, label),
    reason: t('The label could also be part {0} of the file names, such as "{1}".', part, label),
    data: { filePattern: pattern },
  };
}

/** The detections as they were; what is less likely is another reading of the first. */
export function withOtherFormats(detections: readonly Detection[], titleOf: (format: string) => string): Detection[] {
  const [likeliest, ...rest] = detections;
  if (!likeliest) return [];
  // A text beside other data mostly describes it.
  const formats = rest.filter(({ format }) => format !== 'text');
  const others = [
    ...formats.map(({ format, reason }): Reading => ({
      title: titleOf(format),
      reason: t('It could also be read as "{0}": {1}', titleOf(format), reason),
      data: { format },
    })),
    ...(likeliest.others ?? []),
  ].slice(0, MOST);
  if (others.length === 0) return [...detections];
  const { format, reason, taken } = likeliest;
  const whole = { title: titleOf(format), reason, data: { format } };
  return [{ ...likeliest, taken: formats.length > 0 ? whole : { ...(taken ?? whole), reason }, others }, ...rest];
}

/** Ways to read the data as a format that is not the likeliest, once that is chosen; null where there is one only. */
export function readingsWithin(
  detections: readonly Detection[],
  { data }: Reading,
): { taken: Reading; others: readonly Reading[] } | null {
  const detection = detections.slice(1).find(({ format }) => format === data.format);
  if (!detection?.others) return null;
  const { others, reason, taken = { title: t('No label'), reason, data: {} } } = detection;
  const chosen = (reading: Reading): Reading => ({ ...reading, data: { ...data, ...reading.data } });
  return { taken: chosen(taken), others: others.map(chosen) };
}

/** The other reading, and what chooses it. */
export function otherReadingText({ reason, data }: Reading): string {
  return `${reason} ${t('Then write {0} into "data" of the recipe.', choiceText(data))}`;
}

/** As a recipe's `data` says it: '"filePattern": "{label}.*"'. */
export function choiceText(data: Reading['data']): string {
  return Object.entries(data)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ');
}
