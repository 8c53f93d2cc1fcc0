import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  stridedSlice,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { spread } from './spread.js';

/**
 * TensorFlow.js refuses the gradient of a dilated convolution. A dilated filter is a larger filter with zeros between
 * its weights: the gradients are that one's, of which every `dilation`-th weight is kept.
 */
export const dilated: Record<string, (original: GradConfig | undefined) => GradConfig> = {
  [Conv2D]: (original) => extended(Conv2D, original, Conv2DBackpropInput, Conv2DBackpropFilter),
  [DepthwiseConv2dNative]: (original) =>
    extended(DepthwiseConv2dNative, original, DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter),
};

function extended(
  kernelName: string,
  original: GradConfig | undefined,
  inputKernel: string,
  filterKernel: string,
): GradConfig {
  if (!original) throw new Error(`TensorFlow.js has no gradient for ${kernelName}.`);
  const run = (name: string, inputs: NamedTensorMap, attrs: object) =>
    engine().runKernel<Tensor>(name, inputs, attrs as NamedAttrMap);
  return {
    kernelName,
    inputsToSave: ['x', 'filter'],
    gradFunc(dy, saved, attrs) {
      const { dilations } = attrs as unknown as { dilations?: number | [number, number] | null };
      const [vertical, horizontal] = typeof dilations === 'number' ? [dilations, dilations] : (dilations ?? [1, 1]);
      if (vertical === 1 && horizontal === 1) return original.gradFunc(dy, saved, attrs);
      const [x, filter] = saved as [Tensor, Tensor];
      const plain = { ...attrs, dilations: [1, 1] };
      const wide = (shape: number[]) => {
        const [height = 1, width = 1, ...channels] = shape;
        return [(height - 1) * vertical + 1, (width - 1) * horizontal + 1, ...channels];
      };
      return {
        x: () => {
          const spreaded = spread(spread(filter, 0, vertical), 1, horizontal);
          return run(inputKernel, { dy: dy as Tensor, filter: spreaded }, { ...plain, inputShape: x.shape });
        },
        filter: () => {
          const shape = wide(filter.shape);
          const whole = run(filterKernel, { x, dy: dy as Tensor }, { ...plain, filterShape: shape });
          return stridedSlice(whole, [0, 0, 0, 0], shape, [vertical, horizontal, 1, 1]);
        },
      };
    },
  };
}
