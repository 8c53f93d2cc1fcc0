import { stream } from '../../protocol/random.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import { codesOf, type Codes } from './codes.js';
import { knnAccuracy, type Labelled } from './knn.js';

/** Labelled training examples, and validation examples, that are looked at. */
const MOST_REFERENCES = 5000;
const MOST_QUERIES = 1000;
/** Part of the time so far that looking may take. */
const FRACTION = 0.03;

export interface Probed {
  /** Of validation examples (training examples, without validation). */
  codes: Codes;
  /** 0..1; null where there are no classes, or examples have several. */
  accuracy: number | null;
}

/**
 * Looks at codes while a model trains: what they tell of classes by {@link knnAccuracy}, where examples have labels.
 * Nothing here trains, and no random number that training draws depends on it.
 */
export class Probe {
  private readonly queries: Int32Array;
  private readonly references: Int32Array | null;
  /** Milliseconds, of all times and of the last one. */
  private spent = 0;
  private last = 0;

  constructor(private readonly job: Pick<Job, 'engine' | 'learner' | 'options' | 'training' | 'validation'>) {
    const { training, validation, options } = job;
    const labelled = (source: Source | null) =>
      source?.labels && !source.quantities && !source.several ? chosen(source, options.seed) : null;
    const [references, queries] = [labelled(training), labelled(validation)];
    const isKnown = references !== null && queries !== null && severalClasses(training, references);
    this.references = isKnown ? references.subarray(0, MOST_REFERENCES) : null;
    const seen = isKnown ? queries : chosen({ ...(validation ?? training), labels: null }, options.seed);
    this.queries = seen.subarray(0, MOST_QUERIES);
  }

  /** Whether looking once more takes a small part of the time so far, in milliseconds; always for the first time. */
  isDue(milliseconds: number): boolean {
    return this.spent + this.last <= FRACTION * milliseconds;
  }

  /** @param values the learner's, as they are now */
  async look(values: Values, epoch: number): Promise<Probed> {
    const began = performance.now();
    const { training, validation } = this.job;
    const codes = await codesOf(this.job, validation ?? training, this.queries, values, epoch);
    let accuracy: number | null = null;
    if (this.references && validation) {
      const references = await codesOf(this.job, training, this.references, values, epoch);
      accuracy = await knnAccuracy(
        withLabels(references, training, this.references),
        withLabels(codes, validation, this.queries),
      );
    }
    this.last = performance.now() - began;
    this.spent += this.last;
    return { codes, accuracy };
  }
}

/** Positions of the examples that have a label (of all, where labels are null) in an order of their own. */
function chosen({ count, labels }: Pick<Source, 'count' | 'labels'>, seed: number): Int32Array {
  const order = stream(seed, 'probe').permutation(count);
  return labels ? order.filter((position) => (labels[position] as number) >= 0) : order;
}

function severalClasses({ labels }: Source, positions: Int32Array): boolean {
  const first = labels?.[positions[0] as number];
  return positions.some((position) => labels?.[position] !== first);
}

function withLabels(codes: Codes, { labels }: Source, positions: Int32Array): Labelled {
  return {
    ...codes,
    labels: Int32Array.from({ length: codes.count }, (_, i) => labels?.[positions[i] as number] ?? -1),
  };
}
