import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { execFileSync } from 'node:child_process';
import { decodeWav } from '../../../../src/data/sound/wav.js';
import { json } from '../../../bench/program.js';
import { peerPython } from '../../../bench/peers.js';
import { put, temporaryFolder } from '../make.js';
import { assertLogMel, assertResampled, type Reference } from './reference.js';
import { wavFile } from './wavFile.js';
import { stream } from '../../../../src/protocol/random.js';

const FSDD = path.resolve('../shared/data/fsdd/recordings.tar.gz');

describe('librosa and SciPy, installed by pip', function () {
  this.timeout(600_000);
  const at = temporaryFolder();
  let python = '';

  before(async function () {
    try {
      python = await peerPython('sound');
    } catch (error) {
      console.log(`      skipped: pip could not install librosa: ${String(error).split('\n')[0]}`);
      this.skip();
    }
  });

  /** Log-mel spectrograms and resampled sounds of files. */
  async function compare(files: string[]): Promise<void> {
    const references = await json<Reference[]>(python, ['test/fixtures/sound/reference.py', ...files]);
    references.forEach((reference, i) => {
      assertLogMel(decodeWav(readFileSync(files[i]!), files[i]!), reference);
      assertResampled(reference);
    });
  }

  it('give the same for noise of any length and rate', () =>
    compare(
      [600, 1111, 5000].map((length, i) => {
        const random = stream(2, 'noise', i);
        const data = Buffer.from(Int16Array.from({ length }, () => 5000 * random.normal()).buffer);
        return put(at(`${i}.wav`), wavFile({ data, rate: [8000, 22050, 44100][i]! }));
      }),
    ));

  it('give the same for recorded speech', async function () {
    if (!existsSync(FSDD)) {
      console.log('      skipped: there is no ../shared/data/fsdd');
      this.skip();
    }
    mkdirSync(at('fsdd'));
    const names = ['0_george_1', '3_jackson_7', '5_lucas_20', '7_nicolas_4', '8_theo_49', '9_yweweler_0'];
    const files = names.map((name) => `recordings/${name}.wav`);
    execFileSync('tar', ['-xzf', FSDD, '-C', at('fsdd'), ...files]);
    await compare(files.map((name) => at('fsdd', name)));
  });
});
