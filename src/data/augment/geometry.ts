/** Moving pixels: one affine map for crop, mirror, rotation and shift, so that an image is sampled once. */
import type { RandomStream } from '../../protocol/random.js';
import type { ImageAugmentation } from '../../recipe/augmentation.js';
import { signed } from './augmenter.js';

/** From a place in the new image to one in the old: x = xx u + xy v + x0, y = yx u + yy v + y0, in pixels from the corner. */
export interface Affine {
  xx: number;
  xy: number;
  x0: number;
  yx: number;
  yy: number;
  y0: number;
}

/** Proportions of a crop, width to height, as in Szegedy et al. 2015 (GoogLeNet) and SimCLR. */
const PROPORTIONS = 4 / 3;

/** @returns null where nothing moves */
export function drawAffine(
  random: RandomStream,
  height: number,
  width: number,
  { crop, shift, rotation }: ImageAugmentation,
  flips: boolean,
): Affine | null {
  if (crop === 0 && shift === 0 && rotation === 0 && !flips) return null;
  // The crop: from the new image to its place in the old.
  const map = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
  if (crop > 0) {
    const area = (1 - crop * random.uniform()) * width * height;
    const proportion = PROPORTIONS ** signed(random);
    const cropWidth = Math.min(width, Math.sqrt(area * proportion));
    const cropHeight = Math.min(height, Math.sqrt(area / proportion));
    map.xx = cropWidth / width;
    map.yy = cropHeight / height;
    map.x0 = random.uniform() * (width - cropWidth);
    map.y0 = random.uniform() * (height - cropHeight);
  }
  if (flips && random.uniform() < 0.5) {
    map.x0 += map.xx * width;
    map.xx = -map.xx;
  }
  if (shift > 0) {
    map.x0 += signed(random) * shift * width;
    map.y0 += signed(random) * shift * height;
  }
  return rotation > 0 ? turned(map, (signed(random) * rotation * Math.PI) / 180, width / 2, height / 2) : map;
}

/** The map followed by a rotation around a centre. */
function turned({ xx, xy, x0, yx, yy, y0 }: Affine, angle: number, centreX: number, centreY: number): Affine {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    xx: c * xx - s * yx,
    xy: c * xy - s * yy,
    x0: c * (x0 - centreX) - s * (y0 - centreY) + centreX,
    yx: s * xx + c * yx,
    yy: s * xy + c * yy,
    y0: s * (x0 - centreX) + c * (y0 - centreY) + centreY,
  };
}

/** Bilinear; beyond the border stands the border's pixel. @param image [height, width, channels] */
export function resample(
  image: Float32Array,
  height: number,
  width: number,
  channels: number,
  { xx, xy, x0, yx, yy, y0 }: Affine,
  out: Float32Array,
): void {
  const [right, bottom] = [width - 1, height - 1];
  for (let row = 0, to = 0; row < height; row++)
    for (let column = 0; column < width; column++, to += channels) {
      // Pixels stand at the middle of their squares.
      const u = column + 0.5;
      const v = row + 0.5;
      let x = xx * u + xy * v + x0 - 0.5;
      let y = yx * u + yy * v + y0 - 0.5;
      x = x < 0 ? 0 : x > right ? right : x;
      y = y < 0 ? 0 : y > bottom ? bottom : y;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const [fx, fy] = [x - left, y - top];
      const first = (top * width + left) * channels;
      const dx = left < right ? channels : 0;
      const dy = top < bottom ? width * channels : 0;
      for (let c = 0; c < channels; c++) {
        const at = first + c;
        const upper = (1 - fx) * (image[at] as number) + fx * (image[at + dx] as number);
        const lower = (1 - fx) * (image[at + dy] as number) + fx * (image[at + dx + dy] as number);
        out[to + c] = (1 - fy) * upper + fy * lower;
      }
    }
}
