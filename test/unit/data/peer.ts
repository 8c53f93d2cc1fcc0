/** Libraries of Python that tests compare with, installed by pip. */
import type { Context } from 'mocha';
import { peerPython, type PeerSet } from '../../bench/peers.js';
import { output } from '../../bench/program.js';

/** What a Python program prints; skips the test, and says so, where pip cannot install the libraries. */
export async function runPeer(test: Context, args: string[], set: PeerSet = 'tables'): Promise<string> {
  test.timeout(600_000);
  let python: string;
  try {
    python = await peerPython(set);
  } catch (error) {
    console.log(`      skipped: pip could not install the libraries of "${set}": ${String(error).split('\n')[0]}`);
    return test.skip();
  }
  return output(python, args);
}
