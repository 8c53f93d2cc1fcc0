import {
  getKernel,
  type DataType,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';

/** Where a tensor lies in the back end's memory. */
interface TensorData {
  readonly id: number;
  readonly memoryOffset: number;
  readonly shape: number[];
  readonly dtype: DataType;
}

/** The part of TensorFlow.js' WebAssembly back end that kernels use. */
export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** The module's exports, its memory among them. */
    readonly asm: Readonly<Record<string, unknown>>;
    readonly tfjs: { registerTensor(id: number, size: number, offset: number): void; disposeData(id: number): void };
    _malloc(bytes: number): number;
    _free(offset: number): void;
  };
  readonly dataIdMap: { get(dataId: object): TensorData };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  readSync(dataId: object, start?: number, end?: number): TypedArray;
  incRef(dataId: object): void;
  refCount(dataId: object): number;
  disposeData(dataId: object): boolean;
}

export interface Call<Inputs, Attributes> {
  inputs: Inputs;
  attrs: Attributes;
  backend: WasmBackend;
}

/** Describes a kernel of the `wasm` back end with the types of its inputs and attributes. */
export function kernel<Inputs, Attributes>(
  kernelName: string,
  kernelFunc: (call: Call<Inputs, Attributes>) => TensorInfo,
  setupFunc?: (backend: WasmBackend) => void,
): KernelConfig {
  const config = { kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as KernelFunc };
  return setupFunc ? { ...config, setupFunc: (backend) => setupFunc(backend as WasmBackend) } : config;
}

/** Runs another kernel of the back end. Its result is the caller's to return or to {@link WasmBackend.disposeData}. */
export function call(backend: WasmBackend, kernelName: string, inputs: object, attrs: object = {}): TensorInfo {
  const config = getKernel(kernelName, 'wasm') as KernelConfig | undefined;
  if (!config) throw new Error(`The wasm engine has no kernel ${kernelName}.`);
  return (config.kernelFunc as unknown as (args: object) => TensorInfo)({ inputs, attrs, backend });
}

/** Address of a tensor's first byte. */
export function address(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** The same for a tensor that has to be float32. */
export function floats(backend: WasmBackend, tensor: TensorInfo): number {
  if (tensor.dtype !== 'float32') throw new Error(`The wasm engine expected float32 here, not ${tensor.dtype}.`);
  return address(backend, tensor);
}

/** A view on a float32 or complex64 tensor. It is valid until the next allocation. */
export function view(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const { memoryOffset, shape } = backend.dataIdMap.get(tensor.dataId);
  const length = size(shape) * (tensor.dtype === 'complex64' ? 2 : 1);
  return new Float32Array(backend.wasm.HEAPU8.buffer, memoryOffset, length);
}

export function makeZeros(backend: WasmBackend, shape: number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  const at = address(backend, out);
  backend.wasm.HEAPU8.fill(0, at, at + 4 * size(shape));
  return out;
}

/** Number of elements. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Length of the last axis; 1 for a scalar. */
export function lastOf(shape: readonly number[]): number {
  return shape[shape.length - 1] ?? 1;
}
