/** All values of a Parquet file's columns, as texts, for comparing them with those of another program. */
import { Damage } from '../../../../src/data/parquet/damage.js';
import { Lists } from '../../../../src/data/parquet/lists.js';
import { Texts } from '../../../../src/data/parquet/texts.js';
import { ParquetFile } from '../../../../src/data/parquet/file.js';
import { Numbers } from '../../../../src/data/parquet/values.js';
import { openTree } from '../../../../src/data/tree/tree.js';

export interface ReadColumn {
  texts: (string | null)[];
  /** Null where the column is none of numbers. */
  numbers: number[] | null;
}

export async function readColumns(path: string): Promise<Map<string, ReadColumn>> {
  const tree = await openTree(path);
  const file = await ParquetFile.open(tree.files[0]!);
  try {
    const columns = new Map<string, ReadColumn>();
    for (const leaf of file.footer.leaves) {
      const texts: (string | null)[] = [];
      if (leaf.elementLevel !== null) {
        const take = (row: number, list: Buffer | null) => void (texts[row] = list && list.toString('utf8'));
        const lists = new Lists(new Texts(leaf), leaf.elementLevel, take, (_, reason) => {
          throw new Damage(reason);
        });
        for await (const page of file.pages(leaf)) lists.add(page);
        lists.end();
        columns.set(leaf.name, { texts, numbers: null });
        continue;
      }
      const numbers: number[] = [];
      const asText = new Texts(leaf);
      const asNumbers = new Numbers(leaf);
      for await (const page of file.pages(leaf)) {
        asText.each(page, (bytes, start, end) =>
          texts.push(bytes && Buffer.from(bytes.subarray(start, end)).toString('utf8')),
        );
        if (leaf.meaning.is === 'number') numbers.push(...asNumbers.of(page));
      }
      columns.set(leaf.name, { texts, numbers: leaf.meaning.is === 'number' ? numbers : null });
    }
    return columns;
  } finally {
    await file.close();
    await tree.close();
  }
}
