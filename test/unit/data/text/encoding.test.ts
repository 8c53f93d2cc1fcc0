import assert from 'node:assert/strict';
import { decodeText, detectEncoding, utf8Chunks, type DecodeOptions } from '../../../../src/data/text/encoding.js';
import { assertTold, collect, pieces } from '../pieces.js';

const TEXT = 'Grüße, 日本語, 👩‍👩‍👧 and\nplain text that goes on for a while.\n';
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const decoded = async (bytes: Uint8Array, size: number, options: DecodeOptions = {}): Promise<string> =>
  (await collect(decodeText(pieces(bytes, size), 'notes.txt', options))).join('');
const refused = (bytes: Uint8Array, ...says: RegExp[]): Promise<void> =>
  assert.rejects(decoded(bytes, 5), (error) => {
    assertTold(error, 'notes.txt', ...says);
    return true;
  });

describe('text', () => {
  const little = Buffer.from(TEXT, 'utf16le');
  const forms: [string, Buffer][] = [
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 BE with a mark', swapped(Buffer.from(`\ufeff${TEXT}`, 'utf16le'))],
    ['UTF-16 LE without a mark', little],
    ['UTF-16 BE without a mark', swapped(little)],
  ];
  for (const [name, bytes] of forms)
    it(`in ${name} is decoded, however it is cut`, async () => {
      for (const size of [1, 2, 3, 5, 64, 5000]) {
        assert.equal(await decoded(bytes, size), TEXT, `pieces of ${size}`);
        // Past the sample that the encoding is told from, pieces pass by themselves.
        const long = Buffer.concat([
          bytes,
          ...Array.from({ length: 200 }, () =>
            name.includes('BE') ? swapped(little) : name.includes('16') ? little : Buffer.from(TEXT),
          ),
        ]);
        assert.equal(await decoded(long, size * 13), TEXT.repeat(201), `long, pieces of ${size * 13}`);
      }
    });

  it('that is Chinese in UTF-16 needs its mark', () => {
    assert.equal(detectEncoding(Buffer.from('\ufeff中文', 'utf16le')).encoding, 'utf-16le');
    assert.equal(detectEncoding(Buffer.from('')).encoding, 'utf-8');
  });

  it('is as TextDecoder reads it where bytes that are no text are replaced', async () => {
    const bytes = Buffer.from([
      0x61, 0xff, 0x62, 0xc3, 0x28, 0xe2, 0x82, 0x63, 0xf0, 0x9f, 0x92, 0xed, 0xa0, 0x80, 0x64,
    ]);
    for (const size of [1, 2, 3, 100])
      assert.equal(await decoded(bytes, size, { invalid: 'replace' }), new TextDecoder().decode(bytes));
    assert.equal(await decoded(Buffer.from('a\0b'), 1, { invalid: 'replace' }), 'a\ufffdb');
    const half = Buffer.from('plain text\ud800, more', 'utf16le');
    assert.equal(await decoded(half, 3, { invalid: 'replace' }), 'plain text\ufffd, more');
  });

  it('in an encoding that is given is not guessed', async () =>
    assert.equal(await decoded(Buffer.from('中文', 'utf16le'), 1, { encoding: 'utf-16le' }), '中文'));

  it('passes through uncopied when it is UTF-8', async () => {
    const bytes = Buffer.alloc(10_000, 'x');
    const chunks = await collect(utf8Chunks(pieces(bytes, 5000), 'notes.txt'));
    assert.ok(chunks.every((chunk) => chunk.length === 0 || chunk.buffer === bytes.buffer));
  });

  describe('that is none is told with its byte', () => {
    const wrong: [string, Uint8Array, RegExp][] = [
      ['Latin-1', Buffer.from('caf\xe9 au lait', 'latin1'), /byte 3 \(0xE9\)/],
      ['Windows-1252', Buffer.from([0x61, 0x80, 0x62]), /byte 1 \(0x80\)/],
      ['Shift JIS', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), /byte 0 \(0x93\)/],
      ['an overlong slash', Buffer.from([0x61, 0xc0, 0xaf]), /byte 1 \(0xC0\)/],
      ['an overlong euro', Buffer.from([0xf0, 0x82, 0x82, 0xac]), /byte 0 \(0xF0\)/],
      ['a surrogate in UTF-8', Buffer.from([0x61, 0xed, 0xa0, 0x80]), /byte 1 \(0xED\)/],
      ['beyond Unicode', Buffer.from([0xf4, 0x90, 0x80, 0x80]), /byte 0 \(0xF4\)/],
      ['five bytes', Buffer.from([0xf8, 0x88, 0x80, 0x80, 0x80]), /byte 0 \(0xF8\)/],
      ['a follower alone', Buffer.from([0x61, 0x62, 0xbf]), /byte 2 \(0xBF\)/],
      ['two bytes cut off', Buffer.from([0x61, 0xc3]), /byte 1 \(0xC3\)/],
      ['three bytes cut off', Buffer.from([0x61, 0xe2, 0x82]), /byte 1 \(0xE2\)/],
      ['four bytes cut off', Buffer.from([0x61, 0xf0, 0x9f, 0x98]), /byte 1 \(0xF0\)/],
      ['a lead before ASCII', Buffer.from([0xe2, 0x41, 0x42]), /byte 0 \(0xE2\)/],
      ['0xFF', Buffer.from([0x41, 0x42, 0xff]), /byte 2 \(0xFF\)/],
      ['after a mark', Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]), /byte 4 \(0xFF\)/],
      ['a NUL', Buffer.from('ab\0cdefghijklmnopqrstuvwxyz'), /byte 2 is zero/],
      ['NULs only', Buffer.alloc(100), /byte 0 is zero/],
      ['a NUL at the end', Buffer.from('abc\0'), /byte 3 is zero/],
      ['a NUL before worse', Buffer.from([0x61, 0, 0x61, 0xff]), /byte 1 is zero/],
      ['worse before a NUL', Buffer.from([0x61, 0xff, 0x61, 0]), /byte 1 \(0xFF\)/],
      ['PNG', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), /byte 0 \(0x89\)/],
      ['ZIP', Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'), /byte 5 is zero/],
      ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /byte 1 \(0x8B\)/],
      ['UTF-16 LE, half a unit', Buffer.from([0xff, 0xfe, 0x61, 0, 0x62]), /cut off.*byte 4/],
      ['UTF-16 BE, half a unit', Buffer.from([0xfe, 0xff, 0, 0x61, 0]), /cut off.*byte 4/],
      ['UTF-16, a high half alone', Buffer.from('\ufeffa\ud83db', 'utf16le'), /byte 4 stands half/],
      ['UTF-16, a low half alone', Buffer.from('\ufeffab\udc00', 'utf16le'), /byte 6 stands half/],
      ['UTF-16, a high half at the end', Buffer.from('\ufeffab\ud83d', 'utf16le'), /byte 6 stands half/],
      ['UTF-16, a NUL', Buffer.from('\ufeffa\0b', 'utf16le'), /byte 4 is zero/],
      ['UTF-16 BE, a low half alone', swapped(Buffer.from('\ufeffab\udc00', 'utf16le')), /byte 6 stands half/],
      ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /byte 2 is zero/],
      ['far inside', Buffer.concat([Buffer.alloc(100_000, 'é'), Buffer.from([0xff])]), /byte 100,000 \(0xFF\)/],
    ];
    for (const [name, bytes, says] of wrong) it(name, () => refused(bytes, says));
  });
});
