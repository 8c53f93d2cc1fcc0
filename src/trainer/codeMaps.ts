import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { numberOf } from '../data/quantities.js';
import { mappedPositions, type Places } from '../learn/evaluate/codeMap.js';
import type { ExampleData, Source } from '../learn/loop.js';
import { imageShape } from '../learn/method/pictures.js';
import { occurring } from '../data/text/bag.js';
import { idRows } from '../learn/method/examples.js';
import { RunFile, stepName } from '../protocol/run.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../protocol/safetensors.js';
import type { MapExamplesMetadata, SampleView } from '../protocol/sample.js';
import type { LoadedDataset } from './dataset.js';
import { writeFileAtomic } from './files.js';
import { writeTrouble } from './runFolder.js';
import { textsOfTensors } from './shownTexts.js';

/** What the maps of codes need in a run's folder beside its samples. */

/** Pictures are made smaller by whole factors until they have no longer side, and rows of numbers no more of them. */
const LONGEST_SIDE = 32;
const LONGEST_ROW = 128;
/** Tokens of a text. */
const MOST_TOKENS = 48;
/** Examples read together: large pictures fill the memory before they are made smaller. */
const BATCH = 64;

/**
 * Writes what the points of the run's maps are, once, since it is the same on each map.
 * @throws UserError when it cannot be written; what reading the data throws
 */
export async function writeMapExamples(run: string, dataset: LoadedDataset, seed: number): Promise<void> {
  const { positions, facts, preparation, assets, example } = dataset;
  const [source, places] = dataset.watched
    ? [dataset.watched, positions.watched]
    : [dataset.training, positions.training];
  const chosen = mappedPositions(source, seed);
  const examples = await shownExamples(source, chosen, example);
  const labels = source.labels && Int32Array.from(chosen, (position) => source.labels?.[position] ?? -1);
  const classes = example.labels?.classes ?? facts.classes ?? [];
  const metadata: MapExamplesMetadata = {
    ...(labels && !source.quantities && { classes: JSON.stringify(classes) }),
    names: JSON.stringify(Array.from(chosen, (position) => dataset.name(places[position] as number))),
    ...textsOfTensors(preparation, assets)({ examples }),
  };
  const count = chosen.length;
  const file = path.join(run, RunFile.examples);
  const content = encodeSafetensors({
    tensors: {
      examples,
      ...(labels && !source.quantities && { labels: { shape: [count], data: labels } }),
      ...(labels &&
        source.quantities && {
          values: { shape: [count], data: Float32Array.from(labels, (label) => numberOf(classes[label] ?? '')) },
        }),
    },
    metadata: { ...metadata },
  });
  try {
    await writeFileAtomic(file, content);
  } catch (error) {
    throw writeTrouble(file, error);
  }
}

/** As small pictures, ids of tokens or rows of a table. */
async function shownExamples(
  source: Source,
  positions: Int32Array,
  { kind, vocabulary, features }: LoadedDataset['example'],
): Promise<NamedTensor> {
  const size = source.shape.reduce((product, side) => product * side, 1);
  const tokens: number[][] = [];
  const rows = new Float32Array(kind === 'table' ? positions.length * size : 0);
  const pictures: Uint8Array[] = [];
  const picture = imageShape(source.shape);
  const shape = shrunk(picture);
  for (let from = 0; from < positions.length; from += BATCH) {
    const some = positions.subarray(from, from + BATCH);
    const data = await source.batch(some);
    for (let i = 0; i < some.length; i++) {
      const one = data.subarray(i * size, (i + 1) * size);
      if (kind === 'table') rows.set(one, (from + i) * size);
      else if (vocabulary || features === 'bag') tokens.push(tokensOf(one, vocabulary?.pad ?? null));
      else pictures.push(smallPicture(one, picture, shape));
    }
  }
  if (kind === 'table') return { shape: [positions.length, size], data: rows };
  return tokens.length > 0 ? idRows(tokens) : { shape: [pictures.length, ...shape], data: joined(pictures) };
}

type Picture = [height: number, width: number, channels: number];

function shrunk([height, width, channels]: Picture): Picture {
  const longest = height === 1 ? LONGEST_ROW : LONGEST_SIDE;
  const factor = Math.max(1, Math.ceil(Math.max(height, width) / longest));
  return [Math.max(1, Math.floor(height / factor)), Math.max(1, Math.floor(width / factor)), channels];
}

/** Each pixel is the mean of those that it stands for; values 0..1 become bytes. */
function smallPicture(values: ExampleData, [height, width, channels]: Picture, to: Picture): Uint8Array {
  const [rows, columns] = to;
  const small = new Uint8Array(rows * columns * channels);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const [top, bottom] = [Math.floor((y * height) / rows), Math.floor(((y + 1) * height) / rows)];
      const [left, right] = [Math.floor((x * width) / columns), Math.floor(((x + 1) * width) / columns)];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++)
            sum += values[(row * width + column) * channels + c] as number;
        const mean = sum / ((bottom - top) * (right - left));
        small[(y * columns + x) * channels + c] = Math.round(Math.min(1, Math.max(0, mean)) * 255);
      }
    }
  return small;
}

/** The first ids of a text; of a bag of words those that occur. */
function tokensOf(values: ExampleData, pad: number | null): number[] {
  const ids =
    values instanceof Int32Array
      ? Array.from(values.subarray(0, MOST_TOKENS)).filter((id) => id !== pad)
      : occurring(values);
  return ids.slice(0, MOST_TOKENS);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts[0]?.length ?? 0;
  const whole = new Uint8Array(parts.length * size);
  parts.forEach((part, i) => whole.set(part, i * size));
  return whole;
}

/**
 * The map that a run drew last until a step, so that it goes on as if it had not been stopped; null where there is none
 * that can be read: the next one is then drawn without.
 */
export async function lastPlaces(run: string, step: number): Promise<Places | null> {
  const samples = path.join(run, RunFile.samples);
  const limit = `${stepName(step)}.safetensors`;
  const name = (await readdir(samples))
    .filter((name) => /^\d+\.safetensors$/.test(name) && name <= limit)
    .sort()
    .pop();
  if (name === undefined) return null;
  try {
    const { tensors, metadata } = decodeSafetensors(await readFile(path.join(samples, name)));
    const views = JSON.parse(metadata['views'] ?? '[]') as SampleView[];
    const view = views.find((view) => view.kind === 'map' && view.method === 'pca');
    if (view?.kind !== 'map') return null;
    const [points, clusters] = [tensors[view.points]?.data, tensors[view.clusters]?.data];
    const isMap = points instanceof Float32Array && clusters instanceof Uint8Array;
    return isMap && points.length === 2 * clusters.length && points.every(Number.isFinite)
      ? { points, clusters }
      : null;
  } catch {
    return null; // a damaged sample is no reason not to train
  }
}
