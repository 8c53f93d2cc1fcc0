import { numberOf } from '../../data/quantities.js';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { FinetuneOptions } from '../../recipe/recipe.js';
import type { Labels } from '../method/method.js';

/** What keeps labels from being learned as numbers. */
export function checkRegression({ classes, counts }: Labels, options: FinetuneOptions): Finding[] {
  const found: Finding[] = [];
  const error = (path: string[], code: string, message: string, fixes: string[] = []): void => {
    found.push({ path: ['finetune', ...path], severity: 'error', code, message, fixes });
  };
  const other = classes.find((name) => Number.isNaN(numberOf(name)));
  const trained = classes.filter((_, i) => (counts[i] ?? 0) > 0);
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (other !== undefined)
    error(
      ['task'],
      'target-no-number',
      t(
        'The label "{0}" is no number that regression could learn. Correct it or leave it empty in the data, or set "task": "classification".',
        other,
      ),
      ['classification'],
    );
  else if (count < 2)
    error(
      [],
      'too-few-examples',
      t('Regression needs at least 2 training examples with a label, and there is {0}. Give more labels.', count),
    );
  else if (trained.length < 2)
    error(
      [],
      'one-target',
      t('All training examples have the same label, {0}: there is nothing to predict.', trained[0] ?? ''),
    );
  const ofClasses = [
    ['labelsPerClass', options.labelsPerClass !== null, t('Use "labelFraction"')],
    ['labelSmoothing', options.labelSmoothing !== 0, t('Leave it out')],
    ['classWeights', options.classWeights !== 'none', t('Leave it out')],
  ] as const;
  for (const [name, isGiven, advice] of ofClasses)
    if (isGiven)
      error(
        [name],
        'no-classes',
        t(
          '"{0}" speaks of classes, and these labels are learned as numbers. {1}, or set "task": "classification".',
          name,
          advice,
        ),
      );
  return found;
}
