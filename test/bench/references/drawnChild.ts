import * as tf from '@tensorflow/tfjs-core';
import type { Preparation } from '../../../src/data/prepare/preparation.js';
import { predict } from '../../../src/learn/evaluate/predict.js';
import type { Source } from '../../../src/learn/loop.js';
import { randomTensors } from '../../../src/learn/random.js';
import { buildLearner } from '../../../src/trainer/cost.js';
import { exampleOf } from '../../../src/trainer/example.js';
import { openRun } from '../../../src/trainer/use/run.js';

/** A process of its own: RUNS RUN JUDGE. Prints as JSON what the classifier JUDGE says of pictures that the adversarial RUN draws. */

export interface Drawn {
  /** Part that has a class with a probability above {@link SURE}. */
  recognised: number;
  /** Part of the class that is drawn least, of what is recognised. */
  least: number;
  count: number;
}

const SURE = 0.9;
/** Each draws 64. */
const PREVIEWS = 32;

async function drawn(runs: string, run: string, judge: string): Promise<Drawn> {
  const of = { runs, step: null, engine: null };
  const { encoding, values, recipe, dataset, work } = await openRun(run, of);
  const { predicting, values: weights } = await openRun(judge, of);
  if (predicting?.learner.task !== 'classification') throw new Error(`${judge} names no classes`);
  const learner = buildLearner(
    recipe,
    { ...exampleOf(dataset.preparation as Preparation), labels: null, teacher: null },
    work,
  );
  const classes = predicting.learner.classes.length;
  const counts = new Array<number>(classes).fill(0);
  let count = 0;
  for (let index = 0; index < PREVIEWS; index++) {
    const { engine } = encoding;
    const random = randomTensors(engine, 1, index, 'drawn');
    const input = tf.zeros([1, ...dataset.preparation.shape]);
    const pass = { engine, training: false, epoch: 0, random, updates: null };
    const { tensors } = await learner.preview(values, { input }, 'training', pass);
    const source = pictures(tensors['samples'] as { shape: number[]; data: Uint8Array });
    const scores = await predict(predicting, source, weights, 0);
    for (let i = 0; i < source.count; i++) {
      const own = scores.subarray(i * classes, (i + 1) * classes);
      const best = own.indexOf(Math.max(...own));
      if ((own[best] as number) > SURE) counts[best] = (counts[best] ?? 0) + 1;
    }
    count += source.count;
  }
  const recognised = counts.reduce((sum, one) => sum + one, 0);
  return { recognised: recognised / count, least: Math.min(...counts) / recognised, count };
}

function pictures({ shape: [count = 0, ...shape], data }: { shape: number[]; data: Uint8Array }): Source {
  const width = data.length / count;
  return {
    count,
    shape,
    labels: null,
    batch(positions) {
      const values = new Float32Array(positions.length * width);
      positions.forEach((position, i) => {
        for (let at = 0; at < width; at++) values[i * width + at] = (data[position * width + at] as number) / 255;
      });
      return values;
    },
  };
}

const [runs, run, judge] = process.argv.slice(2) as [string, string, string];
void drawn(runs, run, judge).then((found) => process.stdout.write(JSON.stringify(found) + '\n'));
