import { formatCount, t } from '../protocol/l10n.js';
import type { TrainingOptions } from '../recipe/recipe.js';
import type { Progress } from './checkpoint.js';
import { MOST_RETURNS } from './evaluate/stability.js';
import type { Diagnosis } from './loop.js';

/** What is said of a loss that explodes. */

/** Training cannot go on; the message says why and what to do. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}

/**
 * What is told when training went back.
 * @param step that of the explosion
 * @param loss null for no finite number
 * @param highest loss that was not far above those before it
 * @param now after going back
 */
export function explosion(step: number, loss: number | null, highest: number, now: Progress): Diagnosis {
  const what =
    loss === null
      ? t('The loss was no longer a finite number after step {0}.', formatCount(step))
      : t(
          'The loss exploded: at step {0} it was {1}, and had never been above {2}.',
          formatCount(step),
          loss.toPrecision(3),
          highest.toPrecision(3),
        );
  const back = t(
    'Training went back to step {0} and goes on with half the learning rate, {1}.',
    formatCount(now.step),
    now.learningRate,
  );
  return {
    level: 'warning',
    message: `${what} ${back}`,
    advice: t('If this happens again, start with a lower learning rate, or set "globalClipNorm": 1.'),
    recipePath: ['pretrain', 'optimizer', 'learningRate'],
  };
}

/** What ends the training when it went back too often. @param loss null for no finite number */
export function lost(
  { step, learningRate }: Progress,
  { optimizer }: TrainingOptions,
  loss: number | null,
): TrainingError {
  const what =
    loss === null
      ? t('The loss is no longer a finite number at step {0}', formatCount(step + 1))
      : t('The loss exploded again at step {0}', formatCount(step));
  return new TrainingError(
    t(
      '{0}, though training went back {1} times and halved the learning rate. Usually the learning rate ({2}, optimizer {3}) is too high: try {4}, or set "globalClipNorm": 1.',
      what,
      MOST_RETURNS,
      learningRate,
      optimizer.name,
      learningRate / 10,
    ),
  );
}
