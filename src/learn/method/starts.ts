import type { Starts } from '../../recipe/description.js';

const convolutional = { encoder: { type: 'convolutional', size: 'small' } };

/** Of methods that learn what things look like whatever their place: a dense encoder would have to learn each place. */
export const localPatterns: Starts = { image: convolutional, sound: convolutional };
