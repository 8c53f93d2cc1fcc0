/** Formats that people have data in and that are not read here: what to make of them. */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';

interface Format {
  endings: readonly string[];
  advice: () => string;
}

const formats: readonly Format[] = [
  {
    endings: ['gif', 'tif', 'tiff', 'heic', 'heif', 'avif', 'jp2', 'ico', 'svg', 'dng'],
    advice: () => t('Convert the images to PNG.'),
  },
  {
    endings: ['mp3', 'ogg', 'oga', 'opus', 'm4a', 'aac', 'wma', 'aif', 'aiff'],
    advice: () => t('Convert the sounds to WAV or FLAC.'),
  },
  { endings: ['mp4', 'avi', 'mov', 'mkv', 'webm'], advice: () => t('Save frames as PNG, or the sound as WAV.') },
  { endings: ['xlsx', 'xls', 'ods', 'numbers'], advice: () => t('Save the table as CSV.') },
  { endings: ['json'], advice: () => t('Save it as JSON Lines (.jsonl): an object a line.') },
  {
    endings: ['pkl', 'pickle', 'pt', 'pth', 'joblib', 'h5', 'hdf5', 'mat', 'tfrecord', 'tfrecords'],
    advice: () => t('Save its arrays in Python by numpy.savez("data.npz", x_train=..., y_train=...).'),
  },
  {
    endings: ['arrow', 'feather', 'orc', 'avro', 'sqlite', 'db'],
    advice: () => t('Save the table as Parquet or CSV.'),
  },
  {
    endings: ['7z', 'rar', 'xz', 'txz', 'bz2', 'tbz2', 'zst', 'lz4'],
    advice: () => t('Unpack it, or pack it as .zip or .tar.gz.'),
  },
  { endings: ['zip', 'tar', 'tgz', 'gz'], advice: () => t('Unpack it: archives within archives are not read.') },
];

/** What to do about the first of the files whose format is known, but not read; null when there is none. */
export function otherFormat(names: Iterable<string>): { name: string; advice: string } | null {
  for (const name of names) {
    // As CIFAR-10 is for Python.
    if (/(^|[/\\])data_batch_\d+$/.test(name))
      return { name, advice: t('Download the binary version of the dataset (cifar-10-binary.tar.gz).') };
    const ending = path.posix.extname(name).slice(1).toLowerCase();
    const format = formats.find(({ endings }) => endings.includes(ending));
    if (format) return { name, advice: format.advice() };
  }
  return null;
}
