import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Inspection } from '../protocol/inspection.js';

/** What was found in a dataset, and what its page shows of it. */
export interface InspectedDataset {
  /** Path of the data, or of the recipe whose data it is. */
  target: string;
  /** When, ISO 8601. */
  at: string;
  inspection: Inspection;
  /** A safetensors file, see {@link ShowInspection}; null where it could not be read. */
  pictures: Uint8Array | null;
}

/** More are not open at once. */
const MOST = 20;

/** Inspections on the disk, for pages that come back after a reload: the latest of each dataset. */
export class KeptInspections {
  /** @param folder made when it is needed */
  constructor(private readonly folder: string) {}

  /** Keeps one, in place of an earlier one of the same dataset; the oldest of too many goes. */
  async keep(inspected: InspectedDataset): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true });
    const file = this.file(inspected.target);
    const aside = `${file}.${randomUUID()}`; // a half-written one is never seen
    try {
      await fs.writeFile(aside, serialize(inspected));
      await fs.rename(aside, file);
    } catch (error) {
      await fs.rm(aside, { force: true });
      throw error;
    }
    await this.forgetOldest();
  }

  /** The latest of a dataset; null where none is kept. */
  async find(target: string): Promise<InspectedDataset | null> {
    try {
      const kept: unknown = deserialize(await fs.readFile(this.file(target)));
      return isInspected(kept) && kept.target === target ? kept : null;
    } catch {
      return null; // not there, or another version's
    }
  }

  private file(target: string): string {
    return path.join(this.folder, createHash('sha256').update(target).digest('hex').slice(0, 32));
  }

  private async forgetOldest(): Promise<void> {
    const files = (await fs.readdir(this.folder)).map((name) => path.join(this.folder, name));
    const times = await Promise.all(files.map(async (file) => ({ file, time: (await fs.stat(file)).mtimeMs })));
    const old = times.sort((a, b) => b.time - a.time).slice(MOST);
    await Promise.all(old.map(({ file }) => fs.rm(file, { force: true })));
  }
}

export function isInspection(value: unknown): value is Inspection {
  return typeof value === 'object' && value !== null && 'findings' in value && 'classes' in value;
}

function isInspected(value: unknown): value is InspectedDataset {
  return (
    typeof value === 'object' &&
    value !== null &&
    'target' in value &&
    'at' in value &&
    typeof value.at === 'string' &&
    'pictures' in value &&
    'inspection' in value &&
    isInspection(value.inspection)
  );
}
