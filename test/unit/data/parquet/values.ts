/** All values of a Parquet file's columns, as texts, for comparing them with those of another program. */
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
      if (leaf.repeated) continue;
      const texts: (string | null)[] = [];
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
