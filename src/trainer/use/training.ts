import path from 'node:path';
import type { OpenOptions } from '../../data/reader.js';
import { codesInBatches, type Codes } from '../../learn/evaluate/codes.js';
import { Nearest, type Neighbour } from '../../learn/evaluate/nearest.js';
import { t } from '../../protocol/l10n.js';
import type { SimilarExample, UsedExample } from '../../protocol/use.js';
import { loadDataset, type LoadedDataset } from '../dataset.js';
import { cacheBeside } from '../prepare.js';
import type { UsedRun } from './run.js';
import type { Showing } from './showing.js';

export interface Similar extends SimilarExample {
  /** In the training dataset. */
  position: number;
}

/** Codes of training examples are kept between searches where they are at most so many numbers (64 MiB). */
const MOST_NUMBERS = 2 ** 24;

/** The examples that a run was trained on, searched by their codes. */
export class TrainingExamples {
  /** All codes, once they were made; null where they are made anew for each search. */
  private held: (Codes & { from: number })[] | null = null;

  private constructor(
    private readonly run: UsedRun,
    private readonly dataset: LoadedDataset,
  ) {}

  /** @throws DataError, UserError when the data are no longer there, or can no longer be read */
  static async open(run: UsedRun, open: OpenOptions = {}): Promise<TrainingExamples> {
    const { recipe, dataset, folder, work, kept } = run;
    const cache = cacheBeside(path.dirname(folder));
    const options = { ...open, work, kept, onPlanned: () => undefined };
    return new TrainingExamples(run, await loadDataset(recipe, dataset.path, cache, options));
  }

  /** What to tell where the data are not what they were; null when they are. */
  get change(): string | null {
    const { facts } = this.dataset;
    if (facts.fingerprint === this.run.dataset.fingerprint) return null;
    return t(
      'The data in {0} have changed since the run {1}: what is shown as similar need not be what it learned from.',
      facts.path,
      this.run.record.id,
    );
  }

  /** @returns of each query the most similar, at most so many, the most similar first */
  async similar(queries: Codes, most: number): Promise<Similar[][]> {
    const nearest = new Nearest(queries, most);
    try {
      for await (const codes of this.codes()) await nearest.add(codes, codes.from);
      return nearest.neighbours.map((found) => found.map((neighbour) => this.described(neighbour)));
    } finally {
      nearest.dispose();
    }
  }

  /** What was found, as people see it. */
  async shown(found: readonly Similar[][], showing: Showing, signal: AbortSignal): Promise<SimilarExample[][]> {
    const known = await showing.of(
      this.dataset.dataset,
      found.flat().map(({ position }) => position),
      signal,
    );
    return found.map((row) => row.map((one) => told(one, known.get(one.position))));
  }

  private async *codes(): AsyncGenerator<Codes & { from: number }, void, undefined> {
    if (this.held) return yield* this.held;
    const { encoding, values, epoch } = this.run;
    const { training } = this.dataset;
    let held: (Codes & { from: number })[] | null = [];
    for await (const codes of codesInBatches(encoding, training, values, epoch)) {
      if (codes.width * training.count > MOST_NUMBERS) held = null;
      held?.push(codes);
      yield codes;
    }
    this.held = held;
  }

  private described({ position, cosine }: Neighbour): Similar {
    const { dataset, training, positions } = this.dataset;
    const label = training.labels?.[position] ?? -1;
    const inDataset = positions.training[position] ?? -1;
    return { name: dataset.name(inDataset), label: dataset.info.classes?.[label] ?? null, cosine, position: inDataset };
  }

  close(): Promise<void> {
    return this.dataset.close();
  }
}

/** Without what is of use within this process only. */
export function told({ name, label, cosine }: Similar, shown?: UsedExample): SimilarExample {
  return { name, label, cosine, ...(shown && { shown }) };
}
