import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../../../src/recipe/description.js';

/** What `npm run bench:methods` measures: of each method at least one real data set, by recipes that anybody can run. */

/** A data set with labels, of which encoders are measured. */
export interface BenchSet {
  title: string;
  /** The recipe's `data`, its path from the folder of data sets. */
  data: Record<string, Json>;
  /** What stands for an example where nothing has been learned. */
  raw: string;
}

export interface BenchMethod {
  set: keyof typeof sets;
  encoder: Record<string, Json>;
  pretrain: Record<string, Json>;
  /** The method whose run of the same seed is the teacher. */
  teacher?: string;
}

const folder = path.resolve('../shared/data');

/** The folder of a data set; null where it is not beside the checkout. */
export function dataOf(set: BenchSet): string | null {
  const place = path.join(folder, set.data['path'] as string);
  return existsSync(place) ? place : null;
}

export const sets = {
  fashion: {
    title: 'fashion-mnist, 20,000 images',
    data: { path: 'fashion-mnist', validation: 0.02, limit: 20_000 },
    raw: 'pixels',
  },
  fsdd: {
    title: 'fsdd',
    data: {
      path: 'fsdd/recordings.tar.gz',
      filePattern: '{label}_{speaker}_{index}.wav',
      validation: 0.2,
    },
    raw: 'spectrogram',
  },
  banking: { title: 'banking77', data: { path: 'banking77', text: { features: 'ids' } }, raw: 'bag of tokens' },
  penguins: {
    title: 'penguins',
    data: { path: 'penguins/penguins.csv', labelColumn: 'species', validation: 0.3 },
    raw: 'columns',
  },
} satisfies Record<string, BenchSet>;

const small = { type: 'convolutional', filters: [32, 64], blocks: 0, code: 128 };
const dense = { type: 'dense', units: [128] };
const tokens = { type: 'tokenTransformer', size: 'small' };
const adam = { name: 'adam', learningRate: 0.001 };
const views = { image: { crop: 0.7, flip: true, brightness: 0.4, contrast: 0.4, erasing: 0.2 } };
const cosine = { name: 'cosine', warmupEpochs: 1 };

/** By the name of the row: the method's, and of the second set that it is measured on also the set's. */
export const rows: Record<string, BenchMethod> = {
  autoencoder: { set: 'fashion', encoder: small, pretrain: { method: 'autoencoder', epochs: 10 } },
  denoising: { set: 'fashion', encoder: small, pretrain: { method: 'denoising', epochs: 10 } },
  sparse: { set: 'fashion', encoder: dense, pretrain: { method: 'sparse', penalty: 'kSparse', k: 32, epochs: 40 } },
  contractive: { set: 'fashion', encoder: dense, pretrain: { method: 'contractive', epochs: 40 } },
  variational: { set: 'fashion', encoder: dense, pretrain: { method: 'variational', epochs: 40 } },
  masked: {
    set: 'fashion',
    encoder: { type: 'patchTransformer', size: 'small' },
    pretrain: { method: 'masked', epochs: 12 },
  },
  adversarial: {
    set: 'fashion',
    encoder: { type: 'dense', units: [512, 128] },
    pretrain: {
      method: 'adversarial',
      optimizer: { name: 'adam', learningRate: 0.0002, beta1: 0.5 },
      epochs: 20,
    },
  },
  contrastive: {
    set: 'fashion',
    encoder: small,
    pretrain: { method: 'contrastive', temperature: 0.2, augmentation: views, schedule: cosine, epochs: 15 },
  },
  redundancy: {
    set: 'fashion',
    encoder: small,
    pretrain: { method: 'redundancy', augmentation: views, schedule: cosine, epochs: 15 },
  },
  supervised: { set: 'fashion', encoder: small, pretrain: { method: 'supervised', augmentation: views, epochs: 8 } },
  distillation: {
    set: 'fashion',
    encoder: { type: 'convolutional', size: 'small' },
    pretrain: { method: 'distillation', epochs: 10 },
    teacher: 'contrastive',
  },
  maskedLanguageModel: {
    set: 'banking',
    encoder: tokens,
    pretrain: { method: 'maskedLanguageModel', optimizer: adam, epochs: 10, batchSize: 64 },
  },
  causalLanguageModel: {
    set: 'banking',
    encoder: { ...tokens, causal: true },
    pretrain: { method: 'causalLanguageModel', optimizer: adam, epochs: 6, batchSize: 64 },
  },
  'contrastive on fsdd': {
    set: 'fsdd',
    encoder: { type: 'convolutional', size: 'small' },
    pretrain: { method: 'contrastive', epochs: 60, schedule: cosine },
  },
  'contrastive on penguins': { set: 'penguins', encoder: dense, pretrain: { method: 'contrastive', epochs: 100 } },
};
