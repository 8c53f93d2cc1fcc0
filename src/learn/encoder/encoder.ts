import type { EncoderDescription } from '../../recipe/description.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Network } from '../network.js';

/** A family of encoders, with the decoder that mirrors it. */
export interface EncoderFamily<Options extends EncoderOptions = EncoderOptions> {
  description: EncoderDescription;
  /** @param inputShape shape of one example. Parameters are named `encoder/...`. */
  encoder(options: Options, inputShape: number[]): Network;
  /**
   * From the code back to `outputShape`; the last layer is linear, so that a loss on logits can follow.
   * Parameters are named `decoder/...`.
   */
  decoder(options: Options, outputShape: number[]): Network;
  /** e.g. "784 → 32": widths from input to code. */
  summary(options: Options, inputShape: number[]): { encoder: string; decoder: string };
}
