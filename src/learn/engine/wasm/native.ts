import type { backend_util } from '@tensorflow/tfjs-core';
import { t } from '../../../protocol/l10n.js';
import { BINARY } from './binary.js';
import type { WasmBackend } from './backend.js';

/** What assembly/index.ts exports; addresses are bytes in the back end's memory, lengths are elements. */
export interface Native {
  matmulScratch(): number;
  matmul(
    a: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
    scratch: number,
  ): void;
  biasActivation(x: number, bias: number, rows: number, columns: number, activation: number): void;
  activationGradient(dy: number, y: number, to: number, n: number, activation: number): void;
  columnSums(x: number, to: number, rows: number, columns: number): void;
  sigmoidCrossEntropy(z: number, x: number, gradient: number, n: number, scale: number): number;
  squaredError(y: number, x: number, gradient: number, n: number, scale: number): number;
  adam(
    w: number,
    m: number,
    v: number,
    g: number,
    n: number,
    rate: number,
    share1: number,
    share2: number,
    epsilon: number,
  ): void;
  momentum(w: number, a: number, g: number, n: number, rate: number, decay: number): void;
  scale(x: number, n: number, factor: number): void;
  geometry(
    inHeight: number,
    inWidth: number,
    inChannels: number,
    filterHeight: number,
    filterWidth: number,
    strideHeight: number,
    strideWidth: number,
    dilationHeight: number,
    dilationWidth: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  toPatches(image: number, patches: number): void;
  addPatches(patches: number, image: number): void;
  depthwiseFilterGradient(image: number, dy: number, filter: number, multiplier: number): void;
  depthwiseInputGradient(dy: number, filter: number, image: number, multiplier: number): void;
  maxPoolGradient(image: number, dy: number, dx: number): void;
  segmentSum(x: number, ids: number, to: number, rows: number, columns: number): void;
  gatherRows(x: number, ids: number, to: number, rows: number, bytes: number): void;
}

/** The little that is needed here of what a browser's types would bring. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (descriptor: { initial: number }) => object;
};

let compiled: object | undefined;
const instances = new WeakMap<WasmBackend, Native>();
const scratches = new WeakMap<WasmBackend, number>();

/** Tells the kernels the sizes of a convolution or pooling that the next calls are about. */
export function setGeometry(kernels: Native, info: backend_util.Conv2DInfo): void {
  kernels.geometry(
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
    info.outHeight,
    info.outWidth,
  );
}

/** Our own kernels, working in the memory of the back end. */
export function native(backend: WasmBackend): Native {
  const known = instances.get(backend);
  if (known) return known;
  const memory = Object.values(backend.wasm.asm).find((value) => value instanceof WebAssembly.Memory);
  if (!memory)
    throw new Error(t('The wasm engine does not share its memory: is @tensorflow/tfjs-backend-wasm 4.22.0?'));
  compiled ??= new WebAssembly.Module(Buffer.from(BINARY, 'base64'));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Native;
  instances.set(backend, instance);
  return instance;
}

/** c = op(a) · op(b) by address (see assembly/matmul.as), or c + op(a) · op(b). */
export function multiply(
  backend: WasmBackend,
  [a, b, c]: readonly [a: number, b: number, c: number],
  [m, n, k]: readonly [m: number, n: number, k: number],
  { transposeA = false, transposeB = false, accumulate = false } = {},
): void {
  const kernels = native(backend);
  let scratch = scratches.get(backend);
  if (scratch === undefined) {
    scratch = allocate(backend, kernels.matmulScratch());
    scratches.set(backend, scratch);
  }
  kernels.matmul(a, b, c, m, n, k, transposeA, transposeB, accumulate, scratch);
}

/** Runs `use` with the address of `bytes` bytes of memory. */
export function withMemory<Result>(backend: WasmBackend, bytes: number, use: (at: number) => Result): Result {
  const at = allocate(backend, bytes);
  try {
    return use(at);
  } finally {
    backend.wasm._free(at);
  }
}

function allocate(backend: WasmBackend, bytes: number): number {
  const at = backend.wasm._malloc(bytes) >>> 0;
  if (at === 0) throw new Error(t('The wasm engine is out of memory: {0} bytes are not to be had.', bytes));
  return at;
}
