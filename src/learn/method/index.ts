import { adversarial } from './adversarial.js';
import { autoencoder } from './autoencoder.js';
import { causalLanguageModel } from './causalLanguageModel.js';
import { contrastive } from './contrastive.js';
import { contractive } from './contractive.js';
import { denoising } from './denoising.js';
import { distillation } from './distillation.js';
import { masked } from './masked.js';
import { maskedLanguageModel } from './maskedLanguageModel.js';
import type { Method } from './method.js';
import { redundancy } from './redundancy.js';
import { sparse } from './sparse.js';
import { supervised } from './supervised.js';
import { variational } from './variational.js';

/** Every pretraining method by the name a recipe uses. A new one is one file and one line here. */
export const methods: Record<string, Method> = {
  autoencoder,
  denoising,
  sparse,
  contractive,
  variational,
  masked,
  maskedLanguageModel,
  causalLanguageModel,
  adversarial,
  contrastive,
  redundancy,
  supervised,
  distillation,
};
