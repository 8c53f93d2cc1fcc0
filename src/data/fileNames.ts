/** Kinds of files by their endings. */
export const IMAGE_NAME = /\.(png|jpe?g|webp|bmp|p[bgpn]m)$/i;
export const SOUND_NAME = /\.(wav|wave|flac)$/i;
export const TEXT_NAME = /\.txt$/i;
export const JSONL_NAME = /\.(jsonl|ndjson)$/i;
export const CSV_NAME = /\.(csv|tsv)$/i;
export const PARQUET_NAME = /\.(parquet|parq|pq)$/i;
export const ARCHIVE_NAME = /\.(zip|tar|tgz|tar\.gz)$/i;
export const NPY_NAME = /\.npy$/i;
export const NPZ_NAME = /\.npz$/i;
/** What an archive tells of itself beside its data. */
export const ABOUT_NAME = /^(readme|licen[cs]e|notice|citation|changelog)(\.[a-z]+)?$/i;

/** The name of a file's content: without the ".gz" that says how it is packed. */
export function unpackedName(name: string): string {
  return name.replace(/(?<=[^/])\.gz$/i, '');
}
