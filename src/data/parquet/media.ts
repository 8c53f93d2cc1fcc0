/** Which column holds images or sounds, by how its first value begins. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';
import type { ParquetFile } from './file.js';
import type { Leaf } from './schema.js';

export interface Sniffed {
  kind: 'image' | 'sound';
  column: string;
}

/** @returns null when there is none @throws DataError for sounds of a format that is not read */
export async function sniff(file: ParquetFile, signal: AbortSignal | undefined): Promise<Sniffed | null> {
  for (const leaf of file.footer.leaves) {
    if (leaf.meaning.is !== 'bytes' || leaf.repeated || leaf.physical !== 'BYTE_ARRAY') continue;
    const start = await firstValue(file, leaf, signal);
    const kind = start && kindOf(start, file, leaf);
    if (kind) return { kind, column: leaf.name };
  }
  return null;
}

async function firstValue(file: ParquetFile, leaf: Leaf, signal: AbortSignal | undefined): Promise<Buffer | null> {
  for await (const { values, codes } of file.pages(leaf, { signal })) {
    if (values.type !== 'bytes') return null;
    const first = codes ? codes[0] : 0;
    if (first === undefined || first >= values.starts.length) continue;
    return Buffer.from(values.bytes.subarray(values.starts[first], values.ends[first]));
  }
  return null;
}

function kindOf(start: Buffer, file: ParquetFile, { name }: Leaf): Sniffed['kind'] | null {
  const magic = start.toString('latin1', 0, 12);
  if (/^(\x89PNG|\xff\xd8\xff|BM|RIFF....WEBP)/s.test(magic)) return 'image';
  if (/^(RIFF....WAVE|fLaC)/s.test(magic)) return 'sound';
  const other = /^(OggS|ID3|\xff[\xe2-\xfb])/.exec(magic)?.[0];
  if (other === undefined) return null;
  const format = other === 'OggS' ? 'Ogg' : 'MP3';
  throw new DataError(
    t('{0}: the sounds in column "{1}" are {2}, which is not read here.', path.basename(file.file.path), name, format),
    file.file.path,
    t('Write them as WAV or FLAC.'),
  );
}
