import assert from 'node:assert/strict';
import { openDataset } from '../../../src/data/index.js';
import { JoinedCollection } from '../../../src/data/joined.js';
import type { Collection } from '../../../src/data/reader.js';
import { put, temporaryFolder } from './make.js';

describe('Joined collections', () => {
  const at = temporaryFolder();

  async function texts(name: string, lines: string[]): Promise<Collection<'text'>> {
    const file = put(at(name), lines.map((text) => `${JSON.stringify({ text })}\n`).join(''));
    return (await openDataset(file)) as Collection<'text'>;
  }

  it('hold the examples of all, one after the other, under their own names', async () => {
    const joined = new JoinedCollection([
      await texts('a.jsonl', ['one', 'two']),
      await texts('b.jsonl', ['three']),
      await texts('c.jsonl', ['four', 'five', 'six']),
    ]);
    assert.equal(joined.info.count, 6);
    const seen = new Map<number, string>();
    await joined.visit(null, (position, text) => void seen.set(position, text as string), { concurrency: 2 });
    assert.deepEqual(
      [...seen].sort(([a], [b]) => a - b).map(([, text]) => text),
      ['one', 'two', 'three', 'four', 'five', 'six'],
    );
    seen.clear();
    await joined.visit([5, 2], (position, text) => void seen.set(position, text as string));
    assert.deepEqual([...seen].sort(), [
      [2, 'three'],
      [5, 'six'],
    ]);
    assert.deepEqual([joined.name(1), joined.name(2)], ['line 2 of a.jsonl', 'line 1 of b.jsonl']);
    assert.throws(() => joined.name(6), RangeError);
  });
});
