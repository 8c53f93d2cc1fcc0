import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Journal } from '../../../src/host/journal.js';
import { temporaryFolder } from './support.js';

describe('A journal', () => {
  let file: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    file = path.join(temporary.folder, 'metrics.jsonl');
  });
  afterEach(() => remove());

  async function drain(journal: Journal): Promise<string[]> {
    const chunks = [];
    for (let text = await journal.next(); text !== ''; text = await journal.next()) chunks.push(text);
    return chunks;
  }

  it('gives a file in chunks of whole lines', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `{"step":${i},"name":"Größe"}\n`);
    await writeFile(file, lines.join(''));
    const journal = new Journal(file, { chunkBytes: 1000 });
    assert.equal(await journal.look(), true);
    const chunks = await drain(journal);
    assert.ok(chunks.length > 10);
    assert.ok(chunks.every((chunk) => chunk.endsWith('\n') && Buffer.byteLength(chunk) <= 1000));
    assert.equal(chunks.join(''), lines.join(''));
  });

  it('gives a line longer than a chunk whole', async () => {
    const long = 'x'.repeat(5000) + '\n';
    await writeFile(file, 'a\n' + long + 'b\n');
    const journal = new Journal(file, { chunkBytes: 100 });
    await journal.look();
    assert.equal((await drain(journal)).join(''), 'a\n' + long + 'b\n');
  });

  it('passes over a line that does not end for too long, without taking it into memory', async () => {
    await writeFile(file, 'a\n' + 'x'.repeat(5000));
    const journal = new Journal(file, { chunkBytes: 100, lineBytes: 1000 });
    await journal.look();
    assert.deepEqual(await drain(journal), ['a\n']);
    await appendFile(file, 'x\nb\n');
    await journal.look();
    assert.deepEqual(await drain(journal), ['b\n']);
  });

  it('waits for the other half of a line', async () => {
    await writeFile(file, 'one\ntw');
    const journal = new Journal(file);
    await journal.look();
    assert.deepEqual(await drain(journal), ['one\n']);
    await appendFile(file, 'o\n');
    await journal.look();
    assert.deepEqual(await drain(journal), ['two\n']);
  });

  it('is empty where there is no file yet', async () => {
    const journal = new Journal(file);
    assert.equal(await journal.look(), true);
    assert.equal(await journal.next(), '');
  });

  it('goes on with pushed lines where the file ended when it joined', async () => {
    await writeFile(file, 'one\ntwo\nthree\n');
    const journal = new Journal(file);
    assert.equal(journal.join(Buffer.byteLength('one\ntwo\n')), true);
    journal.push(['three']);
    assert.equal((await drain(journal)).join(''), 'one\ntwo\nthree\n');
  });

  it('gives a pushed line once, also when the file is looked at afterwards', async () => {
    await writeFile(file, 'one\n');
    const journal = new Journal(file);
    journal.join(4);
    await appendFile(file, 'zwei €\n');
    journal.push(['zwei €']);
    assert.equal((await drain(journal)).join(''), 'one\nzwei €\n');
    await journal.look();
    assert.deepEqual(await drain(journal), []);
    await appendFile(file, 'three\n');
    await journal.look();
    assert.deepEqual(await drain(journal), ['three\n']);
  });

  it('reads from the file what was pushed while nobody took it, and keeps it in order', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    await writeFile(file, lines.map((line) => line + '\n').join(''));
    const journal = new Journal(file, { queueBytes: 50 });
    journal.join(0);
    for (const line of lines) journal.push([line]);
    const queue = (journal as unknown as { queue: string[] }).queue;
    assert.ok(queue.length < 10, 'memory stays bounded');
    assert.equal((await drain(journal)).join(''), lines.map((line) => line + '\n').join(''));
  });

  it('loses nothing when pushes pile up after some were taken', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    await writeFile(file, lines.map((line) => line + '\n').join(''));
    const journal = new Journal(file, { queueBytes: 50 });
    journal.join(0);
    const taken: string[] = [];
    for (const [i, line] of lines.entries()) {
      journal.push([line]);
      if (i < 20) taken.push(await journal.next());
    }
    assert.equal([...taken, ...(await drain(journal))].join(''), lines.map((line) => line + '\n').join(''));
  });

  it('says when the file has become another one', async () => {
    await writeFile(file, 'one\ntwo\n');
    const journal = new Journal(file);
    await journal.look();
    await drain(journal);
    await writeFile(file, 'new\n');
    assert.equal(await journal.look(), false);
    assert.equal(journal.join(4), false);
  });
});
