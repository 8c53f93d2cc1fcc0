import type { EncoderOptions } from '../../recipe/recipe.js';
import { dense } from './dense.js';
import type { EncoderFamily } from './encoder.js';

/** Every family of encoders, by the name a recipe uses. A new one is a file, a description and a line here. */
export const encoders: Record<EncoderOptions['type'], EncoderFamily> = { dense };
