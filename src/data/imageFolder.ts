/** Images in a folder or archive, of any sizes; labels from folders or names. */
import { t } from '../protocol/l10n.js';
import { openFiles } from './exampleFiles.js';
import { FileCollection, type FileFacts } from './fileCollection.js';
import type { LaidOutFile } from './fileLayout.js';
import { IMAGE_NAME } from './fileNames.js';
import { readHeader, type ImageHeader } from './image/header.js';
import type { DatasetOptions } from './reader.js';
import type { Tree } from './tree/tree.js';

const OTHER_IMAGE = /\.(gif|tiff?|avif|heic|jp2|svg|psd|ico)$/i;

/** Headers of nearly all images are within the first bytes; of the others the whole file is read. */
export const HEADER_BYTES = [16_384, Infinity] as const;

/** Sizes as they are shown, with the camera's orientation applied, by position. */
export class ImageCollection extends FileCollection<'image'> {
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  /** 1 for an image stored with one colour channel. */
  readonly grey: Uint8Array;

  constructor(
    tree: Tree,
    images: readonly (LaidOutFile & { header: ImageHeader })[],
    source: Pick<FileFacts, 'format' | 'problems' | 'files' | 'tables'>,
  ) {
    const widths = Int32Array.from(images, ({ header }) => header.width);
    const heights = Int32Array.from(images, ({ header }) => header.height);
    const grey = Uint8Array.from(images, ({ header }) => Number(header.channels === 1));
    const shape = [common(heights), common(widths), grey.every((one) => one === 1) ? 1 : 3];
    super('image', tree, images, { ...source, shape, range: [0, 255] });
    this.widths = widths;
    this.heights = heights;
    this.grey = grey;
  }
}

/**
 * @throws DataError when there are no images, or when one cannot be read and such are not skipped
 */
export function openImageFolder(target: string, options: DatasetOptions = {}): Promise<ImageCollection> {
  return openFiles(
    target,
    options,
    {
      named: IMAGE_NAME,
      others: OTHER_IMAGE,
      what: t('images that are read here'),
      choose: t(
        'Choose a folder or archive with PNG, JPEG, WebP, BMP or PNM images, or with a folder of such for each class.',
      ),
      convert: t('Left out: images of this format are not read. Convert it to PNG.'),
      headerBytes: HEADER_BYTES,
      parse: (start) => readHeader(start),
    },
    (tree, files, found) => new ImageCollection(tree, files, { format: 'imageFolder', ...found }),
  );
}

/** The value that all share, else -1. */
function common(values: Int32Array): number {
  const [first = -1] = values;
  return values.every((value) => value === first) ? first : -1;
}
