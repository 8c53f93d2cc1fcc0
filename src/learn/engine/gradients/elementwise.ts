import {
  broadcast_util,
  Equal,
  Greater,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalNot,
  LogicalOr,
  Maximum,
  Minimum,
  NotEqual,
  reshape,
  SquaredDifference,
  sum,
  zeros,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** TensorFlow.js does not sum these gradients over the axes along which an input was repeated, and so refuses them. */
export const broadcast: Record<string, (original: GradConfig | undefined) => GradConfig> = Object.fromEntries(
  [Maximum, Minimum, SquaredDifference].map((name) => [name, (original) => reduced(name, original)]),
);

function reduced(kernelName: string, original: GradConfig | undefined): GradConfig {
  if (!original) throw new Error(`TensorFlow.js has no gradient for ${kernelName}.`);
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc(dy, saved, attrs) {
      const [a, b] = saved as [Tensor, Tensor];
      const gradients = original.gradFunc(dy, saved, attrs);
      const of = (name: 'a' | 'b', x: Tensor) => () => reduce(gradients[name]?.() ?? zeros(x.shape), x.shape);
      return { a: of('a', a), b: of('b', b) };
    },
  };
}

function reduce(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}

/** Steps are flat: their gradient is zero, as TensorFlow.js has it for `greaterEqual` only. */
export const comparisons: GradConfig[] = [
  ...[Equal, NotEqual, Greater, Less, LessEqual, LogicalAnd, LogicalOr].map((name) => flat(name, ['a', 'b'])),
  flat(LogicalNot, ['x']),
];

function flat(kernelName: string, inputs: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) =>
      Object.fromEntries(inputs.map((name, i) => [name, () => zeros((saved[i] as Tensor).shape)])),
  };
}
