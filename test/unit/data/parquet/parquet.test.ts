import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { runPeer } from '../peer.js';
import { temporaryFolder } from '../make.js';
import { readColumns } from './values.js';

/** By file and column, what pyarrow reads. */
type Expected = Record<string, Record<string, (string | null)[]>>;

/** Files of write.py, each column compared with what pyarrow reads. */
async function compareFolder(folder: string): Promise<number> {
  const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected;
  let values = 0;
  for (const [file, columns] of Object.entries(expected)) {
    const found = await readColumns(path.join(folder, file));
    assert.deepEqual([...found.keys()], Object.keys(columns), file);
    for (const [name, wanted] of Object.entries(columns)) {
      const { texts, numbers } = found.get(name)!;
      const where = `${file}, ${name}`;
      if (numbers) {
        // The nearest double of the exact number, which NaN stands for where there is none.
        assert.deepEqual(
          numbers,
          wanted.map((text) => (text === null ? NaN : Number(text))),
          where,
        );
        if (/int/.test(name)) assert.deepEqual(texts, wanted, where);
      } else assert.deepEqual(texts, wanted, where);
      values += wanted.length;
    }
  }
  return values;
}

describe('Values in Parquet files', () => {
  const at = temporaryFolder();

  it('are those that pyarrow reads, for each codec, encoding, kind of page and type', async () => {
    const values = await compareFolder(path.join(__dirname, '../../../fixtures/parquet/values'));
    assert.ok(values > 6000, `${values} values`);
  });

  it('are those that pyarrow reads, in files of thousands of rows that it writes now', async function () {
    await runPeer(this, [path.join(__dirname, 'write.py'), at('written'), '3000'], 'parquet');
    const values = await compareFolder(at('written'));
    assert.ok(values > 500_000, `${values} values`);
  });
});
