import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDataset } from '../../../src/data/index.js';
import { DataError } from '../../../src/data/reader.js';
import { put, rejectsWith, temporaryFolder, whileClosed } from './make.js';

/** A file of each format by its name, alone in its folder. */
const names = [
  'train-images-idx3-ubyte',
  'train-images-idx3-ubyte.gz',
  'data_batch_1.bin',
  'x_train.npy',
  'data.npz',
  'cat.png',
  'cat.jpg',
  'cat.webp',
  'cat.bmp',
  'cat.ppm',
  'cat.wav',
  'cat.flac',
  'data.csv',
  'data.csv.gz',
  'data.jsonl',
  'data.txt',
  'data.parquet',
  'data.zip',
  'data.tar',
  'data.tar.gz',
] as const;

/** What stands in the file's place, and what may be said of it. */
const places: Record<string, [make: (file: string) => void, says: RegExp]> = {
  nothing: [() => undefined, /is not there|empty folder/],
  'a file of no bytes': [(file) => put(file, ''), /empty|0 bytes|ends after 0|no text|no records|holds no/],
  'a folder': [(file) => mkdirSync(file, { recursive: true }), /empty folder|is a folder|holds no/],
  'a link to itself': [(file) => symlinkSync(path.basename(file), file), /in a circle|not followed|link/i],
  'links in a circle': [
    (file) => {
      symlinkSync('other', file);
      symlinkSync(path.basename(file), path.join(path.dirname(file), 'other'));
    },
    /in a circle|not followed|link/i,
  ],
  'a link that leads nowhere': [(file) => symlinkSync('nowhere', file), /is not there|not followed|link/i],
  'a link to its own folder': [(file) => symlinkSync('.', file), /link|holds no|empty folder|is a folder/i],
  'a pipe that nobody writes into': [
    (file) => void execFileSync('mkfifo', [file]),
    /neither a file nor a folder|empty/,
  ],
  'a web page': [(file) => put(file, '<!DOCTYPE html><title>404'), /3c21444f|no |not |line 1|single image/],
  'a web page, packed': [(file) => put(file, gzipSync('<!DOCTYPE html>')), /./],
  'zeros, packed to a thousandth': [(file) => put(file, gzipSync(Buffer.alloc(4_000_000))), /./],
};

describe('In the place of a file', function () {
  this.timeout(120_000);
  const at = temporaryFolder();

  /** A run of text may be read of these: a page is lines, and so are zeros no text. */
  const isRead = (name: string, place: string): boolean =>
    /\.txt$|\.csv(\.gz)?$/.test(name) && place.startsWith('a web page');

  for (const [place, [make, says]] of Object.entries(places))
    it(`${place} is told by its name, with advice, soon and without filling the memory`, async () => {
      const before = process.memoryUsage.rss();
      for (const name of names) {
        if (isRead(name, place)) continue;
        const file = at(place, name.replaceAll('.', '-'), name);
        mkdirSync(path.dirname(file), { recursive: true });
        make(file);
        for (const target of [file, path.dirname(file)])
          for (const onError of ['stop', 'skip'] as const) {
            const what = `${name}, ${target === file ? 'the file' : 'its folder'}, ${onError}`;
            await assert.rejects(
              openDataset(target, { onError }),
              (error) => {
                assert.ok(
                  error instanceof DataError,
                  `${what}: ${error instanceof Error ? error.stack : String(error)}`,
                );
                const said = `${error.message} ${error.advice ?? ''}`;
                assert.ok(error.advice, what);
                assert.match(`${what}: ${said}`, says);
                assert.ok(
                  said.includes(path.basename(path.dirname(file))) || said.includes(name.replace(/\.gz$/, '')),
                  said,
                );
                assert.doesNotMatch(said, /undefined|null|E[A-Z]{4,}\b|\[object/, what);
                return true;
              },
              what,
            );
          }
      }
      assert.ok(process.memoryUsage.rss() - before < 500_000_000);
    });

  it('what may not be read is told by its name, with advice: a file, or the folder it lies in', function () {
    const files = names.map((name) => put(at('closed', name.replaceAll('.', '-'), name), 'content'));
    const folders = names.map((name) => path.dirname(put(at('shut', name.replaceAll('.', '-'), name), 'content')));
    return whileClosed(this, at(), [...files, ...folders], async () => {
      for (const onError of ['stop', 'skip'] as const) {
        for (const file of files) {
          await rejectsWith(openDataset(file, { onError }), path.basename(file), /permission/);
          await assert.rejects(
            openDataset(path.dirname(file), { onError }),
            (error) =>
              error instanceof DataError &&
              /permission/.test(error.message) &&
              error.message.includes(path.basename(file).replace(/\.gz$/, '')) &&
              Boolean(error.advice),
            path.dirname(file),
          );
        }
        for (const folder of folders)
          await rejectsWith(openDataset(folder, { onError }), path.basename(folder), /permission/);
      }
    });
  });
});
