import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openTree } from '../../../src/data/tree/tree.js';
import type { Json } from '../../../src/recipe/description.js';

/** What `npm run bench:references` measures: points that papers and other programs reach, by recipes that anybody can run. */

export interface Reference {
  title: string;
  /** The recipe; `data.path` from the folder of data sets. */
  recipe: { data: Record<string, Json> } & Record<string, Json>;
  stage: 'pretrain' | 'finetune';
  /** Lays the data out otherwise first. @returns its place */
  prepare?: (place: string, scratch: string) => Promise<string>;
  /** Name of another reference whose run judges this one's pictures. */
  judge?: string;
  unit: 'nats' | '%';
  goal: number;
  /** Whether less is better. */
  less?: boolean;
}

/** The first five recordings of each speaker and digit are its test split. */
async function officialSplit(place: string, scratch: string): Promise<string> {
  const folder = path.join(scratch, 'fsdd');
  for (const split of ['train', 'test']) await mkdir(path.join(folder, split), { recursive: true });
  const tree = await openTree(place);
  await tree.contents(
    tree.files.filter(({ name }) => name.endsWith('.wav')),
    async ({ name }, content) => {
      if (content instanceof Error) throw content;
      const split = Number(/_(\d+)\.wav$/.exec(name)?.[1]) < 5 ? 'test' : 'train';
      await writeFile(path.join(folder, split, path.basename(name)), content);
    },
  );
  await tree.close();
  return folder;
}

const medium = { type: 'convolutional', size: 'medium' };

export const references: Record<string, Reference> = {
  digits: {
    title: 'MNIST, medium convolutional encoder, all labels: accuracy on the test split',
    stage: 'finetune',
    unit: '%',
    goal: 99.2,
    recipe: {
      data: { path: 'mnist', validation: 0.02 },
      encoder: medium,
      finetune: {
        mode: 'scratch',
        epochs: 8,
        batchSize: 128,
        augmentation: { image: { crop: 0, flip: false, shift: 0.07, rotation: 8, brightness: 0, contrast: 0 } },
      },
    },
  },
  clothes: {
    title: 'Fashion-MNIST, medium convolutional encoder, all labels: accuracy on the test split',
    stage: 'finetune',
    unit: '%',
    goal: 92,
    recipe: {
      data: { path: 'fashion-mnist', validation: 0.02 },
      encoder: medium,
      finetune: {
        mode: 'scratch',
        epochs: 10,
        batchSize: 128,
        augmentation: { image: { crop: 0, flip: true, shift: 0.05, rotation: 0, brightness: 0, contrast: 0 } },
      },
    },
  },
  spokenDigits: {
    title: 'Free Spoken Digit Dataset, medium convolutional encoder, all labels: accuracy on its test split',
    stage: 'finetune',
    unit: '%',
    goal: 97,
    prepare: officialSplit,
    recipe: {
      data: {
        path: 'fsdd/recordings.tar.gz',
        filePattern: '{split}/{label}_{speaker}_{index}.wav',
        validation: 0.05,
      },
      encoder: medium,
      finetune: { mode: 'scratch', epochs: 40, augmentation: { sound: {} } },
    },
  },
  intents: {
    title: 'BANKING77, bag of words, all labels: accuracy on the test split',
    stage: 'finetune',
    unit: '%',
    goal: 85,
    recipe: {
      data: { path: 'banking77', validation: 0.05 },
      encoder: { type: 'dense', units: [512] },
      finetune: { mode: 'scratch', epochs: 30, labelSmoothing: 0.1, augmentation: { table: {} } },
    },
  },
  evidence: {
    title: 'Variational autoencoder (20 numbers, 400 hidden units) on MNIST, 50 epochs: negative evidence lower bound',
    stage: 'pretrain',
    unit: 'nats',
    goal: 105,
    less: true,
    recipe: {
      data: { path: 'mnist', validation: 'test' },
      encoder: { type: 'dense', units: [400] },
      pretrain: { method: 'variational', latent: 20, epochs: 50, schedule: { name: 'cosine' } },
    },
  },
  characters: {
    title: 'Causal language model of characters on tinyshakespeare: loss on the last tenth',
    stage: 'pretrain',
    unit: 'nats',
    goal: 1.65,
    less: true,
    recipe: {
      data: {
        path: 'tinyshakespeare/input.txt',
        text: { unit: 'window', window: 128, features: 'ids', tokenizer: 'character', length: 128 },
      },
      encoder: { type: 'tokenTransformer', size: 'medium', causal: true },
      pretrain: {
        method: 'causalLanguageModel',
        optimizer: { name: 'adam', learningRate: 0.002, beta2: 0.99 },
        schedule: { name: 'cosine', warmupEpochs: 0.5 },
        batchSize: 16,
        globalClipNorm: 1,
        epochs: 9,
      },
    },
  },
  drawn: {
    title: 'Digits that an adversarial generator draws (MNIST): recognised with a confidence above 0.9, all ten drawn',
    stage: 'pretrain',
    unit: '%',
    goal: 95,
    judge: 'digits',
    recipe: {
      data: { path: 'mnist', validation: 0.02 },
      encoder: { type: 'dense', units: [512, 256] },
      pretrain: {
        method: 'adversarial',
        optimizer: { name: 'adam', learningRate: 0.0002, beta1: 0.5 },
        averaging: 0.999,
        epochs: 40,
        batchSize: 128,
      },
    },
  },
};
