import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { DataError, type Collection } from '../../../src/data/reader.js';
import { diskFile } from '../../../src/data/tree/storedFile.js';
import { png, prepared, put, rejectsWith, temporaryFolder, whileClosed } from './make.js';
import { wavFile } from './sound/wavFile.js';

/** Whole files of each kind, by their ending. */
const kinds: Record<string, () => string | Buffer> = {
  png: () => png(4, 4, [1, 2, 3]),
  wav: () => wavFile(),
  txt: () => 'How do I pay?',
};

/** What stands in one file's place, and what is said of it. */
const places: Record<string, [make: (file: string) => void, says: RegExp]> = {
  'an empty folder': [(file) => mkdirSync(file), /it is a folder, and empty\./],
  'a link that leads nowhere': [(file) => symlinkSync('nowhere', file), /link that leads out of the dataset’s folder/],
  'a link to itself': [(file) => symlinkSync(path.basename(file), file), /link/],
  'a pipe that nobody writes into': [
    (file) => void execFileSync('mkfifo', [file]),
    /it is neither a file nor a folder/,
  ],
};

describe('Among whole files', function () {
  this.timeout(60_000);
  const at = temporaryFolder();

  for (const [ending, whole] of Object.entries(kinds)) {
    const folder = (name: string, place: ((file: string) => void) | null): string => {
      for (const one of ['a/1', 'a/2', 'b/3', 'b/4']) put(at(name, `${one}.${ending}`), whole());
      const file = at(name, 'b', `3.${ending}`);
      if (place) {
        rmSync(file);
        place(file);
      }
      return at(name);
    };

    for (const [place, [make, says]] of Object.entries(places))
      it(`.${ending}: ${place} is told, the others are read`, async () => {
        const target = folder(`${ending} ${place}`, make);
        for (const onError of ['stop', 'skip'] as const) {
          const dataset = (await openDataset(target, { onError })) as Collection;
          const { splits, notes } = await prepared(dataset, { onError });
          assert.equal(splits.training.length, 3, onError);
          assert.deepEqual(
            dataset.info.problems.map(({ file }) => path.basename(file)),
            [`3.${ending}`],
          );
          assert.match(dataset.info.problems[0]?.reason ?? '', says);
          assert.match(notes.join('\n'), new RegExp(`^1 file, or a part of it, is not used: .*3\\.${ending}`, 'm'));
          await dataset.close();
        }
      });

    for (const [what, closed] of [
      ['a file', (target: string) => path.join(target, 'b', `3.${ending}`)],
      ['a folder', (target: string) => path.join(target, 'b')],
    ] as const)
      it(`.${ending}: ${what} without permission to read stops, or is left out and told`, function () {
        const target = folder(`${ending} ${what} closed`, null);
        put(at(`${ending} ${what} closed`, 'c', `5.${ending}`), whole());
        const place = closed(target);
        return whileClosed(this, at(), [place], async () => {
          await assert.rejects(
            async () => prepared(await openDataset(target)),
            (error) => {
              assert.ok(error instanceof DataError, String(error));
              assert.match(error.message, /no permission/);
              assert.ok(error.message.includes(place) && error.advice, error.message);
              return true;
            },
          );
          const dataset = (await openDataset(target, { onError: 'skip' })) as Collection;
          const { splits, notes } = await prepared(dataset, { onError: 'skip' });
          assert.equal(splits.training.length, what === 'a file' ? 4 : 3);
          assert.deepEqual(
            dataset.info.problems.map(({ file }) => file),
            [place],
          );
          assert.match(notes.join('\n'), /^1 file, or a part of it, is not used: .*no permission/m);
          await dataset.close();
        });
      });

    // Texts are in memory when they are opened.
    if (ending !== 'txt')
      for (const [place, make, says] of [
        ['deleted', () => undefined, /is not there/],
        ['replaced by a folder', (file: string) => mkdirSync(file), /is a folder|is no file/],
        ['replaced by a pipe', (file: string) => void execFileSync('mkfifo', [file]), /is no file/],
      ] as const)
        it(`.${ending}: one that is ${place} after it was found stops, or is left out`, async () => {
          for (const onError of ['stop', 'skip'] as const) {
            const target = folder(`${ending} ${place} ${onError}`, null);
            const dataset = (await openDataset(target, { onError })) as Collection;
            const file = path.join(target, 'b', `3.${ending}`);
            rmSync(file);
            make(file);
            if (onError === 'stop') await rejectsWith(prepared(dataset, { onError }), `3.${ending}`, says);
            else {
              const { splits, notes } = await prepared(dataset, { onError });
              assert.equal(splits.training.length, 3);
              assert.match(notes.join('\n'), says);
            }
            await dataset.close();
          }
        });
  }

  it('what is no file any more when it is read is told, however it is read', async () => {
    for (const [name, make] of [
      ['nothing', () => undefined],
      ['folder', (file: string) => mkdirSync(file)],
      ['pipe', (file: string) => void execFileSync('mkfifo', [file])],
      ['link', (file: string) => symlinkSync('nowhere', file)],
    ] as const) {
      const target = at(name);
      mkdirSync(at(), { recursive: true });
      make(target);
      const file = diskFile(target, name);
      const reads: Record<string, () => Promise<unknown>> = {
        whole: () => file.read(),
        start: () => file.start(10),
        places: () => file.open(),
        stream: async () => {
          for await (const piece of file.stream()) assert.ok(piece);
        },
      };
      for (const [how, read] of Object.entries(reads))
        await assert.rejects(
          read,
          (error) => error instanceof DataError && /is not there|is a folder|is no file/.test(error.message),
          `${name}, ${how}`,
        );
    }
  });
});
