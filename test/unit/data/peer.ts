/** pandas, scikit-learn and tokenizers, installed by pip. */
import type { Context } from 'mocha';
import { peerPython } from '../../bench/peers.js';
import { output } from '../../bench/program.js';

/** What a Python program prints; skips the test, and says so, where pip cannot install the libraries. */
export async function runPeer(test: Context, args: string[]): Promise<string> {
  test.timeout(600_000);
  let python: string;
  try {
    python = await peerPython('tables');
  } catch (error) {
    console.log(
      `      skipped: pip could not install pandas, scikit-learn and tokenizers: ${String(error).split('\n')[0]}`,
    );
    return test.skip();
  }
  return output(python, args);
}
