/** Whether a table beside files names them, from its first bytes; fileTable.ts, which reads it, is for the trainer. */
import * as path from 'node:path';
import { CSV_NAME } from './fileNames.js';
import type { Glimpse } from './glimpse.js';
import { mayNameFiles } from './namedFiles.js';

const HEAD_BYTES = 4096;
/** Tables of a folder that are looked at. */
const MAX_TABLES = 5;

/** A table in one of the folders that names some of these files in half of its lines; null without. */
export async function tableNaming(
  seen: Glimpse,
  folders: readonly string[],
  files: readonly string[],
): Promise<string | null> {
  const bases = files.map((file) => path.basename(file));
  const names = new Set([...bases, ...bases.map((base) => base.replace(/\.[^.]*$/, ''))]);
  for (const folder of folders) {
    const entries = folder === '' ? seen.entries : await seen.list(folder);
    const tables = entries.filter(({ name, isDirectory }) => !isDirectory && CSV_NAME.test(name));
    for (const { name } of tables.slice(0, MAX_TABLES)) {
      const table = path.join(folder, name);
      // It is looked at only; what is wrong with it is told when it is read.
      const head = await seen.start(table, HEAD_BYTES).catch(() => Buffer.alloc(0));
      if (namesFiles(head, names)) return table;
    }
  }
  return null;
}

function namesFiles(head: Buffer, files: ReadonlySet<string>): boolean {
  const lines = head.toString('utf8').split(/[\r\n]+/);
  if (head.length === HEAD_BYTES) lines.pop();
  const rows = lines
    .filter((line) => line !== '')
    .map((line) => line.split(/[,;\t|]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')));
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: Math.min(width, 100) }, (_, column) => column).some((column) => {
    const cells = rows.map((row) => path.posix.basename((row[column] ?? '').replaceAll('\\', '/')));
    const hits = cells.filter((cell) => files.has(cell)).length;
    return width > 1 && hits > 0 && mayNameFiles(cells[0] ?? '', cells.slice(1)) && 2 * hits >= cells.length - 1;
  });
}
