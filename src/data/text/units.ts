/** From a stream of text to examples: its lines, its paragraphs, or the whole document. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';

export type Unit = 'line' | 'paragraph' | 'document';

export interface TextUnit {
  text: string;
  /** The line it begins on, from 1. */
  line: number;
}

/** Longest unit, in UTF-16 units: what is longer is hardly text, and would fill the memory. */
export const MAX_UNIT = 64 * 1024 ** 2;

/**
 * Units in their order, those of white space only left out. Lines end in LF, CRLF or CR. A paragraph ends at a blank
 * line; its lines are joined by LF. A document is everything.
 * @param source pieces of text, as `decodeText` gives them
 * @param file for messages
 * @throws DataError for a unit longer than `longest`
 */
export async function* textUnits(
  source: AsyncIterable<string>,
  unit: Unit,
  file: string,
  longest = MAX_UNIT,
): AsyncGenerator<TextUnit> {
  if (unit === 'document') yield* wholeDocument(source, file, longest);
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
