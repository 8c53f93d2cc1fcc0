import { convolutional } from './convolutional.js';
import { dense } from './dense.js';
import type { EncoderFamily } from './encoder.js';
import { patchTransformer } from './patchTransformer.js';
import { tokenTransformer } from './tokenTransformer.js';

/** Every family of encoders, by the name a recipe uses. A new one is one file and one line here. */
export const encoders = { dense, convolutional, patchTransformer, tokenTransformer } satisfies Record<
  string,
  EncoderFamily
>;
