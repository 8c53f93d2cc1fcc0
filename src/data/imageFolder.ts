/** Folders of PNG and JPEG images; a class is a folder. */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import {
  compareNames,
  counted,
  describeEntries,
  fileError,
  formatCount,
  joinList,
  listFolder,
  MAX_BYTES,
} from './files.js';
import { decodeImage } from './image/decode.js';
import { readImageHeader, type ImageHeader } from './image/header.js';
import { findImages, IMAGE_NAME, type ImageFile } from './imageLayout.js';
import { MemoryReader } from './memory.js';
import { DataError, type OpenOptions, type Reader, type Split, type UnreadableFile } from './reader.js';
import { SPLIT_ORDER } from './splitNames.js';

/** Files read at the same time; decoding itself is on this thread. */
const CONCURRENCY = 8;
/** Share of the progress that reading the headers takes. */
const HEADERS_FRACTION = 0.15;
/** Folders looked into for a hint where the images might be. */
const MAX_HINTS = 50;

interface ReadableImage extends ImageFile {
  header: ImageHeader;
}

/**
 * All images of a folder, decoded into memory: grey when every image is stored so, else RGB. An image that cannot be
 * read is left out and told in `info.problems`.
 * @throws DataError when there are no images, when none can be read, or when their sizes differ
 */
export async function openImageFolder(root: string, { signal, onProgress }: OpenOptions = {}): Promise<Reader> {
  const layout = await findImages(root, signal);
  if (layout.images.length === 0) throw await nothingFound(root, layout.deeper);
  const problems: UnreadableFile[] = [...layout.problems];

  const headers = await mapBounded(layout.images, signal, async (image, done) => {
    onProgress?.(HEADERS_FRACTION * done);
    try {
      return { ...image, header: await readImageHeader(image.file) };
    } catch (error) {
      problems.push({ file: image.file, reason: reasonOf(error, image.file) });
      return null;
    }
  });
  const readable = headers.filter((image) => image !== null);
  const [first] = readable;
  if (!first) throw noneReadable(root, problems);
  checkSizes(root, readable);

  const { width, height } = first.header;
  const channels = readable.every(({ header }) => header.channels === 1) ? 1 : 3;
  const imageSize = width * height * channels;
  if (imageSize * readable.length > MAX_BYTES)
    throw new DataError(
      `The ${counted(readable.length, 'image')} of ${width} × ${height} in ${root} need ${formatCount(imageSize * readable.length)} bytes of memory; ${formatCount(MAX_BYTES)} can be used.`,
      root,
      'Use smaller images, or fewer.',
    );
  const data = new Uint8Array(imageSize * readable.length);
  const decoded = await mapBounded(readable, signal, async (image, done, index) => {
    onProgress?.(HEADERS_FRACTION + (1 - HEADERS_FRACTION) * done);
    try {
      const pixels = decodeImage(await fs.readFile(image.file), { channels });
      if (pixels.width !== width || pixels.height !== height) throw new Error('it changed while it was read');
      data.set(pixels.data, index * imageSize);
      return true;
    } catch (error) {
      problems.push({ file: image.file, reason: reasonOf(error, image.file) });
      return false;
    }
  });
  const kept = closeGaps(readable, decoded, data, imageSize);
  if (kept.length === 0) throw noneReadable(root, problems);
  onProgress?.(1);
  problems.sort((a, b) => compareNames(a.file, b.file));
  return readerOf(root, kept, data.subarray(0, kept.length * imageSize), [height, width, channels], problems);
}

function readerOf(
  root: string,
  images: ReadableImage[],
  data: Uint8Array,
  shape: number[],
  problems: UnreadableFile[],
): Reader {
  const classes = [...new Set(images.map(({ className }) => className))]
    .filter((name) => name !== null)
    .sort(compareNames);
  const indexes = new Map<string | null, number>(classes.map((name, index) => [name, index]));
  const labels = classes.length === 0 ? null : Int32Array.from(images, ({ className }) => indexes.get(className) ?? -1);
  const splits: Split[] = [];
  for (const name of SPLIT_ORDER) {
    const start = images.findIndex(({ split }) => split === name);
    if (start >= 0) splits.push({ name, start, count: images.filter(({ split }) => split === name).length });
  }
  if (splits[0] && splits.length === 1) splits[0].name = 'train';
  return new MemoryReader(
    {
      kind: 'image',
      format: 'imageFolder',
      path: root,
      count: images.length,
      shape,
      range: [0, 255],
      classes: labels ? classes : null,
      splits,
      problems,
      files: images.map(({ file }) => file),
    },
    labels,
    [{ data, count: images.length }],
  );
}

/** Moves the images that follow one that could not be decoded up, in place. */
function closeGaps(images: ReadableImage[], decoded: boolean[], data: Uint8Array, imageSize: number): ReadableImage[] {
  const kept: ReadableImage[] = [];
  images.forEach((image, i) => {
    if (!decoded[i]) return;
    if (kept.length < i) data.copyWithin(kept.length * imageSize, i * imageSize, (i + 1) * imageSize);
    kept.push(image);
  });
  return kept;
}

/** Names an image of the most frequent size and one that differs. */
function checkSizes(root: string, images: ReadableImage[]): void {
  const groups = new Map<string, ReadableImage[]>();
  for (const image of images) {
    const size = `${image.header.width} × ${image.header.height}`;
    const group = groups.get(size);
    if (group) group.push(image);
    else groups.set(size, [image]);
  }
  if (groups.size < 2) return;
  const [[usual, usualImages], [other, otherImages]] = [...groups].sort((a, b) => b[1].length - a[1].length) as [
    [string, ReadableImage[]],
    [string, ReadableImage[]],
  ];
  const name = (image: ReadableImage | undefined): string => (image ? path.relative(root, image.file) : '');
  const differing = images.length - usualImages.length;
  throw new DataError(
    `The images are not all of one size: ${name(usualImages[0])} is ${usual}, ${name(otherImages[0])} is ${other}; ${formatCount(differing)} of ${formatCount(images.length)} differ from ${usual}.`,
    otherImages[0]?.file ?? root,
    differing <= images.length / 10
      ? `Move ${differing === 1 ? 'this image' : `these ${formatCount(differing)} images`} elsewhere, or scale ${differing === 1 ? 'it' : 'them'} to ${usual}.`
      : 'Scale them all to one size, for example with an image editor’s batch function.',
  );
}

async function nothingFound(root: string, deeper: string[]): Promise<DataError> {
  const listing = await listFolder(root);
  let inside: string | undefined;
  for (const folder of deeper.slice(0, MAX_HINTS)) {
    const { entries } = await listFolder(folder, root);
    if (!entries.some(({ name, isDirectory }) => !isDirectory && IMAGE_NAME.test(name))) continue;
    inside = path.join(root, path.relative(root, folder).split(path.sep)[0] ?? '');
    break;
  }
  const advice =
    inside === undefined
      ? 'Choose a folder with PNG or JPEG images, or with a folder of images for each class.'
      : `There are images deeper inside: name ${inside}.`;
  return new DataError(`${root} holds no PNG or JPEG images, but ${describeEntries(listing)}.`, root, advice);
}

function noneReadable(root: string, problems: UnreadableFile[]): DataError {
  problems.sort((a, b) => compareNames(a.file, b.file));
  const shown = problems.slice(0, 3).map(({ file, reason }) => `${path.relative(root, file)}: ${reason}`);
  return new DataError(
    `None of the images in ${root} can be read (${joinList(shown)}).`,
    problems[0]?.file ?? root,
    'Check that they are PNG or JPEG files and open in an image viewer.',
  );
}

function reasonOf(error: unknown, file: string): string {
  const told = fileError(error, file);
  return told instanceof DataError || told instanceof Error ? told.message : String(told);
}

/** Runs `action` on all items, a few at a time, and returns the results in order. `done` is 0..1. */
async function mapBounded<T, R>(
  items: T[],
  signal: AbortSignal | undefined,
  action: (item: T, done: number, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      signal?.throwIfAborted();
      const index = next++;
      results[index] = await action(items[index] as T, index / items.length, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
  return results;
}
