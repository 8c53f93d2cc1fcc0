/** Images: the augmentations of SimCLR (Chen et al. 2020, appendix A), rotation, shift and erasing. */
import type { RandomStream } from '../../protocol/random.js';
import type { ImageAugmentation } from '../../recipe/augmentation.js';
import type { Augmenter } from './augmenter.js';
import { blur } from './blur.js';
import { distort } from './colour.js';
import { drawAffine, resample } from './geometry.js';

/** @param shape [height, width, channels], values 0..1 */
export function imageAugmenter(shape: readonly number[], options: ImageAugmentation): Augmenter {
  const [height, width, channels] = shape as [number, number, number];
  const flips = options.flip ?? channels === 3;
  return {
    mixes: false,
    apply(random, image, _, out) {
      const affine = drawAffine(random, height, width, options, flips);
      if (affine) resample(image, height, width, channels, affine, out);
      else out.set(image);
      distort(random, out, channels, options);
      if (options.blur > 0) blur(out, height, width, channels, options.blur * random.uniform());
      if (options.erasing > 0) erase(random, out, height, width, channels, options.erasing);
    },
  };
}

/** Random erasing (Zhong et al. 2020): one rectangle gets one brightness. */
function erase(
  random: RandomStream,
  image: Float32Array,
  height: number,
  width: number,
  channels: number,
  most: number,
): void {
  const area = most * random.uniform() * height * width;
  const proportion = 3 ** (2 * random.uniform() - 1);
  const across = Math.min(width, Math.round(Math.sqrt(area * proportion)));
  const down = Math.min(height, Math.round(Math.sqrt(area / proportion)));
  const left = random.integer(width - across + 1);
  const top = random.integer(height - down + 1);
  const value = random.uniform();
  for (let y = top; y < top + down; y++)
    image.fill(value, (y * width + left) * channels, (y * width + left + across) * channels);
}
