/**
 * Datasets: what formats there are, and opening one. Decoders are loaded when they are needed. The extension host takes
 * detect.ts and find.ts instead, so that no decoder gets into its bundle.
 */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';
import { detectDataset, detectors, SAMPLE_DIGITS } from './detect.js';
import { checkNotEmpty, describeEntries, listFolder, look, readStart } from './files.js';
import { ARCHIVE_NAME, CSV_NAME, IMAGE_NAME, JSONL_NAME, NPZ_NAME, TEXT_NAME, unpackedName } from './fileNames.js';
import { findDatasets } from './find.js';
import { glimpse, type Glimpse } from './glimpse.js';
import { withLabelSets } from './labelSets.js';
import { otherFormat } from './otherFormats.js';
import { DataError, type Collection, type DatasetOptions, type Format, type Reader } from './reader.js';

export { detectDataset, SAMPLE_DIGITS } from './detect.js';

const openers: Record<string, Format['open']> = {
  idx: async (target, options) => (await import('./idx.js')).openIdx(target, options),
  npz: async (target, options) => (await import('./npy.js')).openNpz(target, options),
  npy: async (target, options) => (await import('./npy.js')).openNpy(target, options),
  cifar: async (target, options) => (await import('./cifar.js')).openCifar(target, options),
  imageFolder: async (target, options) => (await import('./imageFolder.js')).openImageFolder(target, options),
  soundFolder: async (target, options) => (await import('./soundFolder.js')).openSoundFolder(target, options),
  parquet: async (target, options) => (await import('./parquetData.js')).openParquet(target, options),
  csv: async (target, options) => (await import('./csvData.js')).openCsvData(target, options),
  jsonl: async (target, options) => (await import('./textData.js')).openJsonl(target, options),
  text: async (target, options) => (await import('./textData.js')).openText(target, options),
};

/** In the order in which they are tried. */
export const formats: readonly Format[] = detectors.map((detector) => {
  const open = openers[detector.name];
  if (!open) throw new Error(`The format ${detector.name} has no reader`);
  return { ...detector, open };
});

/**
 * Opens a file or folder, or the generated digits for {@link SAMPLE_DIGITS}.
 * @throws DataError when it is missing, cannot be read, is empty, damaged, or no dataset that is read here; the signal's
 * reason when it is aborted
 */
export async function openDataset(target: string, options: DatasetOptions = {}): Promise<Reader | Collection> {
  if (target === SAMPLE_DIGITS) return (await import('./strokeDigits.js')).openStrokeDigits(options);
  const { isDirectory, size } = await look(target);
  if (!isDirectory) checkNotEmpty(target, size);
  const detections = await detectDataset(target);
  const { format: wanted = 'auto' } = options;
  const known = formats.find(({ name }) => name === wanted);
  if (wanted !== 'auto' && !known)
    throw new DataError(
      t('There is no format "{0}".', wanted),
      target,
      t('There are: {0}.', formats.map(({ name }) => name).join(', ')),
    );
  const [likeliest] = detections;
  const detection = detections.find(({ format }) => format === wanted) ?? likeliest;
  const format = known ?? formats.find(({ name }) => name === detection?.format);
  if (!format) throw isDirectory ? await unknownFolder(target) : await unknownFile(target);
  return withLabelSets(await format.open(detection?.path ?? target, options), options.labelSeparator ?? null);
}

const readHere = () =>
  t(
    'Read are images (PNG, JPEG, WebP, BMP, PNM), WAV and FLAC sounds, Parquet, CSV, JSON Lines and text files, .npy and .npz arrays, IDX and CIFAR files, also within .zip and .tar.gz.',
  );

/** Deeper in a folder that is no dataset, this long for one. */
const LOOK_MILLISECONDS = 2000;
const MOST_NAMES = 1000;

async function unknownFolder(folder: string): Promise<DataError> {
  const listing = await listFolder(folder);
  if (listing.entries.length + listing.links.length === 0)
    return new DataError(
      t('{0} is an empty folder.', folder),
      folder,
      t('Put the data there, or choose another folder.'),
    );
  const inside = listing.entries.filter(({ name, isDirectory }) => isDirectory || ARCHIVE_NAME.test(name));
  let unreadable: DataError | null = null;
  for (const { name, isDirectory } of inside.slice(0, 50)) {
    const inner = path.join(folder, name);
    try {
      const [found] = await detectDataset(inner);
      if (found)
        return new DataError(
          t('{0} is not a dataset, but {1} in it looks like one.', folder, name),
          folder,
          t('Name {0} instead.', inner),
        );
      if (isDirectory) continue;
      checkNotEmpty(inner, (await look(inner)).size);
      unreadable ??= await unknownFile(inner);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      unreadable ??= error;
    }
  }
  if (unreadable) return unreadable;
  const { found } = await findDatasets(folder, { limit: 1, milliseconds: LOOK_MILLISECONDS, useIgnoreFiles: false });
  const [deeper] = found;
  if (deeper)
    return new DataError(
      t('{0} is not a dataset, but {1} in it looks like one.', folder, path.relative(folder, deeper.path)),
      folder,
      t('Name {0} instead.', deeper.path),
    );
  const holds = describeEntries(listing);
  const named = [CSV_NAME, JSONL_NAME, TEXT_NAME];
  const parts = listing.entries.filter(({ name }) => named.some((kind) => kind.test(unpackedName(name))));
  if (parts.length > 1)
    return new DataError(
      t('{0} holds no dataset, but {1}; which belong together, their names do not tell.', folder, holds),
      folder,
      t('Name one of them, or call those that belong together train, validation and test.'),
    );
  const other = otherFormat(await namesIn(await glimpse(folder)));
  return new DataError(
    other
      ? t('{0} holds no dataset, but {1}; {2} is in a format that is not read.', folder, holds, other.name)
      : t('{0} holds no dataset, but {1}.', folder, holds),
    folder,
    other?.advice ?? readHere(),
  );
}

/** Of files here and in folders below, some of many. */
async function namesIn(seen: Glimpse, folder = '', depth = 3): Promise<string[]> {
  const names: string[] = [];
  for (const { name, isDirectory } of folder === '' ? seen.entries : await seen.list(folder)) {
    const inside = path.join(folder, name);
    if (!isDirectory) names.push(inside);
    else if (depth > 0) names.push(...(await namesIn(seen, inside, depth - 1)));
    if (names.length >= MOST_NAMES) break;
  }
  return names;
}

async function unknownFile(file: string): Promise<DataError> {
  const name = path.basename(file);
  if (IMAGE_NAME.test(name))
    return new DataError(t('{0} is a single image.', name), file, t('Name the folder of the images instead.'));
  const seen = await glimpse(file);
  const names = seen.kind === 'archive' ? await namesIn(seen) : [name];
  if (names.filter((inside) => NPZ_NAME.test(inside)).length > 1)
    return (await import('./npy.js')).severalNpz(file, names);
  const other = otherFormat(names);
  if (seen.kind === 'archive')
    return new DataError(
      other
        ? t('{0} holds no dataset: {1} in it is in a format that is not read.', name, other.name)
        : t('{0} holds no dataset.', name),
      file,
      other?.advice ?? readHere(),
    );
  const start = await readStart(file, 4);
  return new DataError(
    t('{0} is no data that is read here: it begins with the bytes {1}.', name, start.toString('hex')),
    file,
    other?.advice ?? readHere(),
  );
}
