/** How a dataset's examples are changed, by what they are, and in words what is on. */
import type { AugmentationOptions } from '../../recipe/augmentation.js';
import type { Preparation } from '../prepare/preparation.js';
import type { TablePreparation } from '../prepare/table.js';
import type { DatasetInfo } from '../reader.js';
import { outputWidths } from '../table/prepare.js';
import type { Augmentation } from './index.js';

/** How examples of a dataset are changed, by what they are. */
export function augmentationOf(
  { kind }: Pick<DatasetInfo, 'kind'>,
  preparation: Preparation,
  options: AugmentationOptions,
): Augmentation {
  const { shape, range, vocabulary } = preparation;
  const common = { shape, bounded: range !== null, options };
  if (vocabulary) return { kind: 'text', ...common, vocabulary };
  if (shape.length === 3 && (kind === 'image' || kind === 'sound')) return { kind, ...common };
  const columns = preparation.kind === 'table' && outputWidths((preparation as TablePreparation).columns);
  return { kind: 'table', ...common, ...(columns && { columns }) };
}

export type Strengths = Record<string, number | string | boolean>;

/** The options that change these examples, by their names in a recipe; those of 0, and those of colours for grey images, are not among them. */
export function strengthsOf({ kind, shape, options }: Pick<Augmentation, 'kind' | 'shape' | 'options'>): Strengths {
  const { saturation, hue, grey, flip, ...image } = options.image;
  const isColour = shape[2] === 3;
  const { replacement, ...table } = options.table;
  const all: Record<Augmentation['kind'], Strengths> = {
    image: { ...image, flip: flip ?? isColour, ...(isColour && { saturation, hue, grey }) },
    sound: { ...options.sound },
    table: { ...table, ...(table.mask > 0 && { replacement }) },
    text: { ...options.text },
  };
  return Object.fromEntries(Object.entries(all[kind]).filter(([, value]) => value !== 0 && value !== false));
}
