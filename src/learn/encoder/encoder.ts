import type * as tf from '@tensorflow/tfjs-core';
import type { Vocabulary } from '../../data/prepare/preparation.js';
import type { TablePreparation } from '../../data/table/prepare.js';
import type { EncoderDescription } from '../../recipe/description.js';
import type { Finding } from '../../recipe/finding.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Values } from '../engine/engine.js';
import type { PatchGrid } from '../layer/patches.js';
import type { Network, Part, Pass } from '../network.js';

/** What an encoder may know of examples besides their shape; each is missing where it does not apply. */
export interface Contents {
  /** Of ids of tokens. */
  vocabulary?: Vocabulary;
  /** Of rows of a table. */
  columns?: TablePreparation;
}

/** A family of encoders, with the decoder that mirrors it. Each casts its options, which the schema has checked. */
export interface EncoderFamily {
  description: EncoderDescription;
  /** Whether its operations are large enough for all cores to share; small ones only wait for each other. */
  parallel: boolean;
  /** What cannot work, or hardly can, with such examples. Nothing else is called where there is an error. */
  check?(options: EncoderOptions, inputShape: number[], contents?: Contents): Finding[];
  /** Where in its options the width of the code stands, e.g. ["units", 1]. */
  codePath(options: EncoderOptions): (string | number)[];
  /**
   * Parameters are named `encoder/...`.
   * @param inputShape shape of one example
   * @param contents what the numbers of an example are
   * @returns puts out [width of the code]
   */
  encoder(options: EncoderOptions, inputShape: number[], contents?: Contents): Network;
  /**
   * From the code back to `outputShape`; the last layer is linear, so that a loss on logits can follow.
   * Parameters are named `decoder/...`.
   */
  decoder(options: EncoderOptions, outputShape: number[]): Network;
  /** Only of families whose decoder can go back by the encoder's own weights: that decoder, null where it cannot. */
  tiedDecoder?(options: EncoderOptions, outputShape: number[]): Network | null;
  /** e.g. "784 → 32": widths from input to code. */
  summary(options: EncoderOptions, inputShape: number[]): { encoder: string; decoder: string };
  /** Only of families that can encode some of an image's patches: what masked pretraining needs. */
  patches?(options: EncoderOptions, inputShape: number[]): PatchEncoder;
  /** Only of families that read ids of tokens: what language models need. */
  tokens?(options: EncoderOptions, length: number, vocabulary: Vocabulary): TokenEncoder;
}

export interface TokenEncoder {
  /** Numbers for each token. */
  width: number;
  /** Whether a token sees only itself and what stands before it. */
  causal: boolean;
  part: Part;
  /** @param ids int32 [batch, places], places at most the length @returns [batch, places, width] */
  encode: (values: Values, ids: tf.Tensor2D, pass: Pass) => tf.Tensor3D;
  /** How alike each state and the embedding of each token are: [rows, width] to [rows, size of the vocabulary]. */
  scores: (values: Values, states: tf.Tensor2D) => tf.Tensor2D;
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
