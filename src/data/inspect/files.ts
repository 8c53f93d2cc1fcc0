/** Images and sounds, decoded and looked at on all cores. */
import type { Collection, OpenOptions } from '../reader.js';
import { Batcher } from '../work/batcher.js';
import type { GlanceTask } from '../work/functions.js';
import type { Glance } from './glance.js';
import type { Survey } from './survey.js';

/**
 * @param positions ascending
 * @param unreadable gets what cannot be read, with the reason
 */
export async function glanceAtFiles(
  collection: Collection<'image' | 'sound'>,
  positions: Int32Array,
  survey: Survey,
  unreadable: (position: number, reason: string) => void,
  options: OpenOptions,
): Promise<void> {
  const { kind } = collection;
  const batcher = new Batcher<Glance>((pool, examples) => {
    const task = (): GlanceTask => ({ kind, options: survey.glanceOptions, examples: examples() });
    return pool.run('glanceAtExamples', task, options.signal);
  });
  // In the order of the visit, whichever thread is the first: so that sums are the same each time.
  let before: Promise<void> = Promise.resolve();
  const glance = async (position: number, stored: Buffer, earlier: Promise<void>): Promise<void> => {
    const looking = batcher.run(stored, collection.name(position));
    await Promise.allSettled([looking, earlier]);
    try {
      survey.addGlance(position, await looking);
    } catch (error) {
      options.signal?.throwIfAborted();
      unreadable(position, reasonOf(error));
    }
  };
  const visiting = collection.visit(
    positions,
    (position, stored) => {
      if (stored instanceof Error) return unreadable(position, stored.message);
      before = glance(position, stored, before);
      return before;
    },
    { ...options, concurrency: batcher.concurrency },
  );
  await visiting.finally(() => batcher.close());
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
