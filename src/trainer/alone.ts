import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** How often a flag is raised again after another was seen, and the longest wait in between. */
const ATTEMPTS = 50;
const WAIT_MILLISECONDS = 40;

/**
 * Runs `action` while no other process does so for the same `place`. Each raises a flag of its own, a file named by
 * place and process, and then looks for others: of two at the same time at least one sees the other, takes its flag
 * down, and tries again a little later. The flag of a process that is gone counts for nothing and can be removed at any
 * time, since nobody else has its name; so none has to be taken over, as a single lock file would.
 * @param place path whose folder is this user's own
 * @returns null when others were there all the time
 */
export async function alone<T>(place: string, action: () => Promise<T>): Promise<T | null> {
  const flag = `${place}.${process.pid}.${randomBytes(4).toString('hex')}.flag`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await writeFile(flag, '', { flag: 'wx' });
    try {
      if (!(await othersThan(flag, place))) return await action();
    } finally {
      await rm(flag, { force: true });
    }
    await setTimeout(Math.random() * WAIT_MILLISECONDS);
  }
  return null;
}

/** Whether a living process has raised its flag; those of dead ones are removed. */
async function othersThan(own: string, place: string): Promise<boolean> {
  const folder = path.dirname(place);
  const flags = (await readdir(folder))
    .filter((name) => name.startsWith(`${path.basename(place)}.`) && name.endsWith('.flag'))
    .map((name) => path.join(folder, name))
    .filter((flag) => flag !== own);
  const dead = flags.filter((flag) => !isAlive(Number(flag.split('.').at(-3))));
  await Promise.all(dead.map((flag) => rm(flag, { force: true })));
  return flags.length > dead.length;
}

/** Whether a process has that id, be it one that this user may not signal. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
