import {
  broadcastTo,
  Einsum,
  einsum as sum,
  reshape,
  transpose,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';

/**
 * The sum is linear in each of its inputs, so an input's gradient is the sum of dy with the other input over the axes
 * that this input lacks. An axis that only this input has was summed away: there the gradient is constant.
 */
export const einsum: GradConfig = {
  kernelName: Einsum,
  saveAllInputs: true,
  gradFunc(dy, saved, attrs) {
    const { equation } = attrs as unknown as { equation: string };
    const [terms = '', output = ''] = equation.replace(/\s/g, '').split('->');
    const inputs = terms.split(',');
    const tensors = saved;
    return Object.fromEntries(
      inputs.map((term, i) => [
        i,
        () => gradient(dy as Tensor, output, term, tensors[i] as Tensor, inputs[1 - i] ?? '', tensors[1 - i]),
      ]),
    );
  },
};

function gradient(dy: Tensor, output: string, term: string, x: Tensor, otherTerm: string, other?: Tensor): Tensor {
  const axes = Array.from(term);
  const known = axes.filter((axis) => output.includes(axis) || otherTerm.includes(axis));
  const reduced = other
    ? sum(`${output},${otherTerm}->${known.join('')}`, dy, other)
    : transpose(
        dy,
        known.map((axis) => output.indexOf(axis)),
      );
  if (known.length === axes.length) return reduced;
  const lengths = axes.map((axis, i) => (known.includes(axis) ? (x.shape[i] ?? 1) : 1));
  return broadcastTo(reshape(reduced, lengths), x.shape);
}
