/** pandas, scikit-learn and tokenizers where `npm run bench -- --peers csv` has installed them. */
import { execFileSync } from 'node:child_process';
import { installedPython } from '../../bench/peers.js';

/** What a Python program prints; null, with the reason printed, where there are no such libraries. */
export function runPeer(args: string[]): string | null {
  const python = installedPython('tables');
  if (python !== null) return execFileSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  console.log('      skipped: `npm run bench -- --peers csv` has not installed pandas, scikit-learn and tokenizers');
  return null;
}
