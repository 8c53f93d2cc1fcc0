import type { UsedExample, ShowUse } from '../../src/protocol/use.js';
import type { TensorFile } from '../../src/protocol/safetensors.js';
import { inspectedImages, inspectedSounds, inspectedTexts, type Inspected } from './inspections.js';

/** What a run says of examples: those of an inspection, each with the class that it is said to be of. */

export interface Asked {
  shown: ShowUse;
  pictures: TensorFile;
}

const SHARES = [0.93, 0.041, 0.02, 0.009];

async function asked(
  made: Promise<Inspected>,
  { command = 'predict' as ShowUse['command'], most = 6, beside = 5 } = {},
): Promise<Asked> {
  const { inspection, pictures } = await made;
  const { kind } = inspection;
  const used = inspection.examples.map(({ position, name, class: label, size, text, cells }): UsedExample => ({
    ...{ position, name, class: label, size, kind },
    ...(text !== undefined && { text }),
    ...(cells && { cells }),
  }));
  const names = [...Object.keys(inspection.classes), 'a class with a long name that has no room'];
  const answers = used.slice(0, most).map((shown, i) => ({
    file: `/work/${shown.name}`,
    title: shown.name,
    shown: { ...shown, class: null },
    classes:
      command === 'similar'
        ? []
        : names
            .map((name, at) => ({ name, probability: SHARES[(at + i) % names.length] ?? 0 }))
            .sort((a, b) => b.probability - a.probability),
    similar: Array.from({ length: beside }, (_, at) => {
      const one = used[(i + 7 * (at + 1)) % used.length] ?? shown;
      return { name: one.name, label: one.class, cosine: 0.991 - 0.031 * at, shown: one };
    }),
  }));
  return {
    pictures,
    shown: {
      type: 'show',
      command,
      run: { id: 'run-1', name: 'pets', summary: 'Linear probe on Autoencoder 784 → 32' },
      target: 'photos/new',
      at: '2026-11-28T10:30:00.000Z',
      answers,
      count: answers.length,
      classes: command === 'similar' ? [] : names.slice(0, 2).map((name, at) => ({ name, count: at === 0 ? 4 : 2 })),
      unreadable: [],
      notes: [],
      pictures: null,
    },
  };
}

export const askedImages = () => asked(inspectedImages());
export const askedSounds = () => asked(inspectedSounds(), { most: 2, beside: 2 });
export const askedTexts = () => asked(inspectedTexts(), { most: 3, beside: 2 });
export const similarImages = () => asked(inspectedImages(), { command: 'similar', most: 1, beside: 24 });
