import { countsOfLabels } from '../../data/labelSets.js';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Labels } from '../method/method.js';

/** What keeps several labels an example from being learned. */
export function checkMultiLabel({ counts, sets }: Labels): Finding[] {
  const error = (path: string[], code: string, message: string, fixes: string[] = []): Finding[] => [
    { path: ['finetune', ...path], severity: 'error', code, message, fixes },
  ];
  if (!sets)
    return error(
      ['task'],
      'one-label-each',
      t(
        'Each of these examples has one label. Set "task": "classification"; or say what stands between several labels, as "labelSeparator" in the recipe’s data.',
      ),
      ['classification'],
    );
  const total = counts.reduce((sum, count) => sum + count, 0);
  const having = countsOfLabels(counts, sets);
  if (having.every((count) => count === 0 || count === total))
    return error(
      [],
      'same-labels',
      t(
        'All training examples have the same labels, {0}: there is nothing to tell apart.',
        sets.names.filter((_, label) => having[label] === total).join(', ') || t('(none)'),
      ),
    );
  return [];
}
