import { dense } from '../layer/dense.js';
import { sequence, type Network } from '../network.js';

/** Where the head's linear layer stands among the parameters. */
export const LINEAR = 'head/dense';

/** From a code to so many numbers, one for each class. @param hidden units of a layer in between; null for none */
export function head(codeShape: number[], outputs: number, hidden: number | null): Network {
  return sequence(codeShape, [
    ...(hidden === null ? [] : [dense('head/hidden', hidden, 'relu')]),
    dense(LINEAR, outputs, 'linear'),
  ]);
}
