/** From a name for each example to names in order and an index for each example. */
import { compareNames } from './files.js';

/**
 * A name as it is meant. Spaces around it are left out: nobody means two classes by "cat" and " cat". What Unicode takes
 * for the same (NFC) is the same: macOS writes "é" as two characters, others as one.
 * @returns null where nothing is left: no name
 */
export function labelName(written: string): string | null {
  return written.trim().normalize('NFC') || null;
}

/** @returns null when no example has a name; else names by UTF-16 units, and -1 for an example without one */
export function labelIndex(given: readonly (string | null)[]): { names: string[]; indexes: Int32Array } | null {
  const values = given.map((name) => (name === null ? null : labelName(name)));
  const names = [...new Set(values)].filter((name) => name !== null).sort(compareNames);
  if (names.length === 0) return null;
  const index = new Map<string | null, number>(names.map((name, i) => [name, i]));
  return { names, indexes: Int32Array.from(values, (value) => index.get(value) ?? -1) };
}
