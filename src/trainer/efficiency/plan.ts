import { createHash } from 'node:crypto';
import type { EfficiencyLine, EfficiencyPoint } from '../../protocol/efficiency.js';
import { countsOfLabels, type LabelSets } from '../../data/labelSets.js';
import type { Labels } from '../../learn/method/method.js';
import type { Recipe } from '../../recipe/recipe.js';
import type { Facts, Job } from './messages.js';

/** Which points a measurement has, and which of them are there already. */

/** What is asked for. */
export interface Wishes {
  modes: string[];
  /** Ascending. */
  labelsPerClass: number[];
  seeds: number[];
}

/**
 * Labelled training examples of each class; of each label, and last of those that have none of them, which are drawn like
 * those of one.
 * @param sets null where each example has one label
 */
export function availableOf({ counts }: Pick<Labels, 'counts'>, sets: LabelSets | null): number[] {
  if (!sets) return counts;
  const without = sets.sets.findIndex((set) => set.length === 0);
  return [...countsOfLabels(counts, sets), counts[without] ?? 0];
}

/**
 * What the data can give of it: no class has more than `most`, so larger budgets would all be the same; all that there
 * are take their place.
 */
export function feasible(wishes: Wishes, available: readonly number[]): Wishes & { tooMany: number[]; most: number } {
  const most = Math.max(1, ...available);
  const tooMany = wishes.labelsPerClass.filter((labels) => labels > most);
  const labelsPerClass = [...new Set(wishes.labelsPerClass.map((labels) => Math.min(labels, most)))];
  return { ...wishes, labelsPerClass, tooMany, most };
}

/**
 * All points of one seed before those of the next, so that what is stopped early is a whole curve; within a seed the
 * longest first, so that no worker is left with them in the end.
 */
export function jobsOf({ modes, labelsPerClass, seeds }: Wishes): Job[] {
  const longestFirst = [...labelsPerClass].sort((a, b) => b - a);
  return seeds.flatMap((seed) =>
    longestFirst.flatMap((labels) => modes.map((mode) => ({ mode, labelsPerClass: labels, seed }))),
  );
}

/** Those that were not measured yet. */
export function remaining(jobs: readonly Job[], lines: readonly EfficiencyPoint[]): Job[] {
  const known = new Set(lines.map(keyOf));
  return jobs.filter((job) => !known.has(keyOf(job)));
}

/** The measured points that are asked for, in their order; of a point that was measured twice the first. */
export function chosen(jobs: readonly Job[], lines: readonly EfficiencyLine[]): EfficiencyLine[] {
  const known = new Map([...lines].reverse().map((line) => [keyOf(line), line]));
  return jobs.flatMap((job) => known.get(keyOf(job)) ?? []);
}

/** @param text of `points.jsonl`: a line that a crash has cut is passed over, as is what is no point */
export function parseLines(text: string): EfficiencyLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isLine(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isLine(value: unknown): value is EfficiencyLine {
  if (typeof value !== 'object' || value === null) return false;
  const { mode, labelsPerClass, seed, score, labels, seconds } = value as Record<string, unknown>;
  return (
    typeof mode === 'string' &&
    [labelsPerClass, seed, labels].every(Number.isSafeInteger) &&
    [score, seconds].every((number) => typeof number === 'number' && number >= 0) &&
    (score as number) <= 1
  );
}

/**
 * Names the measurement by all that a point depends on, beside its mode, labels and seed: with more of these asked for
 * later, the points that are there still count.
 */
export function idOf(
  { encoder, finetune, data }: Recipe,
  run: { id: string; step: number },
  { fingerprint, engine }: Pick<Facts, 'fingerprint' | 'engine'>,
): string {
  const depends = {
    run: { id: run.id, step: run.step },
    engine,
    fingerprint,
    encoder,
    data: { ...data, path: '' },
    finetune: { ...finetune, mode: '', labelsPerClass: null, labelFraction: null, earlyStopping: null },
  };
  return createHash('sha256').update(JSON.stringify(depends)).digest('hex').slice(0, 8);
}

function keyOf({ mode, labelsPerClass, seed }: Job): string {
  return `${mode} ${labelsPerClass} ${seed}`;
}
