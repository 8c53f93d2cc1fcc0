import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { DataError } from '../../../../src/data/reader.js';
import { openTree } from '../../../../src/data/tree/tree.js';
import { stream, type RandomStream } from '../../../../src/protocol/random.js';
import { put, temporaryFolder } from '../make.js';
import { pax, tar } from './make.js';

const TRIES = 200;
const text = 'a row of text, '.repeat(40);

/** Cuts, lengthens, repeats or changes a few bytes. */
function mutate(bytes: Uint8Array, random: RandomStream): Buffer {
  const copy = Buffer.from(bytes);
  const kind = random.uniform();
  if (kind < 0.15) return copy.subarray(0, random.integer(copy.length));
  if (kind < 0.2) return Buffer.concat([copy, copy.subarray(0, 1 + random.integer(copy.length))]);
  if (kind < 0.25) {
    const from = random.integer(copy.length);
    return Buffer.concat([copy.subarray(0, from), copy.subarray(from + 1 + random.integer(64))]);
  }
  const changes = 1 + random.integer(3);
  for (let i = 0; i < changes; i++) {
    const at = random.integer(copy.length);
    copy[at] = random.uniform() < 0.5 ? copy[at]! ^ (1 << random.integer(8)) : random.integer(256);
  }
  return copy;
}

/** What is read of a tree; `told` when anything was said to be wrong with it. */
async function readAll(file: string): Promise<{ contents: Map<string, Buffer>; told: boolean }> {
  const contents = new Map<string, Buffer>();
  let told = false;
  try {
    const tree = await openTree(file);
    try {
      told = tree.problems.length > 0;
      await tree.contents(tree.files, async (one, content) => {
        await one.start(100).catch((error: unknown) => assert.ok(error instanceof DataError, String(error)));
        if (content instanceof DataError) told = true;
        else contents.set(one.name, content);
      });
    } finally {
      await tree.close();
    }
  } catch (error) {
    assert.ok(error instanceof DataError, error instanceof Error ? error.stack : String(error));
    told = true;
  }
  return { contents, told };
}

describe('Archives with random faults', function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const archive = tar(
    { name: 'one.txt', content: text },
    pax({ path: 'long.txt' }),
    { name: 'l', content: 'two' },
    { name: '././@LongLink', type: 'L', content: 'longer.txt\0' },
    { name: 'l', content: 'three' },
  );
  const members = [gzipSync(text), gzipSync(text)];
  /** Cut off exactly here, a file is whole for all that gzip can tell. */
  const wholes = [members[0]!, Buffer.concat(members)];
  const originals: Record<string, Uint8Array> = {
    'stored.zip': readFileSync('test/fixtures/archives/stored.zip'),
    'deflated.zip': readFileSync('test/fixtures/archives/deflated.zip'),
    'streamed.zip': readFileSync('test/fixtures/archives/streamed.zip'),
    'zip64.zip': readFileSync('test/fixtures/archives/zip64.zip'),
    'one.tar': archive,
    'one.tar.gz': gzipSync(archive),
    'members.txt.gz': Buffer.concat([...members, gzipSync('end')]),
  };

  for (const [name, original] of Object.entries(originals))
    it(`give what was packed or are told, nothing else: ${name}`, async () => {
      const whole = await readAll(put(at(name), original));
      assert.ok(!whole.told && whole.contents.size > 0);
      const random = stream(11, name);
      const memory = process.memoryUsage.rss();
      let wrong = 0;
      for (let i = 0; i < TRIES; i++) {
        const mutated = mutate(original, random);
        if (wholes.some((members) => mutated.equals(members))) continue;
        const { contents, told } = await readAll(put(at(name), mutated));
        if (told) wrong++;
        else assert.deepEqual([...contents.keys()].sort(), [...whole.contents.keys()].sort(), `try ${i}`);
        for (const [of, content] of contents) {
          const packed = whole.contents.get(of);
          // The contents of a tar archive have no check sum, only its headers have.
          if (name.endsWith('.tar')) assert.equal(content.length, packed?.length, `try ${i}: ${of}`);
          // Without its magic number a file alone is not packed, whatever its name.
          else assert.ok(packed && (content.equals(packed) || content.equals(mutated)), `try ${i}: ${of}`);
        }
      }
      assert.ok(wrong > TRIES / 5, `only ${wrong} of ${TRIES} were told`);
      assert.ok(process.memoryUsage.rss() - memory < 200_000_000);
    });
});
