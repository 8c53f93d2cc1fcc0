import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { DataError } from '../../../src/data/reader.js';
import { brokenBmp, brokenJpeg, brokenPng, brokenPnm, brokenWebp, type Broken } from './image/broken.js';
import { image } from './image/reference.js';
import { png, prepared, put, temporaryFolder } from './make.js';
import { brokenFlac } from './sound/brokenFlac.js';
import { brokenWav } from './sound/brokenWav.js';
import { wavFile } from './sound/wavFile.js';
import { tar, zip } from './tree/make.js';

type Stored = [name: string, bytes: Uint8Array];

const images = (whole: string, breakIt: (bytes: Buffer) => Broken[]): Stored[] =>
  breakIt(image(whole)).map(([, bytes], i) => [`${i}${path.extname(whole)}`, bytes]);
const sounds = (ending: string, broken: readonly (readonly [string, Uint8Array, string])[]): Stored[] =>
  broken.map(([, bytes], i) => [`${i}.${ending}`, bytes]);
const picture: Stored = ['whole.png', png(4, 4, [1, 2, 3])];
const sound: Stored = ['whole.wav', wavFile()];

/** Files of a kind, each broken in a way of its own, and a whole one. */
const kinds: Record<string, [whole: Stored, broken: Stored[]]> = {
  PNG: [picture, images('rgb8.png', brokenPng)],
  JPEG: [picture, images('420.jpg', brokenJpeg)],
  WebP: [picture, images('lossy-alpha.webp', brokenWebp)],
  BMP: [picture, images('24.bmp', brokenBmp)],
  PGM: [picture, images('2.pgm', brokenPnm)],
  WAV: [sound, sounds('wav', brokenWav)],
  FLAC: [sound, sounds('flac', brokenFlac)],
};

describe('Folders and archives of broken files', function () {
  this.timeout(120_000);
  const at = temporaryFolder();

  for (const [kind, [whole, broken]] of Object.entries(kinds)) {
    const stored: Stored[] = [whole, ...broken];
    const folder = (): string => at(kind, 'folder');
    before(() => {
      for (const [name, bytes] of stored) put(at(kind, 'folder', name), bytes);
      put(at(kind, 'a.tar'), tar(...stored.map(([name, bytes]) => ({ name, content: Buffer.from(bytes) }))));
      put(at(kind, 'a.zip'), zip(stored.map(([name, bytes]) => ({ name, content: Buffer.from(bytes) }))).bytes);
    });

    for (const where of ['folder', 'a.tar', 'a.zip'])
      it(`with "skip" are read but for these, and every one is told by its name: ${kind}, ${where}`, async () => {
        assert.ok(broken.length >= 30, `${broken.length} files`);
        const before = process.memoryUsage.rss();
        const dataset = await openDataset(at(kind, where), { onError: 'skip' });
        const { reader, splits, notes } = await prepared(dataset, { onError: 'skip' });
        const read = Array.from(splits.training, (position) => dataset.name(position));
        assert.deepEqual(read, [whole[0]]);
        assert.ok((await reader.read(splits.training)).data.every(Number.isFinite));
        const { problems } = dataset.info;
        const left = Number(/(\d+) examples? that cannot be read/.exec(notes.join('\n'))?.[1] ?? 0);
        assert.equal(problems.length + left, broken.length, notes.join('\n'));
        assert.equal(new Set(problems.map(({ file }) => file)).size, problems.length);
        for (const { file, reason } of problems)
          assert.doesNotMatch(`${file} ${reason}`, /undefined|null|NaN|\[object/);
        await reader.close();
        assert.ok(process.memoryUsage.rss() - before < 400_000_000);
      });

    it(`without it stop before training, by the name of a file: ${kind}`, async () => {
      await assert.rejects(
        async () => prepared(await openDataset(folder())),
        (error) => {
          assert.ok(error instanceof DataError, String(error));
          assert.match(error.message, /\d+\.\w+: /);
          assert.match(error.advice ?? '', /"onError": "skip"/);
          return true;
        },
      );
    });
  }
});
