/** Rows that look like what spreadsheets have below a table: sums and averages, which are no examples. */
import { formatCount, t } from '../../protocol/l10n.js';
import { cellText, missingWords, type Missing } from './cell.js';
import type { RecordBlock } from './csvScan.js';

const FOOTER =
  /^(?:(?:grand|sub)[ -]?)?(?:totals?|sums?|averages?|avg\.?|means?|summe|gesamt|mittelwert|durchschnitt|somme|moyenne|suma|promedio)\s*:?$/i;
/** First letters of these words, small. */
const LETTERS = new Set(Buffer.from('gstamdp'));
/** Longer cells say something else. */
const MAX_BYTES = 24;
/** Rows that are told one by one. */
const TOLD = 3;

export class Footers {
  private readonly found = new Map<string, { rows: number; told: string[] }>();
  private readonly isMissing: Missing;

  /** @param missing as {@link missingWords} has it */
  constructor(missing?: readonly string[]) {
    this.isMissing = missingWords(missing);
  }

  /** Passes the blocks of a file on, and looks at their rows. */
  async *watch(blocks: AsyncIterable<RecordBlock>, name: string): AsyncGenerator<RecordBlock, void, undefined> {
    for await (const block of blocks) {
      for (let row = 0; row < block.rows; row++) if (this.isFooter(block, row)) this.note(block, row, name);
      yield block;
    }
  }

  /** In words; none where there is no such row. */
  remarks(): string[] {
    return [...this.found].map(([name, { rows, told }]) =>
      t(
        '{0} has rows that look like sums below a table, whose first cell says so and most others are empty: {1} ({2}). They are read as examples: delete those that are none.',
        name,
        formatCount(rows),
        [...told, ...(rows > told.length ? ['…'] : [])].join(', '),
      ),
    );
  }

  private isFooter({ bytes, starts, ends, columns }: RecordBlock, row: number): boolean {
    const first = row * columns;
    const end = ends[first] as number;
    let start = starts[first] as number;
    while (start < end && bytes[start] === 32) start++;
    // Nearly all rows end here; others are looked at for missing cells, which few have.
    if (columns < 2 || end - start > MAX_BYTES || !LETTERS.has((bytes[start] as number) | 32)) return false;
    let missing = 0;
    for (let column = 1; column < columns; column++)
      if (this.isMissing(bytes, starts[first + column] as number, ends[first + column] as number)) missing++;
    return 2 * missing > columns - 1 && FOOTER.test(cellText(bytes, start, end).trim());
  }

  private note({ bytes, starts, ends, columns, lines }: RecordBlock, row: number, name: string): void {
    const found = this.found.get(name) ?? { rows: 0, told: [] };
    this.found.set(name, found);
    const first = row * columns;
    const cell = cellText(bytes, starts[first] as number, ends[first] as number).trim();
    if (++found.rows <= TOLD) found.told.push(t('line {0}: "{1}"', formatCount(lines[row] as number), cell));
  }
}
