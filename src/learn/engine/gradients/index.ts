import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { getGradient, registerGradient, unregisterGradient, type GradConfig } from '@tensorflow/tfjs-core';
import { averagePool } from './averagePool.js';
import { cumsum } from './cumsum.js';
import { dilated } from './dilation.js';
import { einsum } from './einsum.js';
import { broadcast, comparisons } from './elementwise.js';
import { mirrorPad } from './mirrorPad.js';
import { resize } from './resize.js';
import { depthToSpace, stridedSlice } from './slicing.js';

/** What was registered here, to tell it from what came with TensorFlow.js. */
const ours = new Set<GradConfig>();

/**
 * Registers TensorFlow.js' gradients, and those that it lacks or has wrong. They are made of plain operations, so they
 * hold on every engine. To be called again, at no cost, after anything that loads @tensorflow/tfjs, which registers its own.
 */
export function registerGradients(): void {
  const made = [cumsum, einsum, mirrorPad, depthToSpace, stridedSlice, ...comparisons];
  for (const config of made) replace(config.kernelName, () => config);
  const extended = { ...dilated, ...resize, ...averagePool, ...broadcast };
  for (const [name, extend] of Object.entries(extended)) replace(name, extend);
}

function replace(kernelName: string, make: (original: GradConfig | undefined) => GradConfig): void {
  const present = (getGradient(kernelName) as GradConfig | null) ?? undefined;
  if (present && ours.has(present)) return;
  const config = make(present);
  ours.add(config);
  if (present) unregisterGradient(kernelName);
  registerGradient(config);
}
