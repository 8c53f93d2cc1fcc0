/** Sounds in a folder or archive; labels from folders or names. */
import { t } from '../protocol/l10n.js';
import { FileCollection, type FileFacts } from './fileCollection.js';
import { nothingFound, readHeaders } from './fileHeaders.js';
import { layoutByTables } from './fileTable.js';
import { layoutFiles, type LaidOutFile } from './fileLayout.js';
import { SOUND_NAME } from './fileNames.js';
import type { DatasetOptions } from './reader.js';
import { readSoundHeader, type SoundHeader } from './sound/decode.js';
import { openTree, type Tree } from './tree/tree.js';

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
export async function openSoundFolder(target: string, options: DatasetOptions = {}): Promise<SoundCollection> {
  const tree = await openTree(target, options);
  try {
    const isExample = (name: string): boolean => SOUND_NAME.test(name);
    const layout =
      (await layoutByTables(
        tree,
        tree.files.filter(({ name }) => isExample(name)),
        options,
      )) ?? (await layoutFiles(tree, isExample, options));
    if (layout.files.length === 0)
      throw await nothingFound(
        tree,
        t('sounds that are read here'),
        t('Choose a folder or archive with WAV or FLAC files; other formats must be converted.'),
      );
    const problems = [...layout.problems];
    for (const { name, path } of tree.files)
      if (OTHER_SOUND.test(name))
        problems.push({
          file: path,
          reason: t('Left out: sounds of this format are not read. Convert it to WAV or FLAC.'),
        });
    const { files, unreadable } = await readHeaders(
      tree,
      layout.files,
      [Infinity],
      (bytes, file) => readSoundHeader(bytes, file.path),
      options,
    );
    return new SoundCollection(tree, files, {
      format: 'soundFolder',
      problems: [...problems, ...unreadable],
      tables: layout.tables,
    });
  } catch (error) {
    await tree.close();
    throw error;
  }
}
