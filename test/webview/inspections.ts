import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { openDataset } from '../../src/data/index.js';
import { inspectDataset, type Inspected } from '../../src/data/inspect/index.js';
import type { Collection, Reader, Stored, StoredKind } from '../../src/data/reader.js';
import { stream } from '../../src/protocol/random.js';
import { dataOptions, put } from '../unit/data/make.js';
import { wavFile } from '../unit/data/sound/wavFile.js';

export type { Inspected } from '../../src/data/inspect/index.js';

/** Inspections of small generated datasets, as the trainer makes them. */

async function inFolder(name: string, fill: (at: (...names: string[]) => string) => void): Promise<Inspected> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pretrain-inspection-'));
  try {
    fill((...names) => path.join(folder, name, ...names));
    return await inspected(await openDataset(path.join(folder, name), { onError: 'skip' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inspected(dataset: Reader | Collection): Promise<Inspected> {
  try {
    return await inspectDataset(dataset, { data: { ...dataOptions, path: dataset.info.path } });
  } finally {
    await dataset.close();
  }
}

/** Noise with the class's colour in its middle. */
function picture(seed: number, colour: readonly number[]): Buffer {
  const image = new PNG({ width: 16, height: 12 });
  const random = stream(seed, 'picture');
  for (let y = 0; y < 12; y++)
    for (let x = 0; x < 16; x++) {
      const isMiddle = Math.abs(x - 8) < 4 && Math.abs(y - 6) < 3;
      const noise = random.integer(200);
      image.data.set([...(isMiddle ? colour : [noise, noise, noise]), 255], 4 * (16 * y + x));
    }
  return PNG.sync.write(image);
}

/** Three classes of images with a split, one duplicate between splits, and two files that are no images. */
export const inspectedImages = once(() =>
  inFolder('photos', (at) => {
    const classes = [
      ['cat', 140, 20, [40, 90, 200]],
      ['dog', 52, 8, [200, 40, 40]],
      ['fox', 8, 2, [230, 140, 20]],
    ] as const;
    classes.forEach(([name, training, test, colour], label) => {
      for (let i = 0; i < training; i++) put(at('train', name, `${i}.png`), picture(1000 * label + i, colour));
      for (let i = 0; i < test; i++)
        put(at('test', name, `${i}.png`), picture(label === 0 && i === 0 ? 3 : 1000 * label + 500 + i, colour));
    });
    put(at('train', 'dog', '<b>bad.png'), 'no image');
    put(at('train', 'dog', 'nothing.png'), '');
  }),
);

/** Two classes of tones of different lengths, one silent. */
export const inspectedSounds = once(() =>
  inFolder('tones', (at) => {
    for (let i = 0; i < 8; i++) {
      const samples = Int16Array.from({ length: 6000 + 1500 * i }, (_, at) =>
        Math.round(i === 3 ? 0 : 9000 * Math.sin(at * (0.1 + 0.08 * i) * (1 + at / 30_000)) * Math.exp(-at / 5000)),
      );
      put(at(i % 2 === 0 ? 'low' : 'high', `tone${i}.wav`), wavFile({ data: new Uint8Array(samples.buffer) }));
    }
  }),
);

export const inspectedTexts = once(() => {
  const texts = ['Is my card on its way?', 'I lost my card in Überlingen 😀', 'Is my card on its way?', 'Why?'];
  return inspected(collection('text', texts, ['arrival', 'lost', 'arrival', 'other']));
});

/** Texts in a file, of which a recipe's default makes bags of words. */
export const inspectedSentences = once(() =>
  inFolder('sentences.csv', (at) => {
    const rows = Array.from({ length: 12 }, (_, i) => `My ${['card', 'key'][i % 2]} number ${i} is lost,${i % 2}`);
    put(at(), ['text,label', ...rows].join('\n'));
  }),
);

export const inspectedTable = once(() =>
  inFolder('penguins', (at) => {
    const rows = ['Adelie', 'Gentoo', 'Adelie', 'Chinstrap', 'Gentoo', 'Adelie'].map(
      (name, i) => `${name},${i === 2 ? 'NA' : 3700 + 50 * i},${i % 2 ? 'male' : 'female'}`,
    );
    put(at('penguins.csv'), ['species,body_mass_g,sex', ...rows].join('\n'));
  }),
);

/** In memory, as readers of texts and tables have it. */
function collection<Kind extends StoredKind>(
  kind: Kind,
  examples: Stored[Kind][],
  labels: string[] | null,
  more: object = {},
): Collection {
  const classes = labels && [...new Set(labels)];
  const made: Collection<Kind> = {
    kind,
    info: {
      kind,
      format: kind,
      path: `/data/${kind}.csv`,
      count: examples.length,
      shape: [-1],
      range: null,
      classes,
      groups: null,
      splits: [{ name: 'train', start: 0, count: examples.length }],
      problems: [],
      files: [],
    },
    labels: labels && Int32Array.from(labels, (label) => classes?.indexOf(label) ?? -1),
    groups: null,
    name: (position) => `line ${position + 2} of ${kind}.csv`,
    visit: async (positions, action) => {
      for (const position of Array.from(positions ?? examples.keys()))
        await action(position, examples[position] as Stored[Kind]);
    },
    close: () => Promise.resolve(),
    ...more,
  };
  return made;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
