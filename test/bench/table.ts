/** One figure beside what it is compared with. */
export interface Row {
  what: string;
  value: string;
  /** What it should reach, and whether it does; none for a figure that only informs. */
  target?: { text: string; reached: boolean };
}

export function table(rows: Row[]): string {
  const cells = rows.map(({ what, value, target }) => [
    what,
    value,
    target ? `${target.reached ? '✓' : '✗'} ${target.text}` : '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** In percent; the deviation is of the sample, and missing with one. */
export function meanAndDeviation(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const percent = (part: number): string => (100 * part).toFixed(1);
  return values.length < 2 ? percent(mean) : `${percent(mean)} ± ${percent(Math.sqrt(square))}`;
}
