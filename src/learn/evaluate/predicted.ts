import { t } from '../../protocol/l10n.js';

/** Numbers that a model gave. */
export type Predicted = Float32Array | Float64Array;

/**
 * @param predicted [count, width]
 * @throws Error when there is nothing to measure, or when a number is none
 */
export function checkPredicted(predicted: Predicted, count: number, width: number): void {
  if (count === 0)
    throw new Error(
      t('There is no example with a label to measure the model with. Give it some, or a larger part of the examples.'),
    );
  if (predicted.length !== count * width)
    throw new Error(`${predicted.length} numbers were predicted for ${count} examples with ${width} each.`);
  const at = predicted.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new Error(
      t(
        'For example {0} the model gives {1}, which is no number: its weights are lost. Fine-tune again with a lower learning rate.',
        Math.floor(at / width),
        String(predicted[at]),
      ),
    );
}
