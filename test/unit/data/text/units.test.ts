import assert from 'node:assert/strict';
import { existsSync, createReadStream } from 'node:fs';
import { decodeText } from '../../../../src/data/text/encoding.js';
import { textUnits, type Unit, type UnitOptions } from '../../../../src/data/text/units.js';
import { assertTold, collect } from '../pieces.js';

/** The text in pieces of `size` characters. */
async function* cut(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const units = async (text: string, unit: Unit, size = 3, options: UnitOptions = {}): Promise<[string, number][]> =>
  (await collect(textUnits(cut(text, size), unit, 'a.txt', options))).map(({ text, line }) => [text, line]);

describe('a text is split', () => {
  it('into lines by LF, CRLF and CR, blank ones left out but counted', async () => {
    for (const size of [1, 2, 3, 1000]) {
      assert.deepEqual(await units('one\ntwo\r\nthree\rfour\n\n \t\r\n\rlast', 'line', size), [
        ['one', 1],
        ['two', 2],
        ['three', 3],
        ['four', 4],
        ['last', 8],
      ]);
      assert.deepEqual(await units('a\r\n', 'line', size), [['a', 1]]);
    }
  });
  it('into windows of so many characters, of which nothing is lost, none within a character', async () => {
    const text = 'one\ntwo\r\n\nthree\rfour 😀 five\n';
    const whole = text.replace(/\r\n?/g, '\n');
    for (const size of [1, 2, 3, 1000])
      for (const window of [2, 3, 5, 8, 1000]) {
        const found = await units(text, 'window', size, { window });
        assert.equal(
          found.map(([part]) => part).join(''),
          whole.replace(/\n+$/, (end) => (found.at(-1)?.[0].endsWith('\n') ? end : '')),
          `${size}, ${window}`,
        );
        for (const [part] of found)
          assert.ok(part.length <= window && Buffer.from(part).toString() === part, `${size}, ${window}: ${part}`);
        for (const [part] of found.slice(0, -1)) assert.ok(part.length >= window - 1);
      }
    assert.deepEqual(await units('a\nb\r\ncd\n\n   ef', 'window', 2, { window: 4 }), [
      ['a\nb\n', 1],
      ['cd\n\n', 3],
      ['   e', 5],
      ['f', 5],
    ]);
    assert.deepEqual(await units('abc     ', 'window', 2, { window: 4 }), [['abc ', 1]]);
  });
  it('into paragraphs at blank lines', async () => {
    for (const size of [1, 2, 1000])
      assert.deepEqual(await units('\n\na\nb\r\n\r\n  \nc\n', 'paragraph', size), [
        ['a\nb', 3],
        ['c', 7],
      ]);
  });
  it('into one document, as it is', async () => {
    assert.deepEqual(await units(' a\r\n\nb\n', 'document'), [[' a\r\n\nb\n', 1]]);
    assert.deepEqual(await units(' \n\t\n', 'document'), []);
  });
  it('and nothing comes of nothing', async () => {
    for (const unit of ['line', 'paragraph', 'document'] as const) assert.deepEqual(await units('', unit), []);
  });
  it('unless a unit is too long, which is told with its line', async () => {
    for (const [text, unit, says] of [
      ['ok\n12345678901', 'line', /line 2: the line/],
      ['ok\n12345678901\nok', 'line', /line 2: the line/],
      ['ok\n\n12345\n67890', 'paragraph', /line 3: the paragraph/],
      ['12345\n67890', 'document', /line 1: the document/],
    ] as const) {
      for (const size of [1, 4, 100])
        await assert.rejects(units(text, unit, size, { longest: 10 }), (error) => {
          assertTold(error, 'a.txt', says, /10 characters/);
          return true;
        });
    }
  });
  it('as tinyshakespeare is: 40,000 lines, 7,222 speeches', async function () {
    const file = '../shared/data/tinyshakespeare/input.txt';
    if (!existsSync(file)) return this.skip();
    const count = async (unit: Unit): Promise<number> =>
      (await collect(textUnits(decodeText(createReadStream(file), file), unit, file))).length;
    // awk 'NF' | wc -l, and awk -v RS= 'END { print NR }'
    assert.deepEqual([await count('line'), await count('paragraph'), await count('document')], [32777, 7222, 1]);
  });
});
