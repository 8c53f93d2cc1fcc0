import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { detectDataset } from '../../../src/data/detect.js';
import { findDatasets, type FindOptions } from '../../../src/data/find.js';
import { counting, idx, put, temporaryFolder } from './make.js';

describe('Finding datasets in a workspace', () => {
  const at = temporaryFolder();
  const image = idx(8, [1, 2, 2], counting(4));

  /** Paths within a folder, in the order in which they are found. */
  async function found(folder: string, options: FindOptions = {}): Promise<string[]> {
    const search = await findDatasets(folder, options);
    return search.found.map(({ path: file }) => path.relative(folder, file).split(path.sep).join('/'));
  }

  it('finds each, the nearest first, and nothing inside of one', async () => {
    const here = (...names: string[]) => at('kinds', ...names);
    put(here('deep', 'er', 'mnist', 'train-images-idx3-ubyte.gz'), 'x');
    put(here('near', 'train-images-idx3-ubyte'), image);
    put(here('arrays.npz'), 'x');
    for (const name of ['train/a', 'train/b', 'test/a']) put(here('splits', name, '1.png'), 'x');
    for (const name of ['cat', 'dog']) put(here('pets', name, '1.png'), 'x');
    put(here('docs', 'screenshot.png'), 'x');
    put(here('node_modules', 'x', 'data.npy'), 'x');
    put(here('.hidden', 'data.npy'), 'x');
    symlinkSync(here('pets'), here('linked'));
    const told: string[] = [];
    const { found: all, cut } = await findDatasets(here(), { onFound: ({ path: file }) => told.push(file) });
    assert.equal(cut, null);
    assert.deepEqual(
      all.map(({ path: file, format }) => [path.relative(here(), file), format]),
      [
        ['arrays.npz', 'npz'],
        ['near', 'idx'],
        ['pets', 'imageFolder'],
        ['splits', 'imageFolder'],
        [path.join('deep', 'er', 'mnist'), 'idx'],
      ],
    );
    for (const { reason } of all) assert.match(reason, /\w\.$/);
    assert.deepEqual(
      told,
      all.map(({ path: file }) => file),
      'each was told as it was found',
    );
  });

  it('stops at its limit, when it is asked to, and when its time is over, and says so', async () => {
    const cut = async (options: FindOptions) => {
      const search = await findDatasets(at('kinds'), options);
      return [search.found.length, search.cut];
    };
    assert.deepEqual(await cut({ limit: 2 }), [2, 'limit']);
    assert.deepEqual(await cut({ signal: AbortSignal.abort() }), [0, 'stopped']);
    for (let i = 0; i < 3000; i++) put(at('slow', String(i), String(i % 7), 'x.md'), '');
    assert.equal((await findDatasets(at('slow'), { milliseconds: 1 })).cut, 'time');
  });

  it('passes over what .gitignore files name, the innermost having the last word, unless that is not wanted', async () => {
    const here = (...names: string[]) => at('ignoring', ...names);
    put(here('.gitignore'), '# outputs\nbuild/\n*.npy\n/top\r\n');
    put(here('build', 'a.npz'), 'x');
    put(here('top', 'a.npz'), 'x');
    put(here('inner', 'top', 'a.npz'), 'x');
    put(here('inner', 'a.npy'), 'x');
    put(here('kept', '.gitignore'), '!*.npy\nb.npz\n');
    put(here('kept', 'a.npy'), 'x');
    put(here('kept', 'b.npz'), 'x');
    put(here('kept', 'c', 'build', 'a.npz'), 'x');
    assert.deepEqual(await found(here()), ['kept', 'inner/top/a.npz']);
    assert.deepEqual((await found(here(), { useIgnoreFiles: false })).sort(), [
      'build/a.npz',
      'inner',
      'inner/top/a.npz',
      'kept',
      'kept/b.npz',
      'kept/c/build/a.npz',
      'top/a.npz',
    ]);
  });

  it('passes over what globs exclude, as VS Code understands them, whatever a .gitignore says', async () => {
    const here = (...names: string[]) => at('globs', ...names);
    put(here('.gitignore'), '!deep\n');
    for (const name of ['a/1.npz', 'a/deep/2.npz', 'deep/3.npz', 'z/4.npy', 'x/y/5.npz', 'b/6.npz'])
      put(here(name), 'x');
    assert.deepEqual(await found(here(), { exclude: ['**/deep', '**/*.{npy,tar}', 'b'] }), ['a/1.npz', 'x/y/5.npz']);
    assert.deepEqual(await found(here('a'), { exclude: ['deep/**'] }), ['1.npz']);
    assert.ok((await found(here(), { exclude: ['y'] })).includes('x/y/5.npz'), 'a name alone is one at the top');
  });

  it('takes many loose pictures or sounds for a dataset, a few not', async () => {
    for (let i = 0; i < 25; i++) put(at('photos', 'all', `${i}.jpg`), 'x');
    for (let i = 0; i < 25; i++) put(at('sounds', 'all', `${i}.wav`), 'x');
    for (const name of ['beep.wav', 'tick.wav', 'icon.png', 'logo.png']) put(at('few', name), 'x');
    assert.deepEqual(await found(at('photos')), ['all']);
    assert.deepEqual(await found(at('sounds')), ['all']);
    assert.deepEqual(await found(at('few')), []);
    assert.equal((await detectDataset(at('few')))[0]?.format, 'imageFolder');
  });

  it('takes tables and long texts for datasets, not the text files of a program', async () => {
    const here = (...names: string[]) => at('texts', ...names);
    for (const name of ['requirements.txt', 'requirements-dev.txt', 'LICENSE.txt']) put(here(name), 'numpy\n');
    put(here('logs', 'train-notes.txt'), 'Once upon a time.\n'.repeat(5000));
    put(here('logs', 'a.txt'), 'x');
    put(here('settings.csv'), 'a,b\n1,2\n');
    put(here('book', 'novel.txt'), 'Once upon a time.\n'.repeat(5000));
    put(here('fruit', 'train.csv'), 'a,b\n1,2\n'.repeat(300));
    put(here('fruit', 'test.csv'), 'a,b\n1,2\n');
    put(here('one.csv'), 'a,b\n1,2\n'.repeat(300));
    for (let i = 0; i < 24; i++) put(here('reviews', i % 2 ? 'good' : 'bad', `${i}.txt`), 'x');
    assert.deepEqual((await found(here())).sort(), [
      'book/novel.txt',
      'fruit',
      'logs/train-notes.txt',
      'one.csv',
      'reviews',
    ]);
  });

  it('does not fail at a folder that cannot be read', async () => {
    assert.deepEqual(await findDatasets(at('gone')), { found: [], cut: null });
  });

  it('loads no decoder: the extension host imports these files', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    /** What is loaded only where it is met. */
    const later = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [, from = ''] of text.matchAll(/\bimport\('([^']+)'/g)) later.add(from);
      for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type).*?from '([^']+)'/gms))
        if (from.startsWith('.')) visit(path.join(path.dirname(file), from.replace(/\.js$/, '.ts')));
        else if (!from.startsWith('node:')) packages.add(from);
    };
    for (const name of ['find', 'summary', 'otherReadings', 'sampleKinds']) visit(path.resolve(`src/data/${name}.ts`));
    assert.deepEqual([...packages], ['ignore']);
    assert.deepEqual([...later], ['./labelReadings.js'], 'a CSV file’s columns are looked at where there is one');
    assert.ok(seen.size >= 5, [...seen].join());
    assert.deepEqual(
      [...seen].filter((file) =>
        /decode|Collection|pack\/|data\/(index|idx|npy|imageFolder|strokeDigits)\.ts/.test(file),
      ),
      [],
    );
  });
});
