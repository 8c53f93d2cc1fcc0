/** Values of columns that were read to tell what they are, kept for when they are asked for, as far as memory allows. */
import { Dictionary } from '../table/dictionary.js';
import type { PackedColumn, Packing } from '../table/pack.js';
import type { DataFile } from '../tree/tree.js';

/** Columns of more, or longer, different texts are rarely learned from as categories. */
const MAX_CATEGORIES = 10_000;
const MAX_CATEGORY_BYTES = 1024 ** 2;

export class KeptColumns {
  /** By file, of each row group. */
  private readonly groups = new Map<string, Map<number, PackedColumn[]>>();
  private readonly dictionaries = new Map<string, Dictionary>();
  private readonly dropped = new Set<string>();
  private bytes = 0;

  /** @param most bytes; when there would be more, nothing is kept */
  constructor(private readonly most: number) {}

  /** Whether the column is kept, of which there are so many bytes more. */
  keeps(name: string, bytes: number): boolean {
    if (this.dropped.has(name)) return false;
    this.bytes += bytes;
    if (this.bytes <= this.most) return true;
    this.groups.clear();
    return false;
  }

  dictionary(name: string): Dictionary {
    const known = this.dictionaries.get(name) ?? new Dictionary();
    this.dictionaries.set(name, known);
    return known;
  }

  isTooLarge({ size, byteLength }: Dictionary): boolean {
    return size > MAX_CATEGORIES || byteLength > MAX_CATEGORY_BYTES;
  }

  /** Forgets a column. */
  drop(name: string): void {
    this.dropped.add(name);
    this.dictionaries.delete(name);
    for (const groups of this.groups.values())
      for (const columns of groups.values()) {
        const at = columns.findIndex((column) => column.name === name);
        if (at >= 0) columns.splice(at, 1);
      }
  }

  add({ path }: DataFile, group: number, columns: PackedColumn[]): void {
    if (this.bytes > this.most) return;
    const groups = this.groups.get(path) ?? new Map<number, PackedColumn[]>();
    this.groups.set(path, groups.set(group, columns));
  }

  clear(): void {
    this.groups.clear();
  }

  /** Null when it is not kept, or not in this packing. */
  column({ path }: DataFile, group: number, name: string, packing: Packing): PackedColumn | null {
    const columns = this.groups.get(path)?.get(group);
    return columns?.find((column) => column.name === name && column.packing === packing) ?? null;
  }
}
