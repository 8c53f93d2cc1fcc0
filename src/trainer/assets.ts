import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Assets, KeptPlan } from '../data/prepare/preparation.js';
import { MAX_TOKENIZER_LENGTH } from '../data/text/tokenizer/tokenizer.js';
import { RunFile, type RunDataset, type RunRecord } from '../protocol/run.js';
import { writeFileAtomic } from './files.js';

/** What a run's preparation needs beside its record, in files of their own: a tokenizer. */

/** @throws the file system's error */
export async function keepAssets(run: string, assets: Assets): Promise<void> {
  for (const [name, content] of Object.entries(assets)) await writeFileAtomic(path.join(run, name), content);
}

/** How a run's data were prepared; null before that was decided. A file that cannot be read is missing in it. */
export async function keptPlan(run: string, { dataset }: RunRecord): Promise<KeptPlan | null> {
  if (!dataset) return null;
  const { preparation } = dataset as { preparation?: RunDataset['preparation'] }; // a damaged record may have none
  if (preparation?.kind !== 'text') return { preparation, assets: {}, folder: run };
  const file = path.join(run, RunFile.tokenizer);
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : Infinity),
    () => Infinity,
  );
  const content = size > MAX_TOKENIZER_LENGTH ? null : await readFile(file, 'utf8').catch(() => null);
  return {
    preparation,
    assets: content === null ? {} : { [RunFile.tokenizer]: content },
    folder: run,
  };
}
