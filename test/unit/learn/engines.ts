import { existsSync } from 'node:fs';
import path from 'node:path';
import { startEngine } from '../../../src/learn/engine/index.js';
import type { Engine } from '../../../src/learn/engine/engine.js';
import type { EngineName } from '../../../src/protocol/run.js';
import { nativeCandidates } from '../../../src/trainer/native.js';

/** Engines as the tests start them. One process holds one engine at a time: suites start theirs in a `before`. */
export const wasmFolder = path.join(__dirname, '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist') + path.sep;

export async function engineOf(name: EngineName): Promise<Engine> {
  return (
    await startEngine(name, { bindings: nativeCandidates().filter((file) => existsSync(file)), wasmFolder, threads: 1 })
  ).engine;
}

/** Skips a suite, and says why, where the native library is not installed. */
export async function engineOrSkip(name: EngineName, context: Mocha.Context): Promise<Engine> {
  try {
    return await engineOf(name);
  } catch (error) {
    if (name !== 'tensorflow') throw error;
    console.log(
      `      skipped: the tensorflow engine does not load here (${error instanceof Error ? error.message : String(error)})`,
    );
    return context.skip();
  }
}
