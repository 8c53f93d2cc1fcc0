/** Rows of numbers: columns replaced by those of another row (Bahri et al. 2022, "SCARF") or by 0, and noise. */
import type { TableAugmentation } from '../../recipe/augmentation.js';
import { addNoise, type Augmenter } from './augmenter.js';

/**
 * @param columns how many values each column has, in their order: a category has several, which are replaced together
 * @param bounded whether values are 0..1, and are to stay so
 */
export function tableAugmenter(
  columns: readonly number[],
  { mask, replacement, noise }: TableAugmentation,
  bounded: boolean,
): Augmenter {
  return {
    mixes: mask > 0 && replacement === 'other',
    apply(random, row, other, out) {
      out.set(row);
      if (mask > 0) {
        let start = 0;
        for (const width of columns) {
          const end = start + width;
          if (random.uniform() < mask)
            if (replacement === 'other') out.set(other.subarray(start, end), start);
            else out.fill(0, start, end);
          start = end;
        }
      }
      addNoise(out, noise, bounded, random);
    },
  };
}
