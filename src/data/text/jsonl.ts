/** JSON lines: one object a line, of which one member is the text and perhaps one the label. */
import * as path from 'node:path';
import { formatCount } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';
import { jsonErrorPlace } from './json.js';
import { chooseTextColumns, type TextColumns } from './textColumns.js';
import { lines, MAX_UNIT } from './units.js';

export interface LabelledText {
  text: string;
  /** Null where the line has none. Numbers and truths are labels as JSON writes them. */
  label: string | null;
  /** From 1. */
  line: number;
}

export interface JsonLinesOptions {
  /** The member that is the text; told by its name when not given. */
  text?: string | undefined;
  /** The member that is the label, null for none; told by its name when not given. */
  label?: string | null | undefined;
}

/**
 * The texts of a JSON Lines file (jsonlines.org). Blank lines are passed over, and so are texts of white space only.
 * @param source pieces of text, as `decodeText` gives them
 * @param file for messages
 * @throws DataError with line, and column or member, for what is no JSON, no object, has no text, or whose text is no
 *   string or label no string, number or truth
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
    const where = `${path.basename(file)}, line ${formatCount(line)}`;
    const record = parseLine(content, where, file);
    columns ??= columnsOf(record, options, where, file);
    const text = member(record, columns.text);
    if (typeof text !== 'string')
      throw new DataError(
        text === undefined
          ? `${where} has no “${columns.text}”.`
          : `${where}: “${columns.text}” is ${kindOf(text)}, no text.`,
        file,
        'Correct that line, or name another member as the text.',
      );
    const label = columns.label === null ? null : labelOf(member(record, columns.label), columns.label, where, file);
    if (/\S/.test(text)) yield { text, label, line };
  }
}

function parseLine(content: string, where: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DataError(
      `${where}, column ${formatCount(jsonErrorPlace(content).column)}: this is no JSON.`,
      file,
      'Each line must be one JSON object by itself, such as {"text": "…", "label": "…"}.',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataError(
      `${where} holds ${kindOf(value)}, no object.`,
      file,
      'Each line must be one JSON object, such as {"text": "…", "label": "…"}.',
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
  const found = chooseTextColumns(
    typeof options.label !== 'string' ? names : names.filter((name) => name !== options.label),
  );
  const text = options.text ?? found?.text;
  if (text === undefined)
    throw new DataError(
      `${where}: which of ${
        names
          .slice(0, 12)
          .map((name) => `“${name}”`)
          .join(', ') || 'no members'
      } is the text, their names do not tell.`,
      file,
      'Name the member that is the text, or call it “text”.',
    );
  return { text, label: options.label === undefined ? withoutText(found?.label ?? null, text) : options.label };
}

function withoutText(label: string | null, text: string): string | null {
  return label === text ? null : label;
}

/** A member of the object itself, never one that all objects have. */
function member(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function labelOf(value: unknown, name: string, where: string, file: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new DataError(
    `${where}: the label “${name}” is ${kindOf(value)}.`,
    file,
    'A label is a text or a number; name another member, or say that there is no label.',
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number too large';
  return (
    { object: 'an object', string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ??
    'nothing'
  );
}
