/** Files by what people write into tables for them: a path, a name, or a name without its ending. */
import * as path from 'node:path';
import { splitOfName } from './namedParts.js';
import type { SplitName } from './splitNames.js';
import type { DataFile } from './tree/tree.js';

/** Why there is no file. */
export type NotNamed = 'empty' | 'outside' | 'missing' | 'several';

/** Names are compared as Unicode takes them for the same (NFC): macOS writes "é" as two characters, others as one. */
export class NamedFiles {
  private readonly byPath = new Map<string, DataFile>();
  /** By the last part, and by it without its ending. */
  private readonly byName = new Map<string, DataFile[]>();
  private readonly endings = new Set<string>();

  constructor(files: readonly DataFile[]) {
    for (const file of files) {
      const whole = file.name.normalize('NFC');
      this.byPath.set(whole, file);
      const name = path.posix.basename(whole);
      const ending = path.posix.extname(name);
      this.endings.add(ending.toLowerCase());
      for (const key of [name, name.slice(0, name.length - ending.length)]) {
        const same = this.byName.get(key);
        if (same) same.push(file);
        else this.byName.set(key, [file]);
      }
    }
  }

  /** Whether it ends as the files do. */
  looksAlike(written: string): boolean {
    return this.endings.has(path.posix.extname(written).toLowerCase());
  }

  /**
   * The file at that path from the table's folder or from the dataset's; else the only one whose path ends so, among
   * those of the split where there are several.
   * @param table its path in the dataset
   */
  find(written: string, table: string, split: SplitName | null): DataFile | NotNamed {
    if (written === '') return 'empty';
    const name = written
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(\.\/+)+/, '');
    if (/^(\/|[A-Za-z]:)/.test(name) || name.split('/').includes('..')) return 'outside';
    const exact =
      this.byPath.get(path.posix.join(path.posix.dirname(table.normalize('NFC')), name)) ?? this.byPath.get(name);
    if (exact) return exact;
    const ends = this.byName.get(path.posix.basename(name)) ?? [];
    const alike = name.includes('/')
      ? ends.filter((file) => {
          const whole = `/${file.name.normalize('NFC')}`;
          return whole.endsWith(`/${name}`) || withoutEnding(whole).endsWith(`/${name}`);
        })
      : ends;
    const [only, ...more] = alike;
    if (!only) return 'missing';
    if (more.length === 0) return only;
    const ofSplit = alike.filter(
      (file) =>
        split !== null &&
        file.name
          .split('/')
          .slice(0, -1)
          .some((step) => splitOfName(step) === split),
    );
    return ofSplit.length === 1 ? (ofSplit[0] as DataFile) : 'several';
  }
}

function withoutEnding(name: string): string {
  return name.slice(0, name.length - path.posix.extname(name).length);
}

/** Numbers name files only in a column that is called so: "1.png" is not named by an epoch 1. */
export function mayNameFiles(column: string, values: readonly string[]): boolean {
  return (
    /(^|[^a-z])ids?([^a-z]|$)|file|name|path|image|img|photo|picture|audio|sound|clip/i.test(column) ||
    values.some((value) => !/^[\d.]*$/.test(value))
  );
}
