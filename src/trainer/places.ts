import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EnginePlaces } from '../learn/engine/index.js';
import { nativeCandidates } from './native.js';

/** TensorFlow.js' WebAssembly modules: beside the bundle, or in the package when run from its sources. */
function wasmFolder(): string {
  const bundled = path.join(__dirname, 'wasm');
  return (
    (existsSync(bundled) ? bundled : path.join(__dirname, '../../node_modules/@tensorflow/tfjs-backend-wasm/dist')) +
    path.sep
  );
}

/** Where this installation's engines are. One thread is fastest for small dense networks (docs/engines.md). */
export function enginePlaces(threads = 1): EnginePlaces {
  return { bindings: nativeCandidates().filter((file) => existsSync(file)), wasmFolder: wasmFolder(), threads };
}
