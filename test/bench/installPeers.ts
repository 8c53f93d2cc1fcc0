import { peerPython, type PeerSet } from './peers.js';

/** A process of its own: installs what tests compare with, one set after the other. Those that are there cost nothing. */

async function install(sets: readonly PeerSet[]): Promise<void> {
  for (const set of sets) await peerPython(set);
}

install(['tables', 'sound', 'parquet', 'images']).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
