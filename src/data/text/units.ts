/** From a stream of text to examples: its lines, its paragraphs, windows of one length, or the whole document. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';

export type Unit = 'line' | 'paragraph' | 'document' | 'window';

export interface TextUnit {
  text: string;
  /** The line it begins on, from 1. */
  line: number;
}

/** Longest unit, in UTF-16 units: what is longer is hardly text, and would fill the memory. */
export const MAX_UNIT = 64 * 1024 ** 2;
/** Characters of a window where nobody says how many. */
export const USUAL_WINDOW = 256;

export interface UnitOptions {
  /** UTF-16 units of a window. */
  window?: number;
  /** UTF-16 units that a line, paragraph or document may have. */
  longest?: number;
}

/**
 * Units in their order, those of white space only left out. Lines end in LF, CRLF or CR, which become LF. A paragraph
 * ends at a blank line; its lines are joined by LF. A document is everything. Windows are everything, too, cut after each
 * so many UTF-16 units, between characters; the last one may be shorter.
 * @param source pieces of text, as `decodeText` gives them
 * @param file for messages
 * @throws DataError for a unit longer than `longest`
 */
export async function* textUnits(
  source: AsyncIterable<string>,
  unit: Unit,
  file: string,
  { window = USUAL_WINDOW, longest = MAX_UNIT }: UnitOptions = {},
): AsyncGenerator<TextUnit> {
  if (unit === 'window') yield* windows(source, window);
  else if (unit === 'document') yield* wholeDocument(source, file, longest);
  else if (unit === 'paragraph') yield* paragraphs(source, file, longest);
  else for await (const line of lines(source, file, longest)) if (!isBlank(line.text)) yield line;
}

/** All lines, blank ones too; none after the last line break. */
export async function* lines(
  source: AsyncIterable<string>,
  file: string,
  longest = MAX_UNIT,
): AsyncGenerator<TextUnit> {
  let rest = '';
  let line = 1;
  /** The last piece ended in CR: an LF that follows belongs to it. */
  let afterReturn = false;
  for await (const piece of source) {
    if (piece === '') continue;
    let start = afterReturn && piece.startsWith('\n') ? 1 : 0;
    afterReturn = piece.endsWith('\r');
    const breaks = /\r\n|\n|\r/g;
    breaks.lastIndex = start;
    for (let found = breaks.exec(piece); found; found = breaks.exec(piece)) {
      const text = rest + piece.slice(start, found.index);
      if (text.length > longest) throw tooLong('line', file, line, longest);
      yield { text, line };
      rest = '';
      line++;
      start = breaks.lastIndex;
    }
    rest += piece.slice(start);
    if (rest.length > longest) throw tooLong('line', file, line, longest);
  }
  if (rest !== '') yield { text: rest, line };
}

async function* paragraphs(source: AsyncIterable<string>, file: string, longest: number): AsyncGenerator<TextUnit> {
  let held: string[] = [];
  let length = 0;
  let first = 1;
  for await (const { text, line } of lines(source, file, longest)) {
    if (isBlank(text)) {
      if (held.length > 0) yield { text: held.join('\n'), line: first };
      held = [];
      length = 0;
      continue;
    }
    if (held.length === 0) first = line;
    held.push(text);
    length += text.length + 1;
    if (length > longest) throw tooLong('paragraph', file, first, longest);
  }
  if (held.length > 0) yield { text: held.join('\n'), line: first };
}

async function* wholeDocument(source: AsyncIterable<string>, file: string, longest: number): AsyncGenerator<TextUnit> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of source) {
    pieces.push(piece);
    length += piece.length;
    if (length > longest) throw tooLong('document', file, 1, longest);
  }
  const text = pieces.join('');
  if (!isBlank(text)) yield { text, line: 1 };
}

async function* windows(source: AsyncIterable<string>, size: number): AsyncGenerator<TextUnit> {
  let held = '';
  let line = 1;
  const cut = function* (least: number): Generator<TextUnit> {
    let start = 0;
    while (held.length - start >= least && start < held.length) {
      let end = Math.min(held.length, start + size);
      if (isHighSurrogate(held.charCodeAt(end - 1)) && end - start > 1 && end < held.length) end--;
      const text = held.slice(start, end);
      if (!isBlank(text)) yield { text, line };
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
      start = end;
    }
    held = held.slice(start);
  };
  let afterReturn = false;
  for await (const piece of source) {
    // A CR at the end may be half of a CRLF.
    const whole: string = (afterReturn ? '\r' : '') + piece;
    afterReturn = whole.endsWith('\r');
    held += (afterReturn ? whole.slice(0, -1) : whole).replace(/\r\n?/g, '\n');
    yield* cut(size + 1);
  }
  if (afterReturn) held += '\n';
  yield* cut(1);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function tooLong(unit: Unit, file: string, line: number, longest: number): DataError {
  const where = [path.basename(file), formatCount(line), formatCount(longest)] as const;
  if (unit === 'line')
    return new DataError(
      t('{0}, line {1}: the line is longer than {2} characters.', ...where),
      file,
      t('Break it into shorter lines, or check that the file is text.'),
    );
  return new DataError(
    unit === 'paragraph'
      ? t('{0}, line {1}: the paragraph that begins there is longer than {2} characters.', ...where)
      : t('{0}, line {1}: the document that begins there is longer than {2} characters.', ...where),
    file,
    t('Use a smaller unit, e.g. lines or paragraphs.'),
  );
}
