import { backend_util, Einsum, Sum, Transpose, type TensorInfo } from '@tensorflow/tfjs-core';
import { call, kernel, size, type WasmBackend } from './backend.js';
import { matmul } from './matmul.js';

/** A tensor whose axes have names, one letter each. It owns its reference to the data. */
interface Named {
  axes: string[];
  tensor: TensorInfo;
}

/** Sums the axes that are not kept. Takes over `x`. */
function sumOthers(backend: WasmBackend, x: Named, kept: (axis: string) => boolean): Named {
  const axis = x.axes.flatMap((name, i) => (kept(name) ? [] : [i]));
  if (axis.length === 0) return x;
  const tensor = call(backend, Sum, { x: x.tensor }, { axis, keepDims: false });
  backend.disposeData(x.tensor.dataId);
  return { axes: x.axes.filter(kept), tensor };
}

/** Reorders the axes. Takes over `x`. */
function order(backend: WasmBackend, x: Named, axes: string[]): Named {
  if (axes.every((name, i) => name === x.axes[i])) return x;
  const tensor = call(backend, Transpose, { x: x.tensor }, { perm: axes.map((name) => x.axes.indexOf(name)) });
  backend.disposeData(x.tensor.dataId);
  return { axes, tensor };
}

/**
 * Einstein's sum over one or two tensors as one batched matrix product: axes in both inputs and in the result are the
 * batch, those in both inputs only are multiplied and summed, those in one input only are rows or columns.
 */
const einsum = kernel<TensorInfo[], { equation: string }>(Einsum, ({ inputs, backend, attrs }) => {
  const equation = attrs.equation.replace(/\s/g, '');
  // The core's own checks and messages.
  const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, inputs.length);
  backend_util.checkEinsumDimSizes(
    allDims.length,
    idDims,
    inputs as unknown as Parameters<typeof backend_util.checkEinsumDimSizes>[2],
  );
  const [terms = '', result = ''] = equation.split('->');
  const output = Array.from(result);
  const operands = terms.split(',').map((term, i): Named => {
    const tensor = inputs[i];
    if (!tensor) throw new Error(`Einsum: "${equation}" needs ${i + 1} tensors.`);
    backend.incRef(tensor.dataId);
    return { axes: Array.from(term), tensor };
  });
  const [first, second] = operands;
  if (!first) throw new Error(`Einsum: "${equation}" has no input.`);
  if (!second) {
    return own(
      backend,
      inputs,
      order(
        backend,
        sumOthers(backend, first, (name) => output.includes(name)),
        output,
      ).tensor,
    );
  }
  const a = sumOthers(backend, first, (name) => output.includes(name) || second.axes.includes(name));
  const b = sumOthers(backend, second, (name) => output.includes(name) || first.axes.includes(name));
  const lengths = new Map<string, number>();
  for (const { axes, tensor } of [a, b]) axes.forEach((name, i) => lengths.set(name, tensor.shape[i] ?? 1));
  const batch = output.filter((name) => a.axes.includes(name) && b.axes.includes(name));
  const rows = output.filter((name) => a.axes.includes(name) && !b.axes.includes(name));
  const columns = output.filter((name) => b.axes.includes(name) && !a.axes.includes(name));
  const summed = a.axes.filter((name) => b.axes.includes(name) && !output.includes(name));
  const shape = (...groups: string[][]) => groups.map((group) => size(group.map((name) => lengths.get(name) ?? 1)));

  const left = order(backend, a, [...batch, ...rows, ...summed]);
  const right = order(backend, b, [...batch, ...summed, ...columns]);
  const product = matmul(
    backend,
    { ...left.tensor, shape: shape(batch, rows, summed) },
    { ...right.tensor, shape: shape(batch, summed, columns) },
    { transposeA: false, transposeB: false },
  );
  backend.disposeData(left.tensor.dataId);
  backend.disposeData(right.tensor.dataId);
  const axes = [...batch, ...rows, ...columns];
  const named = { axes, tensor: { ...product, shape: axes.map((name) => lengths.get(name) ?? 1) } };
  return order(backend, named, output).tensor;
});

/** Nothing had to be done: a tensor of its own all the same. */
function own(backend: WasmBackend, inputs: TensorInfo[], result: TensorInfo): TensorInfo {
  if (result.dataId !== inputs[0]?.dataId) return result;
  const copy = call(backend, 'Identity', { x: result });
  backend.disposeData(result.dataId);
  return copy;
}

export const kernels = [einsum];
