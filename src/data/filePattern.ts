/** What the names of files tell: "{label}_{speaker}_{index}.wav". */
import { t } from '../protocol/l10n.js';
import { DataError } from './reader.js';
import { inSlices } from './slice.js';

export interface FilePattern {
  text: string;
  /** Parts by their names, null when the file's name does not fit. */
  parse(name: string): Record<string, string> | null;
}

const MAX_PARTS = 20;

/**
 * Parts in braces stand for one character or more, "*" for any. Without "/" only the last name counts, else the whole
 * path within the dataset.
 * @param file for the message @throws DataError when the pattern has no part, the same twice, or two without anything between
 */
export function compilePattern(text: string, file: string): FilePattern {
  const pieces = text.split(/(\{[^{}]*\}|\*)/).filter((piece) => piece !== '');
  const names: string[] = [];
  let expression = '';
  let afterPart = false;
  const wrong = (reason: string): DataError =>
    new DataError(
      t('The file pattern "{0}" cannot be used: {1}.', text, reason),
      file,
      t('Write it like "{label}_{speaker}_{index}.wav", with something between the parts.'),
    );
  for (const [i, piece] of pieces.entries()) {
    const name = /^\{(.*)\}$/.exec(piece)?.[1];
    if (name === undefined && piece !== '*') {
      expression += piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      afterPart = false;
      continue;
    }
    if (afterPart) throw wrong(t('two parts stand without anything between them'));
    afterPart = true;
    // No part reaches beyond what follows it, so that matching takes time in proportion to the name.
    const next = pieces[i + 1];
    const end = next === undefined ? '/' : `/${next[0] ?? ''}`;
    const any = `[^${end.replace(/[\]\\^-]/g, '\\$&')}]`;
    if (name === undefined) expression += `${any}*`;
    else {
      if (!/^[A-Za-z]\w*$/.test(name)) throw wrong(t('"{0}" is no name for a part', name));
      if (names.includes(name)) throw wrong(t('"{0}" is in it twice', name));
      names.push(name);
      expression += `(${any}+)`;
    }
  }
  if (names.length === 0) throw wrong(t('it has no part in braces'));
  if (names.length > MAX_PARTS) throw wrong(t('it has more than {0} parts', MAX_PARTS));
  const whole = new RegExp(`^${expression}$`);
  const byPath = text.includes('/');
  return {
    text,
    parse(name) {
      const found = whole.exec(byPath ? name : name.slice(name.lastIndexOf('/') + 1));
      return found && Object.fromEntries(names.map((part, i) => [part, found[i + 1] as string]));
    },
  };
}

/** Of so many names at least, a pattern is guessed. */
const LEAST = 8;
/** Part of the names that must be built alike. */
const ALIKE = 0.98;
/** A label has on average at least so many files. */
const PER_LABEL = 3;

export interface PatternGuess {
  pattern: string;
  /** Which part of the names the label is, from 1. */
  part: number;
  /** One of the names, and the label in it. */
  name: string;
  label: string;
}

/** The likeliest of {@link guessPatterns}; null when names tell nothing. */
export async function guessPattern(names: readonly string[]): Promise<string | null> {
  return (await guessPatterns(names))[0]?.pattern ?? null;
}

/**
 * Patterns for names such as "7_jackson_32.wav" or "cat.12.jpg": parts between "_", "-" or "."; a label repeats, and is
 * a word or a small number. The likeliest takes the first such part, the others each another one. Names may be many:
 * others are let at the thread meanwhile.
 * @param names of files in one folder
 */
export async function guessPatterns(names: readonly string[]): Promise<PatternGuess[]> {
  if (names.length < LEAST) return [];
  const stems: string[] = [];
  const extensions = new Set<string>();
  await inSlices(names, (name) => {
    const dot = name.lastIndexOf('.');
    stems.push(name.slice(0, dot));
    extensions.add(name.slice(dot + 1));
  });
  const [extension = ''] = extensions.size === 1 ? extensions : ['*'];
  for (const separator of ['_', '-', '.']) {
    const width = await commonWidth(stems, separator);
    if (width < 2) continue;
    const { first, values, repeats } = await partsOf(stems, separator, width);
    const [likeliest, ...others] = values.flatMap((found, i) =>
      repeats[i] === true && found.every(isLabel) ? [i] : [],
    );
    if (likeliest === undefined) continue;
    const isSource = values.map((found, i) => repeats[i] === true && !found.some(isNumber));
    // A number at the end only counts.
    const labels = [likeliest, ...others.filter((i) => i + 1 < width || !(values[i] ?? []).every(isNumber))];
    const row = stems[first]?.split(separator) ?? [];
    return labels.map((label) => ({
      pattern: `${partNames(isSource, label).join(separator)}.${extension}`,
      part: label + 1,
      name: names[first] ?? '',
      label: row[label] ?? '',
    }));
  }
  return [];
}

/** How many parts nearly all have between separators; 0 where they differ. */
async function commonWidth(stems: readonly string[], separator: string): Promise<number> {
  const counts = new Map<number, number>();
  await inSlices(stems, (stem) => {
    let width = 1;
    for (let at = stem.indexOf(separator); at >= 0; at = stem.indexOf(separator, at + 1)) width++;
    counts.set(width, (counts.get(width) ?? 0) + 1);
  });
  const [width, count] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  return count < ALIKE * stems.length ? 0 : width;
}

/** The different values of each part: all of what repeats, some of the others. `first` is a name with so many parts. */
async function partsOf(
  stems: readonly string[],
  separator: string,
  width: number,
): Promise<{ first: number; values: string[][]; repeats: boolean[] }> {
  const values = Array.from({ length: width }, () => new Set<string>());
  let first = -1;
  let count = 0;
  await inSlices(stems, (stem, i) => {
    const row = stem.split(separator);
    if (row.length !== width) return;
    if (first < 0) first = i;
    count++;
    values.forEach((found, part) => {
      if (found.size * PER_LABEL <= stems.length) found.add(row[part] ?? '');
    });
  });
  return {
    first,
    values: values.map((found) => [...found]),
    repeats: values.map(({ size }) => size >= 2 && size * PER_LABEL <= count),
  };
}

/** "{label}", and for the others "{source}" for words that repeat, else "{index}", numbered. */
function partNames(isSource: readonly boolean[], label: number): string[] {
  let sources = 0;
  let indexes = 0;
  return isSource.map((source, i) => {
    if (i === label) return '{label}';
    const number = source ? ++sources : ++indexes;
    return `{${source ? 'source' : 'index'}${number === 1 ? '' : number}}`;
  });
}

function isLabel(value: string): boolean {
  return value !== '' && (!isNumber(value) || value.length <= 2);
}

function isNumber(value: string): boolean {
  return /^\d+$/.test(value);
}
