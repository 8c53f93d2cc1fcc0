import assert from 'node:assert/strict';
import { openDataset } from '../../../src/data/index.js';
import type { Collection, Like } from '../../../src/data/reader.js';
import { put, temporaryFolder } from './make.js';

describe('Data that are read like earlier ones', () => {
  const at = temporaryFolder();
  const like: Like = {
    kind: 'table',
    columns: new Map([
      ['size', 'number'],
      ['city', 'category'],
      ['code', 'category'],
    ]),
  };

  async function rows(file: string, how: Like): Promise<unknown[]> {
    const dataset = (await openDataset(file, { format: 'csv', like: how })) as Collection;
    const found: unknown[] = [];
    await dataset.visit(null, (position, example) => void (found[position] = example));
    return found;
  }

  it('a table of one row, whose columns are in another order, beside others', async () => {
    const file = put(at('row.csv'), 'note,code,size,city\nnew,7,2.5,Rome\n');
    assert.deepEqual(await rows(file, like), [[2.5, 'Rome', '7']]);
    assert.deepEqual((await openDataset(file, { like })).info.problems, [], 'other columns are no problem');
  });

  it('a table without one of the columns is refused, naming it', async () => {
    const file = put(at('less.csv'), 'size,city\n1,Rome\n');
    await assert.rejects(rows(file, like), /less\.csv has no column "code"\.$/);
    await assert.rejects(
      rows(put(at('least.csv'), 'city\nRome\n'), like),
      /no column "(size|code)" and "(size|code)"\.$/,
    );
  });

  it('one row of text, which by itself is a constant', async () => {
    const file = put(at('text.csv'), 'text\nturn on the light\n');
    assert.deepEqual(await rows(file, { kind: 'text' }), ['turn on the light']);
  });
});
