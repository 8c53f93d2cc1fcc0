import type { Json, Start, Starts } from '../../recipe/description.js';

const convolutional = { encoder: { type: 'convolutional', size: 'small' } };

/** Of methods that learn what things look like whatever their place: a dense encoder would have to learn each place. */
export const localPatterns: Starts = { image: convolutional, sound: convolutional };

/** The same with these options of the method. */
export function withPretrain(starts: Starts, pretrain: Readonly<Record<string, Json>>): Starts {
  const more = (start: Start): Start => ({ ...start, pretrain: { ...start.pretrain, ...pretrain } });
  return Object.fromEntries(Object.entries(starts).map(([kind, start]) => [kind, more(start)]));
}
