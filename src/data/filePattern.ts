/** What the names of files tell: "{label}_{speaker}_{index}.wav". */
import { t } from '../protocol/l10n.js';
import { DataError } from './reader.js';

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
export function guessPattern(names: readonly string[]): string | null {
  return guessPatterns(names)[0]?.pattern ?? null;
}

/**
 * Patterns for names such as "7_jackson_32.wav" or "cat.12.jpg": parts between "_", "-" or "."; a label repeats, and is
 * a word or a small number. The likeliest takes the first such part, the others each another one.
 * @param names of files in one folder
 */
export function guessPatterns(names: readonly string[]): PatternGuess[] {
  if (names.length < LEAST) return [];
  const extensions = tally(names.map((name) => name.slice(name.lastIndexOf('.') + 1)));
  const [extension] = extensions[0] ?? [''];
  for (const separator of ['_', '-', '.']) {
    const rows = names.map((name) => name.slice(0, name.lastIndexOf('.')).split(separator));
    const [width, alike] = tally(rows.map((row) => String(row.length)))[0] ?? ['1', 0];
    if (Number(width) < 2 || alike < ALIKE * names.length) continue;
    const first = rows.findIndex((row) => String(row.length) === width);
    const fitting = rows.filter((row) => String(row.length) === width);
    const values = Array.from({ length: Number(width) }, (_, i) => [...new Set(fitting.map((row) => row[i] ?? ''))]);
    const repeats = values.map(({ length }) => length >= 2 && length * PER_LABEL <= fitting.length);
    const [likeliest, ...others] = values.flatMap((found, i) =>
      repeats[i] === true && found.every(isLabel) ? [i] : [],
    );
    if (likeliest === undefined) continue;
    const isNumber = values.map((found) => found.every((value) => /^\d+$/.test(value)));
    const isSource = values.map((found, i) => repeats[i] === true && !found.some((value) => /^\d+$/.test(value)));
    // A number at the end only counts.
    const labels = [likeliest, ...others.filter((i) => i + 1 < values.length || isNumber[i] !== true)];
    return labels.map((label) => ({
      pattern: `${partNames(isSource, label).join(separator)}.${extensions.length === 1 ? extension : '*'}`,
      part: label + 1,
      name: names[first] ?? '',
      label: rows[first]?.[label] ?? '',
    }));
  }
  return [];
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
  return value !== '' && (!/^\d+$/.test(value) || value.length <= 2);
}

/** Values with how often they occur, the most frequent first. */
function tally(values: readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
