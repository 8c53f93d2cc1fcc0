import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderDescription } from '../../recipe/description.js';
import type { Finding } from '../../recipe/finding.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Values } from '../engine/engine.js';
import type { PatchGrid } from '../layer/patches.js';
import type { Network, Part, Pass } from '../network.js';

/** A family of encoders, with the decoder that mirrors it. Each casts its options, which the schema has checked. */
export interface EncoderFamily {
  description: EncoderDescription;
  /** Whether its operations are large enough for all cores to share; small ones only wait for each other. */
  parallel: boolean;
  /** What cannot work, or hardly can, with examples of this shape. Nothing else is called where there is an error. */
  check?(options: EncoderOptions, inputShape: number[]): Finding[];
  /** Where in its options the width of the code stands, e.g. ["units", 1]. */
  codePath(options: EncoderOptions): (string | number)[];
  /** @param inputShape shape of one example. Parameters are named `encoder/...`. @returns puts out [width of the code] */
  encoder(options: EncoderOptions, inputShape: number[]): Network;
  /**
   * From the code back to `outputShape`; the last layer is linear, so that a loss on logits can follow.
   * Parameters are named `decoder/...`.
   */
  decoder(options: EncoderOptions, outputShape: number[]): Network;
  /** e.g. "784 → 32": widths from input to code. */
  summary(options: EncoderOptions, inputShape: number[]): { encoder: string; decoder: string };
  /** Only of families that can encode some of an image's patches: what masked pretraining needs. */
  patches?(options: EncoderOptions, inputShape: number[]): PatchEncoder;
}

export interface PatchEncoder {
  grid: PatchGrid;
  /** Numbers for each patch. */
  width: number;
  part: Part;
  /** [count, width], fixed. @param width that of the encoder when left out */
  positions: (width?: number) => tf.Tensor2D;
  /**
   * @param patches [batch, some, grid.width]
   * @param positions of these patches: [some, width] or [batch, some, width]
   * @returns [batch, some, width]
   */
  encode: (values: Values, patches: tf.Tensor, positions: tf.Tensor, pass: Pass) => tf.Tensor;
}
