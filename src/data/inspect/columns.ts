/** What the columns of a table hold. */
import { t } from '../../protocol/l10n.js';
import type { ColumnStatistics } from '../../protocol/inspection.js';
import type { Dataset } from '../reader.js';
import { Moments } from './moments.js';

/** Different values of a column that are told apart. */
const MAX_DISTINCT = 10_000;
const SHOWN = 5;
/** As pandas' read_csv takes them. */
const MISSING = new Set(['', 'NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', '-nan', '-NaN', 'null', 'NULL', 'None', '<NA>']);

export class Columns {
  private readonly columns: Column[] = [];

  constructor(private readonly names: readonly string[]) {}

  add(cells: readonly string[]): void {
    cells.forEach((cell, i) => {
      const column = (this.columns[i] ??= new Column(this.names[i] ?? t('column {0}', i + 1)));
      column.add(cell);
    });
  }

  result(): ColumnStatistics[] {
    return this.columns.map((column) => column.result());
  }
}

export function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim());
}

/** Names of a table's columns, where its reader tells them. */
export function columnNames(dataset: Dataset): string[] {
  const columns: unknown = 'columns' in dataset ? dataset.columns : null;
  if (!Array.isArray(columns)) return [];
  return columns.map((column: unknown) => {
    if (typeof column === 'object' && column !== null && 'name' in column) return String(column.name);
    return String(column);
  });
}

class Column {
  private missing = 0;
  private numbers = 0;
  private texts = 0;
  private readonly moments = new Moments();
  private readonly counts = new Map<string, number>();

  constructor(private readonly name: string) {}

  add(cell: string): void {
    if (isMissing(cell)) {
      this.missing++;
      return;
    }
    const value = Number(cell);
    if (Number.isFinite(value)) {
      this.numbers++;
      this.moments.add([value]);
    } else this.texts++;
    const count = this.counts.get(cell);
    if (count !== undefined || this.counts.size < MAX_DISTINCT) this.counts.set(cell, (count ?? 0) + 1);
  }

  result(): ColumnStatistics {
    const isNumber = this.numbers > 0 && this.texts === 0;
    const found = isNumber ? this.moments.result() : null;
    const frequent = [...this.counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1]);
    return {
      name: this.name,
      type: isNumber ? 'number' : this.texts > 0 ? 'text' : 'empty',
      missing: this.missing,
      distinct: this.counts.size,
      distinctIsBound: this.counts.size >= MAX_DISTINCT,
      minimum: found?.minimum ?? null,
      maximum: found?.maximum ?? null,
      mean: found?.mean ?? null,
      deviation: found?.deviation ?? null,
      frequent: frequent.slice(0, SHOWN).map(([name, count]) => ({ name, count })),
    };
  }
}
