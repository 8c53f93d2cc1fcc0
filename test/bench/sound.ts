import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LogMel } from '../../src/data/sound/logMel.js';
import { decodeWav } from '../../src/data/sound/wav.js';
import { json } from './program.js';
import { median, type Row } from './table.js';

const RECORDINGS = path.resolve('../shared/data/fsdd/recordings.tar.gz');

/** Seconds to read and decode 3,000 recordings and make their log-mel spectrograms, beside soundfile and librosa. */
export async function sound(peers: boolean): Promise<Row[]> {
  const what = '3,000 WAV files to log-mel spectrograms';
  if (!existsSync(RECORDINGS)) return [{ what, value: 'not measured: they are not in ../shared/data/fsdd' }];
  const folder = mkdtempSync(path.join(tmpdir(), 'pretrain-sound-'));
  try {
    execFileSync('tar', ['-xzf', RECORDINGS, '-C', folder, '--strip-components', '1']);
    const files = readdirSync(folder).map((name) => path.join(folder, name));
    const own = median([0, 1, 2].map(() => seconds(files)));
    const value = `${own.toFixed(2)} s`;
    if (!peers) return [{ what, value }];
    const { peerPython } = await import('./peers.js');
    // One thread makes librosa several times faster here: its matrices are small.
    const peer = await json<{ seconds: number }>(await peerPython('sound'), ['test/bench/peers/sound.py', folder], {
      OPENBLAS_NUM_THREADS: '1',
    });
    return [
      {
        what,
        value,
        target: {
          text: `at most soundfile with librosa (${peer.seconds.toFixed(2)} s)`,
          reached: own <= peer.seconds,
        },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function seconds(files: string[]): number {
  const start = performance.now();
  const mel = new LogMel({ sampleRate: 8000 });
  for (const file of files) mel.compute(decodeWav(readFileSync(file), file).data);
  return (performance.now() - start) / 1000;
}
