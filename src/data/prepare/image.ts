/** Images of any size and colour to pixels of one size. */
import { grouped, t } from '../../protocol/l10n.js';
import type { ImageOptions } from '../../recipe/recipe.js';
import { decodeImage } from '../image/decode.js';
import { resizeImage } from '../image/resize.js';
import type { ImageCollection } from '../imageFolder.js';
import type { Plan, Preparation, Preparer } from './preparation.js';

export interface ImagePreparation extends Preparation {
  kind: 'image';
  /** [height, width, channels], 1 channel for grey and 3 for RGB. */
  shape: [number, number, 1 | 3];
  range: [0, 255];
  fit: ImageOptions['fit'];
}

/** A size that so many images share is everybody's size; the others are scaled to it. */
const COMMON_SHARE = 0.9;
/** Side of the square to which images of many sizes are scaled, unless they are smaller. */
const USUAL_SIDE = 64;

export const image: Preparer<'image', ImagePreparation> = {
  kind: 'image',
  typeOf: () => 'uint8',
  parallel: true,

  plan(collection, { image: { size, colour, fit } }): Plan<ImagePreparation> {
    const { widths, heights, grey } = collection as ImageCollection;
    const [height, width] = size === null ? usualSize(widths, heights) : typeof size === 'number' ? [size, size] : size;
    const channels = colour === 'grey' || (colour === 'auto' && grey.every((one) => one === 1)) ? 1 : 3;
    const others = widths.reduce((sum, one, i) => sum + (one === width && heights[i] === height ? 0 : 1), 0);
    const notes =
      others === 0
        ? []
        : [
            t(
              '{0} of {1} images have another size than {2} × {3} and are scaled to it ("image": "size" in the recipe’s data changes it).',
              grouped(others),
              grouped(widths.length),
              height,
              width,
            ),
          ];
    return { preparation: { kind: 'image', shape: [height, width, channels], range: [0, 255], fit }, notes };
  },

  /** Gives [height, width, channels]. */
  open:
    ({ shape: [height, width, channels], fit }) =>
    (bytes) =>
      resizeImage(decodeImage(bytes, { channels }), { width, height, fit }).data,
};

/** The size that nearly all images have, else a square that none needs to be blown up much for. */
function usualSize(widths: Int32Array, heights: Int32Array): [height: number, width: number] {
  const counts = new Map<string, { count: number; size: [number, number] }>();
  widths.forEach((width, i) => {
    const height = heights[i] as number;
    const key = `${height} ${width}`;
    const entry = counts.get(key) ?? { count: 0, size: [height, width] };
    entry.count++;
    counts.set(key, entry);
  });
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (most && most.count >= COMMON_SHARE * widths.length) return most.size;
  const sides = widths.map((width, i) => Math.min(width, heights[i] as number)).sort();
  const side = Math.min(USUAL_SIDE, sides[sides.length >> 1] ?? USUAL_SIDE);
  return [side, side];
}
