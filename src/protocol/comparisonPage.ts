import type { ComparedRun } from './comparison.js';
import type { ToMonitor } from './monitor.js';

/** What is said between the extension and the page that compares runs. A run is named by its folder. */

export type ToComparison =
  /** These are compared, in this order: forget what was shown before. Of each follows what a monitor of it is sent. */
  | { type: 'compare'; runs: (Pick<ComparedRun, 'run' | 'state' | 'recipe'> & { folder: string })[] }
  | { type: 'feed'; folder: string; message: ToMonitor }
  /** A request was not carried out, or a file cannot be read. */
  | { type: 'trouble'; message: string };

export type FromComparison =
  /** The page has loaded. `folders` are those that it showed before a reload; null for none. */
  | { type: 'ready'; folders: string[] | null }
  /** The person picks further runs. */
  | { type: 'add' }
  | { type: 'takeOut'; folder: string }
  | { type: 'openMonitor'; folder: string }
  /** Saves this text where the person says. */
  | { type: 'export'; as: 'csv' | 'markdown'; text: string };

const types: readonly string[] = ['compare', 'feed', 'trouble'] satisfies ToComparison['type'][];

/** The host is trusted; what else talks to the page is not meant for us. */
export function isToComparison(data: unknown): data is ToComparison {
  return typeof data === 'object' && data !== null && 'type' in data && types.includes(String(data.type));
}
