import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runPeer } from '../../data/peer.js';

/**
 * What a Python program that has scikit-learn gives for a value: it finds the value's JSON in `given` and prints JSON.
 * Skips the test, and says so, where pip cannot install it.
 */
export async function scikit<T>(test: Mocha.Context, program: string, given: unknown): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pretrain-scikit-'));
  const file = path.join(folder, 'given.json');
  writeFileSync(file, JSON.stringify(given));
  const start = 'import json, sys\nimport numpy as np\ngiven = json.load(open(sys.argv[1]))\n';
  try {
    return JSON.parse(await runPeer(test, ['-c', start + program, file])) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Rows of so many numbers, for JSON. */
export function rowsOf(data: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (_, i) => data[row * width + i]!),
  );
}
