/** Texts as ids: tokens removed, and a stretch of them hidden (Wu et al. 2020, "CLEAR: Contrastive learning for sentence representation", section 3.2). */
import type { TextAugmentation } from '../../recipe/augmentation.js';
import type { Vocabulary } from '../prepare/preparation.js';
import type { Augmenter } from './augmenter.js';

/** At least one token always stays. Where the tokenizer has no token for what is hidden, the stretch is removed. */
export function textAugmenter(
  { pad, mask }: Pick<Vocabulary, 'pad' | 'mask'>,
  { deletion, span }: TextAugmentation,
): Augmenter {
  return {
    mixes: false,
    apply(random, text, _, out) {
      let count = 0;
      for (const id of text) if (id !== pad) count++;
      const length = Math.floor(random.uniform() * (Math.floor(span * count) + 1));
      const from = random.integer(count - length + 1);
      const survivor = random.integer(Math.max(1, count));
      let [place, kept] = [0, 0];
      for (const id of text) {
        if (id === pad) continue;
        const isHidden = place >= from && place < from + length;
        const isDeleted = deletion > 0 && random.uniform() < deletion;
        const stays = place === survivor;
        place++;
        if (isHidden && mask !== null) out[kept++] = mask;
        else if (stays || !(isHidden || isDeleted)) out[kept++] = id;
      }
      out.fill(pad, kept);
    },
  };
}
