import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network.js';

/** x + f(x) (He et al. 2016, "Deep residual learning"). @throws RangeError when f changes the shape */
export function residual(make: (inputShape: number[]) => Network): (inputShape: number[]) => Network {
  return (inputShape) => {
    const network = make(inputShape);
    if (network.outputShape.join() !== inputShape.join())
      throw new RangeError(`[${network.outputShape.join(', ')}] cannot be added to [${inputShape.join(', ')}]`);
    return { ...network, apply: (values, input, pass) => tf.add(input, network.apply(values, input, pass)) };
  };
}
