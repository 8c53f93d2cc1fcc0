import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { RunFile } from '../protocol/run.js';

/** What is written aside: `.NAME.PID.tmp`, and `.NAME.PID.tmp.old` for what NAME was before. */
const ASIDE = /^\.(.+)\.\d+\.tmp(\.old)?$/;

/**
 * Removes from a run folder what trainers left half written that were killed. A checkpoint that had just been put aside
 * for its successor is put back. Only for whoever has the run's seat: nobody else is writing there.
 * @throws Error of the file system
 */
export async function removeLeftovers(run: string): Promise<void> {
  for (const folder of [run, path.join(run, RunFile.samples), path.join(run, RunFile.checkpoints)]) {
    if (!existsSync(folder)) continue;
    for (const name of await readdir(folder)) {
      const [, original, wasBefore] = ASIDE.exec(name) ?? [];
      if (original === undefined) continue;
      const aside = path.join(folder, name);
      const place = path.join(folder, original);
      if (wasBefore !== undefined && !existsSync(place)) await rename(aside, place);
      else await rm(aside, { recursive: true, force: true });
    }
  }
}
