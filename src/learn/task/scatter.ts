import { errorsOf } from '../evaluate/regression.js';
import type { Preview } from '../method/method.js';

/** Points that are shown; of more examples some, evenly from the first to the last. */
const MOST_POINTS = 4000;

/**
 * What is predicted of examples against what is true, both in the targets' own unit.
 * @param from where the examples come from, e.g. "test"
 * @param targets [n] @param predictions [n]
 */
export function scatterPreview(from: string, targets: Float64Array, predictions: Float32Array): Preview {
  const count = targets.length;
  const shown = Math.min(MOST_POINTS, count);
  const points = new Float32Array(2 * shown);
  for (let i = 0; i < shown; i++) {
    const at = Math.floor((i * count) / shown);
    points[2 * i] = targets[at] as number;
    points[2 * i + 1] = predictions[at] as number;
  }
  const { meanAbsoluteError, r2 } = errorsOf(targets, predictions);
  const name = `${from}Points`;
  return {
    views: [{ kind: 'scatter', from, points: name, count, meanAbsoluteError, r2 }],
    tensors: { [name]: { shape: [shown, 2], data: points } },
  };
}
