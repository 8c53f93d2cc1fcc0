/** JSON lines: one object a line, of which one member is the text and perhaps one the label. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { raise, type LeaveOut } from '../leftOut.js';
import { DataError } from '../reader.js';
import { jsonErrorPlace } from './json.js';
import { chooseTextColumns, type TextColumns } from './textColumns.js';
import { lines, MAX_UNIT } from './units.js';

export interface LabelledText {
  text: string;
  /** Null where the line has none. Numbers and truths are labels as JSON writes them; a list of such is a JSON array of strings. */
  label: string | null;
  /** From 1. */
  line: number;
}

export interface JsonLinesOptions {
  /** The member that is the text; told by its name when not given. */
  text?: string | undefined;
  /** The member that is the label, null for none; told by its name when not given. */
  label?: string | null | undefined;
  /** Hears of each line that cannot be used, which then is passed over. */
  leaveOut?: LeaveOut;
}

const EXAMPLE = '{"text": "…", "label": "…"}';

/**
 * The texts of a JSON Lines file (jsonlines.org). Blank lines are passed over, and so are texts of white space only.
 * @param source pieces of text, as `decodeText` gives them
 * @param file for messages
 * @throws DataError with line, and column or member, for what is no JSON, no object, has no text, or whose text is no
 *   string or label no string, number, truth or list of such
 */
export async function* jsonLines(
  source: AsyncIterable<string>,
  file: string,
  options: JsonLinesOptions = {},
  longest = MAX_UNIT,
): AsyncGenerator<LabelledText> {
  let columns: TextColumns | null = null;
  for await (const { text: content, line } of lines(source, file, longest)) {
    if (!/\S/.test(content)) continue;
    const where = t('{0}, line {1}', path.basename(file), formatCount(line));
    const record = orLeftOut(() => parseLine(content, where, file), options);
    if (record === null) continue;
    const known = (columns ??= columnsOf(record, options, where, file));
    const found = orLeftOut(() => textAndLabel(record, known, where, file), options);
    if (found && /\S/.test(found.text)) yield { ...found, line };
  }
}

function orLeftOut<T>(read: () => T, { leaveOut = raise }: JsonLinesOptions): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    leaveOut(error);
    return null;
  }
}

function textAndLabel(
  record: Record<string, unknown>,
  columns: TextColumns,
  where: string,
  file: string,
): Pick<LabelledText, 'text' | 'label'> {
  const text = member(record, columns.text);
  if (typeof text !== 'string')
    throw new DataError(
      text === undefined
        ? t('{0} has no “{1}”.', where, columns.text)
        : t('{0}: “{1}” is {2}, no text.', where, columns.text, kindOf(text)),
      file,
      t('Correct that line, or name another member as the text.'),
    );
  const label = columns.label === null ? null : labelOf(member(record, columns.label), columns.label, where, file);
  return { text, label };
}

function parseLine(content: string, where: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DataError(
      t('{0}, column {1}: this is no JSON.', where, formatCount(jsonErrorPlace(content).column)),
      file,
      t('Each line must be one JSON object by itself, such as {0}.', EXAMPLE),
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataError(
      t('{0} holds {1}, no object.', where, kindOf(value)),
      file,
      t('Each line must be one JSON object by itself, such as {0}.', EXAMPLE),
    );
  return value as Record<string, unknown>;
}

function columnsOf(
  record: Record<string, unknown>,
  options: JsonLinesOptions,
  where: string,
  file: string,
): TextColumns {
  const names = Object.keys(record);
  const found = chooseTextColumns(names, options);
  if (found === null)
    throw new DataError(
      names.length === 0
        ? t('{0} is an object without members.', where)
        : t('{0}: which of {1} is the text, their names do not tell.', where, quotedNames(names)),
      file,
      t('Name the member that is the text as "textColumn" in the recipe’s data, or call it “text”.'),
    );
  return options.label === null ? { ...found, label: null } : found;
}

function quotedNames(names: string[]): string {
  return names
    .slice(0, 12)
    .map((name) => `“${name}”`)
    .join(', ');
}

/** A member of the object itself, never one that all objects have. */
function member(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function labelOf(value: unknown, name: string, where: string, file: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (isLabel(value)) return String(value);
  if (Array.isArray(value) && value.every(isLabel)) return JSON.stringify(value.map(String));
  const wrong = Array.isArray(value) ? (value as unknown[]).find((entry) => !isLabel(entry)) : value;
  throw new DataError(
    Array.isArray(value)
      ? t('{0}: the label “{1}” is a list in which one is {2}.', where, name, kindOf(wrong))
      : t('{0}: the label “{1}” is {2}.', where, name, kindOf(wrong)),
    file,
    t('A label is a text, a number, or a list of such; name another member, or say that there is no label.'),
  );
}

function isLabel(value: unknown): value is string | boolean | number {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return t('a list');
  switch (typeof value) {
    case 'object':
      return t('an object');
    case 'string':
      return t('a text');
    case 'number':
      return Number.isFinite(value) ? t('a number') : t('a number too large');
    default:
      return t('true or false');
  }
}
