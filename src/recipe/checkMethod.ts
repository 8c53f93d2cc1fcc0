import { grouped, t } from '../protocol/l10n.js';
import type { DataFacts, Finding } from './check.js';
import type { Recipe } from './recipe.js';

/** What a method's options say that cannot work, or hardly can, with the encoder and the data. */
export function checkMethod(recipe: Recipe, facts: DataFacts): Finding[] {
  return checks[recipe.pretrain.method]?.(recipe, facts) ?? [];
}

const checks: Record<string, (recipe: Recipe, facts: DataFacts) => Finding[]> = {
  autoencoder({ encoder }, facts) {
    const { width, path } = codeOf(encoder);
    const inputs = inputsOf(facts);
    if (width === null || inputs === null || width < inputs || inputs === 1) return [];
    return [
      {
        path,
        severity: 'warning',
        code: 'code-too-wide',
        message: t(
          'The code ({0}) is not narrower than its input ({1}): an autoencoder can then copy instead of learning.',
          grouped(width),
          grouped(inputs),
        ),
        fixes: [2 ** Math.floor(Math.log2(Math.max(1, inputs / 8)))],
      },
    ];
  },

  denoising({ pretrain: { options } }) {
    if (options['amount'] === 0)
      return [
        {
          path: ['pretrain', 'amount'],
          severity: 'warning',
          code: 'no-noise',
          message: t('Without noise this is a plain autoencoder.'),
          fixes: [0.25],
        },
      ];
    if (options['amount'] !== 1 || options['noise'] === 'gaussian') return [];
    return [
      {
        path: ['pretrain', 'amount'],
        severity: 'error',
        code: 'nothing-left-to-see',
        message: t('An amount of 1 damages every value, and nothing is left to learn from.'),
        fixes: [0.25],
      },
    ];
  },
};

/** Width of the code, where the encoder says it, and where it stands. */
function codeOf(encoder: Recipe['encoder']): { width: number | null; path: (string | number)[] } {
  // An encoder of another family has no units.
  const { units = [] } = encoder as { units?: number[] };
  return { width: units.at(-1) ?? null, path: ['encoder', 'units', units.length - 1] };
}

/** Values of one example; null where that is not known. */
function inputsOf({ shape, exists }: DataFacts): number | null {
  if (exists === false || !shape?.every((size) => size > 0)) return null;
  return shape.reduce((product, size) => product * size, 1);
}
