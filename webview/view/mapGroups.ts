import { shapes, type PointStyle } from '../chart/pointPlot.js';
import { short, whole } from '../format.js';
import type { MapExamples } from '../state/mapExamples.js';
import type { CodePoints } from '../state/samples.js';
import type { MapColour } from '../state/viewState.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';

/** What colours the points of a map: one colour for each group. */

export interface Groups {
  /** What they are, and what a person may choose. */
  by: MapColour;
  names: string[];
  /** The group of each point. */
  of: Int32Array | Uint8Array;
  isOrdered: boolean;
}

/** Parts, with the same number of examples each, of labels that are numbers. */
const PARTS = 8;

/** @param examples null where they are not known */
export function groupsOf(map: CodePoints, examples: MapExamples | null, wish: MapColour): Groups {
  if (wish === 'label' && examples?.labels && examples.classes) return byClass(map, examples.labels, examples.classes);
  if (wish === 'label' && examples?.values) return byValue(map, examples.values);
  const count = map.clusters.reduce((most, cluster) => Math.max(most, cluster), 0) + 1;
  return {
    by: 'cluster',
    names: Array.from({ length: count }, (_, i) => say('mapCluster', whole(i + 1))),
    of: map.clusters,
    isOrdered: false,
  };
}

function byClass({ clusters }: CodePoints, labels: Int32Array, classes: readonly string[]): Groups {
  const isKnown = (label: number): boolean => label >= 0;
  const shown = labels.subarray(0, clusters.length);
  return {
    by: 'label',
    names: [...classes, ...(shown.every(isKnown) ? [] : [say('mapNoLabel')])],
    of: shown.map((label) => (isKnown(label) ? label : classes.length)),
    isOrdered: false,
  };
}

function byValue({ clusters }: CodePoints, values: Float32Array): Groups {
  const shown = values.subarray(0, clusters.length);
  const sorted = shown.filter(Number.isFinite).sort();
  const bounds = new Set(Array.from({ length: PARTS }, (_, i) => sorted[Math.floor((i * sorted.length) / PARTS)] ?? 0));
  const starts = [...bounds];
  const last = sorted.at(-1) ?? 0;
  const names = starts.map((start, i) => say('mapRange', short(start), short(starts[i + 1] ?? last)));
  return {
    by: 'label',
    names: [...names, ...(sorted.length === shown.length ? [] : [say('mapNoLabel')])],
    of: Int32Array.from(shown, (value) =>
      Number.isFinite(value) ? starts.findLastIndex((start) => start <= value) : starts.length,
    ),
    isOrdered: true,
  };
}

/**
 * Ten colours that colour-blind people tell apart; of more groups, and in high contrast, the shape differs too. More groups
 * than there are pairs of both go round the circle of hues.
 */
export function stylesOf(
  { names, isOrdered }: Groups,
  { groups, negative, positive, isHighContrast }: Theme,
): PointStyle[] {
  const count = names.length;
  return names.map((_, i): PointStyle => {
    const shape = shapes[(isHighContrast ? i : Math.floor(i / groups.length)) % shapes.length] ?? 'circle';
    if (isOrdered) {
      const share = count > 1 ? i / (count - 1) : 0;
      const mixed = negative.map((from, c) => Math.round(from + ((positive[c] ?? 0) - from) * share));
      return { colour: `rgb(${mixed.join(', ')})`, shape: 'circle' };
    }
    if (count > groups.length * shapes.length) {
      return {
        colour: `oklch(0.72 0.14 ${Math.round((360 * i) / count)})`,
        shape: shapes[i % shapes.length] ?? 'circle',
      };
    }
    return { colour: groups[i % groups.length] ?? '', shape };
  });
}
