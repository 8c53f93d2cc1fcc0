/** CSV and its relatives as a stream of records (RFC 4180), at the speed of a scan over bytes. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import type { LeaveOut } from '../leftOut.js';
import { DataError } from '../reader.js';
import { utf8Chunks, type DecodeOptions } from '../text/encoding.js';
import { cellText } from './cell.js';
import { detectDialect } from './csvDialect.js';
import { RecordScanner, type RecordBlock } from './csvScan.js';

export interface Dialect {
  /** One ASCII character. */
  separator: string;
  /** One ASCII character; null when quotation marks mean nothing. */
  quote: string | null;
  /** Whether the first record names the columns. */
  header: boolean;
  decimal: '.' | ',';
}

/** What is given is not detected. */
export type CsvOptions = Partial<Dialect> & DecodeOptions & { leaveOut?: LeaveOut };

export interface Csv {
  dialect: Dialect;
  /** From the header, else "column 1", "column 2", ... */
  names: string[];
  /** All records but the header, in blocks. A block is valid until the next one is asked for. */
  blocks: AsyncIterable<RecordBlock>;
}

/** From how many bytes the dialect is told. */
const SAMPLE_BYTES = 65_536;
/** A block holds the records of at most this many bytes. */
const BLOCK_BYTES = 1024 ** 2;

/**
 * Opens a CSV of which the first 64 kB are read at once, the rest as `blocks` is iterated over.
 * @param source the file's bytes, e.g. of `fs.createReadStream`
 * @param file for messages
 * @throws DataError with the line: a record with more or fewer fields than those before, an open quotation mark, two
 *   columns of one name, no records; with the byte: what is no text
 */
export async function openCsv(source: AsyncIterable<Uint8Array>, file: string, options: CsvOptions = {}): Promise<Csv> {
  checkOptions(options);
  const chunks = utf8Chunks(source, file, options)[Symbol.asyncIterator]();
  const { sample, complete } = await firstBytes(chunks);
  const excel = /^sep=([\x20-\x7e\t])\r?\n/.exec(cellText(sample, 0, Math.min(8, sample.length)));
  const skipped = excel ? excel[0].length : 0;
  const head = sample.subarray(skipped);
  const given = excel?.[1] !== undefined ? { separator: excel[1], ...options } : options;
  const dialect = detectDialect(head, complete, given);
  const scanner = new RecordScanner(
    file,
    { separator: dialect.separator.charCodeAt(0), quote: dialect.quote === null ? -1 : dialect.quote.charCodeAt(0) },
    excel ? 2 : 1,
    false,
    options.leaveOut,
  );
  const blocks = scanAll(scanner, head, complete, chunks);
  const first = await blocks.next();
  if (first.done === true)
    throw new DataError(t('{0} holds no records.', path.basename(file)), file, t('Choose a file with rows of values.'));
  const names = columnNames(first.value, dialect.header, file);
  return { dialect, names, blocks: withoutHeader(first.value, dialect.header, blocks) };
}

/** Joins at least the sample's bytes. */
async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<{ sample: Uint8Array; complete: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < SAMPLE_BYTES) {
    const next = await chunks.next();
    if (next.done === true) return { sample: concat(parts, length), complete: true };
    parts.push(next.value);
    length += next.value.length;
  }
  return { sample: concat(parts, length), complete: false };
}

async function* scanAll(
  scanner: RecordScanner,
  head: Uint8Array,
  complete: boolean,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<RecordBlock, void, undefined> {
  try {
    let piece: Uint8Array | null = head;
    while (piece !== null) {
      for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
        const block = scanner.next(piece.subarray(at, at + BLOCK_BYTES), false);
        if (block) yield block;
      }
      const next: IteratorResult<Uint8Array> = complete ? { done: true, value: undefined } : await chunks.next();
      piece = next.done === true ? null : next.value;
    }
    const block = scanner.next(new Uint8Array(0), true);
    if (block) yield block;
  } finally {
    await chunks.return?.();
  }
}

async function* withoutHeader(
  first: RecordBlock,
  header: boolean,
  blocks: AsyncGenerator<RecordBlock, void, undefined>,
): AsyncGenerator<RecordBlock, void, undefined> {
  try {
    if (!header) yield first;
    else if (first.rows > 1)
      yield {
        ...first,
        starts: first.starts.subarray(first.columns),
        ends: first.ends.subarray(first.columns),
        lines: first.lines.subarray(1),
        rows: first.rows - 1,
      };
    yield* blocks;
  } finally {
    await blocks.return();
  }
}

function columnNames({ bytes, starts, ends, columns, lines }: RecordBlock, header: boolean, file: string): string[] {
  const names = Array.from({ length: columns }, (_, i) => {
    const name = header ? cellText(bytes, starts[i] as number, ends[i] as number).trim() : '';
    return name === '' ? t('column {0}', i + 1) : name;
  });
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    const places = names.flatMap((name, i) => (name === twice ? [String(i + 1)] : []));
    throw new DataError(
      t(
        '{0}, line {1}: columns {2} have the same name, “{3}”.',
        path.basename(file),
        lines[0] ?? 1,
        places.slice(0, 5).join(', '),
        twice,
      ),
      file,
      t('Rename them in the header, or say that there is no header.'),
    );
  }
  return names;
}

function checkOptions({ separator, quote }: CsvOptions): void {
  for (const [what, mark] of [
    ['separator', separator],
    ['quotation mark', quote],
  ] as const)
    if (mark !== undefined && mark !== null && !/^[\t\x20-\x7e]$/.test(mark))
      throw new RangeError(`A ${what} is one ASCII character, not ${JSON.stringify(mark)}.`);
  if (separator !== undefined && separator === quote)
    throw new RangeError('Separator and quotation mark are the same character.');
}

function concat(parts: Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
