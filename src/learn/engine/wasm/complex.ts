import {
  Cast,
  Complex,
  ComplexAbs,
  getKernel,
  Imag,
  Real,
  type DataType,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { kernel, size, view, type Call, type WasmBackend } from './backend.js';

/**
 * Complex tensors: the back end has none. Here one takes 8 bytes an element, real and imaginary part in turn, which is
 * also the order in which TensorFlow.js hands out complex values.
 */
const complex = kernel<{ real: TensorInfo; imag: TensorInfo }, object>(
  Complex,
  ({ inputs: { real, imag }, backend }) => {
    const out = backend.makeOutput(real.shape, 'complex64');
    const to = view(backend, out);
    const reals = view(backend, real);
    const imaginaries = view(backend, imag);
    for (let i = 0; i < reals.length; i++) {
      to[2 * i] = reals[i] ?? 0;
      to[2 * i + 1] = imaginaries[i] ?? 0;
    }
    return out;
  },
  readComplex,
);

const patched = new WeakSet<WasmBackend>();

/** Lets the back end hand out complex values, too. */
function readComplex(backend: WasmBackend): void {
  if (patched.has(backend)) return;
  patched.add(backend);
  const readSync = backend.readSync.bind(backend);
  backend.readSync = (dataId, start, end) => {
    const { dtype, shape, memoryOffset } = backend.dataIdMap.get(dataId);
    if (dtype !== 'complex64') return readSync(dataId, start, end);
    const from = memoryOffset + 8 * (start ?? 0);
    const to = memoryOffset + 8 * (end ?? size(shape));
    return new Float32Array(backend.wasm.HEAPU8.slice(from, to).buffer);
  };
}

/** A kernel from a complex tensor to a real one of the same shape. */
function toReal(name: string, input: 'input' | 'x', value: (real: number, imaginary: number) => number): KernelConfig {
  return kernel<Partial<Record<typeof input, TensorInfo>>, object>(name, ({ inputs, backend }) => {
    const z = inputs[input];
    if (!z) throw new Error(`${name} needs an input.`);
    const out = backend.makeOutput(z.shape, 'float32');
    const to = view(backend, out);
    const from = view(backend, z);
    for (let i = 0; i < to.length; i++) to[i] = value(from[2 * i] ?? 0, from[2 * i + 1] ?? 0);
    return out;
  });
}

function copy(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const out = backend.makeOutput(x.shape, x.dtype);
  view(backend, out).set(view(backend, x));
  return out;
}

type Func<Inputs, Attributes> = (call: Call<Inputs, Attributes>) => TensorInfo;

/** The back end's own kernel for everything that is not complex. */
function original<Inputs, Attributes>(name: string): Func<Inputs, Attributes> {
  const config = getKernel(name, 'wasm') as KernelConfig | undefined;
  if (!config) throw new Error(`Import @tensorflow/tfjs-backend-wasm before its kernels are extended (${name}).`);
  return config.kernelFunc as unknown as Func<Inputs, Attributes>;
}

/** Kernels for complex tensors. The back end's own must be registered already. */
export function complexKernels(): KernelConfig[] {
  const castOthers = original<{ x: TensorInfo }, { dtype: DataType }>(Cast);
  const real = toReal(Real, 'input', (part) => part);
  const imaginary = toReal(Imag, 'input', (_, part) => part);
  const absolute = toReal(ComplexAbs, 'x', (a, b) => Math.hypot(a, b));
  const cast = kernel<{ x: TensorInfo }, { dtype: DataType }>(Cast, (args) => castComplex(args, castOthers));
  return [complex, real, imaginary, absolute, cast];
}

/** To complex with a zero imaginary part; from complex the real part. */
function castComplex(
  args: Call<{ x: TensorInfo }, { dtype: DataType }>,
  castOthers: Func<{ x: TensorInfo }, { dtype: DataType }>,
): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { x } = inputs;
  const complexInput = x.dtype === 'complex64';
  const complexOutput = attrs.dtype === 'complex64';
  if (complexInput && complexOutput) return copy(backend, x);
  if (!complexInput && !complexOutput) return castOthers(args);
  // By way of float32.
  if (complexOutput) {
    const reals = castOthers({ ...args, attrs: { dtype: 'float32' } });
    const out = backend.makeOutput(x.shape, 'complex64');
    const to = view(backend, out).fill(0);
    const from = view(backend, reals);
    for (let i = 0; i < from.length; i++) to[2 * i] = from[i] ?? 0;
    backend.disposeData(reals.dataId);
    return out;
  }
  const reals = backend.makeOutput(x.shape, 'float32');
  const to = view(backend, reals);
  const from = view(backend, x);
  for (let i = 0; i < to.length; i++) to[i] = from[2 * i] ?? 0;
  if (attrs.dtype === 'float32') return reals;
  const out = castOthers({ inputs: { x: reals }, attrs, backend });
  backend.disposeData(reals.dataId);
  return out;
}
