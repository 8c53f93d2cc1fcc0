/** Sounds in a folder or archive; labels from folders or names. */
import { t } from '../protocol/l10n.js';
import { openFiles } from './exampleFiles.js';
import { FileCollection, type FileFacts } from './fileCollection.js';
import type { LaidOutFile } from './fileLayout.js';
import { SOUND_NAME } from './fileNames.js';
import type { DatasetOptions } from './reader.js';
import { readSoundHeader, type SoundHeader } from './sound/decode.js';
import type { Tree } from './tree/tree.js';

const OTHER_SOUND = /\.(mp3|oga|ogg|opus|m4a|aac|wma|aiff?|au)$/i;

/** Lengths and rates as stored, by position. */
export class SoundCollection extends FileCollection<'sound'> {
  /** In Hz. */
  readonly sampleRates: Int32Array;
  readonly seconds: Float64Array;

  constructor(
    tree: Tree,
    sounds: readonly (LaidOutFile & { header: SoundHeader })[],
    source: Pick<FileFacts, 'format' | 'problems' | 'files' | 'tables'>,
  ) {
    const channels = new Set(sounds.map(({ header }) => header.channels));
    const frames = new Set(sounds.map(({ header }) => header.frames));
    const only = (values: Set<number>): number => (values.size === 1 ? Math.max(...values) : -1);
    super('sound', tree, sounds, {
      ...source,
      shape: [only(frames), only(channels)],
      range: [-1, 1],
    });
    this.sampleRates = Int32Array.from(sounds, ({ header }) => header.sampleRate);
    this.seconds = Float64Array.from(sounds, ({ header }) => header.frames / header.sampleRate);
  }
}

/** @throws DataError when there are no sounds, or when one cannot be read and such are not skipped */
export function openSoundFolder(target: string, options: DatasetOptions = {}): Promise<SoundCollection> {
  return openFiles(
    target,
    options,
    {
      named: SOUND_NAME,
      others: OTHER_SOUND,
      what: t('sounds that are read here'),
      choose: t('Choose a folder or archive with WAV or FLAC files; other formats must be converted.'),
      convert: t('Left out: sounds of this format are not read. Convert it to WAV or FLAC.'),
      headerBytes: [Infinity],
      parse: (bytes, file) => readSoundHeader(bytes, file.path),
    },
    (tree, files, found) => new SoundCollection(tree, files, { format: 'soundFolder', ...found }),
  );
}
