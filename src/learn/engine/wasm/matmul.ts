import { BatchMatMul, broadcast_util, _FusedMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import { call, floats, kernel, lastOf, size, type WasmBackend } from './backend.js';
import { multiply, native } from './native.js';

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

/**
 * Matrix product over the last two axes; the axes before them are batches, which are broadcast.
 * @param a [..., m, k], or [..., k, m] if transposed
 * @param b [..., k, n], or [..., n, k] if transposed
 * @returns [..., m, n]
 */
export function matmul(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: Transposes,
): TensorInfo {
  const [rowsA = 1, columnsA = 1] = a.shape.slice(-2);
  const [rowsB = 1, columnsB = 1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [n, inner] = transposeB ? [rowsB, columnsB] : [columnsB, rowsB];
  if (k !== inner) {
    const transposed = `transposed: ${transposeA}, ${transposeB}`;
    throw new Error(`Shapes [${a.shape.join()}] and [${b.shape.join()}] cannot be multiplied (${transposed}).`);
  }
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  const offsetsA = offsets(batchA, batch);
  const offsetsB = offsets(batchB, batch);
  const atA = floats(backend, a);
  const atB = floats(backend, b);
  const atOut = floats(backend, out);
  for (let i = 0; i < size(batch); i++) {
    const addresses = [atA + 4 * offsetsA(i) * m * k, atB + 4 * offsetsB(i) * k * n, atOut + 4 * i * m * n] as const;
    multiply(backend, addresses, [m, n, k], { transposeA, transposeB });
  }
  return out;
}

/** From the place in the broadcast batch to the place in the batch of `shape`. */
function offsets(shape: readonly number[], batch: readonly number[]): (index: number) => number {
  if (size(shape) === 1) return () => 0;
  if (size(shape) === size(batch)) return (index) => index;
  const padded = [...Array<number>(batch.length - shape.length).fill(1), ...shape];
  return (index) => {
    let rest = index;
    let stride = 1;
    let offset = 0;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const length = batch[axis] ?? 1;
      const own = padded[axis] ?? 1;
      if (own !== 1) offset += (rest % length) * stride;
      stride *= own;
      rest = Math.floor(rest / length);
    }
    return offset;
  };
}

/** Activations that {@link biasActivation} knows, by the number that assembly/training.ts gives them. */
export const ACTIVATIONS: Readonly<Record<string, number>> = { linear: 0, relu: 1, sigmoid: 2, tanh: 3 };

/** Adds the bias, if any, and applies the activation, in place. `x` is [..., columns], `bias` [columns]. */
export function biasActivation(
  backend: WasmBackend,
  x: TensorInfo,
  bias: TensorInfo | undefined,
  activation: number,
): void {
  const columns = lastOf(x.shape);
  const rows = columns === 0 ? 0 : size(x.shape) / columns;
  native(backend).biasActivation(floats(backend, x), bias ? floats(backend, bias) : 0, rows, columns, activation);
}

const batchMatMul = kernel<{ a: TensorInfo; b: TensorInfo }, Transposes>(
  BatchMatMul,
  ({ inputs: { a, b }, backend, attrs }) => matmul(backend, a, b, attrs),
);

interface FusedInputs {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo | null;
  preluActivationWeights?: TensorInfo | null;
}

const fusedMatMul = kernel<FusedInputs, Transposes & { activation: string; leakyreluAlpha?: number }>(
  _FusedMatMul,
  ({ inputs: { a, b, bias, preluActivationWeights }, backend, attrs }) => {
    let out = matmul(backend, a, b, attrs);
    const { activation } = attrs;
    const code = ACTIVATIONS[activation] ?? 0;
    const columns = lastOf(out.shape);
    const isRow = bias ? lastOf(bias.shape) === columns && size(bias.shape) === columns : false;
    if (bias && !isRow) out = replace(backend, out, call(backend, 'Add', { a: out, b: bias }));
    biasActivation(backend, out, bias && isRow ? bias : undefined, code);
    if (activation in ACTIVATIONS) return out;
    return replace(
      backend,
      out,
      otherActivation(backend, out, activation, preluActivationWeights, attrs.leakyreluAlpha),
    );
  },
);

function otherActivation(
  backend: WasmBackend,
  x: TensorInfo,
  activation: string,
  alpha: TensorInfo | null | undefined,
  leakyreluAlpha = 0.2,
): TensorInfo {
  switch (activation) {
    case 'relu6':
      return call(backend, 'Relu6', { x });
    case 'elu':
      return call(backend, 'Elu', { x });
    case 'prelu':
      return call(backend, 'Prelu', { x, alpha });
    case 'leakyrelu':
      return call(backend, 'LeakyRelu', { x }, { alpha: leakyreluAlpha });
    default:
      throw new Error(`The wasm engine has no fused activation "${activation}".`);
  }
}

function replace(backend: WasmBackend, before: TensorInfo, after: TensorInfo): TensorInfo {
  backend.disposeData(before.dataId);
  return after;
}

export const kernels = [batchMatMul, fusedMatMul];
