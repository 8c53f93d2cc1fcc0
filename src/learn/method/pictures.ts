import type * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../../protocol/safetensors.js';
import type { WeightsView } from '../../protocol/sample.js';
import type { Values } from '../engine/engine.js';
import { sizeOf } from '../parameters.js';

/** Turning tensors into what the monitor draws. */

/** More pictures of weights than this would be too small to see. */
const MAX_WEIGHT_PICTURES = 64;

/** [height, width, channels] for drawing one example: itself for images, a row of grey squares for anything else. */
export function imageShape(shape: number[]): [number, number, number] {
  const [height, width, channels] = shape;
  if (shape.length === 3 && height && width && (channels === 1 || channels === 3)) return [height, width, channels];
  if (shape.length === 2 && height && width) return [height, width, 1];
  return [1, sizeOf(shape), 1];
}

/** Values 0..1 as bytes; what lies outside is drawn as the nearest end. @param values [batch, ...] */
export async function imagePixels(values: tf.Tensor, picture: [number, number, number]): Promise<NamedTensor> {
  const floats = await values.data<'float32'>();
  return {
    shape: [values.shape[0], ...picture],
    data: Uint8Array.from(floats, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255)),
  };
}

/** Kernels of the first dense layer, one picture a unit; null where the first layer is not dense over images. */
export async function weightPictures(
  values: Values,
  shape: number[],
): Promise<{ view: WeightsView; tensor: NamedTensor } | null> {
  const kernel = values['encoder/dense_1/kernel'];
  if (!kernel || shape.length < 2) return null;
  const [inputs, units] = kernel.shape as [number, number];
  const shown = Math.min(units, MAX_WEIGHT_PICTURES);
  const data = await kernel.data<'float32'>();
  const pictures = new Float32Array(shown * inputs);
  for (let unit = 0; unit < shown; unit++)
    for (let i = 0; i < inputs; i++) pictures[unit * inputs + i] = data[i * units + unit] as number;
  return {
    view: { kind: 'weights', tensor: 'weights', total: units },
    tensor: { shape: [shown, ...imageShape(shape)], data: pictures },
  };
}
