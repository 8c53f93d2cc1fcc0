/** Whether the cells of a column look like several labels each, and what stands between them. */

const SEPARATORS = [';', '|', ', '];
/** So many cells, and this part of them, hold more than one piece. */
const LEAST = 3;
const LEAST_PART = 0.1;

/**
 * Labels are few and their combinations many: there are fewer different pieces than different cells, which is not so of
 * names and sentences; and cells have not all as many, as "city, country" has.
 * @returns the separator with a cell that shows it; null where they are one label each
 */
export function labelSeparatorIn(cells: readonly string[]): { separator: string; example: string } | null {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const different = new Set(filled);
  for (const separator of SEPARATORS) {
    const piecesOf = (cell: string): string[] =>
      cell
        .split(separator)
        .map((piece) => piece.trim())
        .filter((piece) => piece !== '');
    const joined = filled.filter((cell) => piecesOf(cell).length > 1);
    const [example] = joined;
    if (example === undefined || joined.length < Math.max(LEAST, LEAST_PART * filled.length)) continue;
    const lists = [...different].map(piecesOf);
    const lengths = new Set(lists.map(({ length }) => length));
    if (lengths.size > 1 && new Set(lists.flat()).size < different.size) return { separator, example };
  }
  return null;
}
