import * as assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openDataset } from '../../../../src/data/index.js';
import { DataError } from '../../../../src/data/reader.js';
import { put, temporaryFolder } from '../make.js';

const start = Buffer.from('A line of text.\nGrüße, ');
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const after = (...values: number[]): Buffer => Buffer.concat([start, bytes(...values), Buffer.from(' and more.\n')]);
const atEnd = (...values: number[]): Buffer => Buffer.concat([start, bytes(...values)]);
const utf16 = (text: string): Buffer => Buffer.concat([bytes(0xff, 0xfe), Buffer.from(text, 'utf16le')]);
/** Where the broken bytes are: "ü" and "ß" have two bytes each. */
const HERE = start.length;

/** What is broken (by Unicode 16, table 3-7: well-formed UTF-8), and the byte that is told. */
const broken: [what: string, content: Buffer, at: number][] = [
  ['a byte that never is', after(0xff), HERE],
  ['another byte that never is', after(0xfe), HERE],
  ['a continuation alone', after(0x80), HERE],
  ['the last continuation alone', after(0xbf), HERE],
  ['two bytes, of which one is missing', after(0xc3), HERE],
  ['three bytes, of which one is missing', after(0xe2, 0x82), HERE],
  ['three bytes, of which two are missing', after(0xe2), HERE],
  ['four bytes, of which one is missing', after(0xf0, 0x9f, 0x98), HERE],
  ['four bytes, of which three are missing', after(0xf0), HERE],
  ['NUL in two bytes', after(0xc0, 0x80), HERE],
  ['"/" in two bytes', after(0xc0, 0xaf), HERE],
  ['"/" in three bytes', after(0xe0, 0x80, 0xaf), HERE],
  ['"/" in four bytes', after(0xf0, 0x80, 0x80, 0xaf), HERE],
  ['a high surrogate', after(0xed, 0xa0, 0x80), HERE],
  ['a low surrogate', after(0xed, 0xbf, 0xbf), HERE],
  ['beyond U+10FFFF', after(0xf4, 0x90, 0x80, 0x80), HERE],
  ['far beyond U+10FFFF', after(0xf5, 0x80, 0x80, 0x80), HERE],
  ['five bytes', after(0xf8, 0x88, 0x80, 0x80, 0x80), HERE],
  ['cut off within two bytes', atEnd(0xc3), HERE],
  ['cut off within three bytes', atEnd(0xe2, 0x82), HERE],
  ['cut off within four bytes', atEnd(0xf0, 0x9f, 0x98), HERE],
  ['Latin-1', Buffer.from('Grüße', 'latin1'), 2],
  ['Windows-1252', Buffer.concat([Buffer.from('He said '), bytes(0x93), Buffer.from('no')]), 8],
  ['NUL', after(0), HERE],
  ['NULs where a disk was full', Buffer.concat([start, Buffer.alloc(5000)]), HERE],
  ['a picture', bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 0],
  ['a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n%'), bytes(0xb5, 0xb5, 0xb5)]), 10],
  ['a high surrogate alone in UTF-16', utf16('text \ud800 more'), 12],
  ['a low surrogate alone in UTF-16', utf16('text \udc00 more'), 12],
  ['a surrogate at the end in UTF-16', utf16('text \ud800'), 12],
  ['half a character at the end in UTF-16', utf16('text').subarray(0, -1), 8],
  ['broken bytes after megabytes', Buffer.concat([Buffer.alloc(3_000_000, 'text '), bytes(0xff)]), 3_000_000],
];

describe('Broken texts', () => {
  const at = temporaryFolder();

  for (const [name, pack] of [
    ['a.txt', (content: Buffer) => content],
    ['a.txt.gz', (content: Buffer) => gzipSync(content)],
  ] as const)
    for (const [i, [what, content, place]] of broken.entries())
      it(`are refused by file and byte: ${what}, ${name}`, async () => {
        const file = put(at(String(i), name), pack(content));
        await assert.rejects(openDataset(file, { format: 'text' }), (error) => {
          assert.ok(error instanceof DataError, String(error));
          assert.match(error.message, /a\.txt/);
          assert.match(error.message, new RegExp(`byte ${place.toLocaleString('en')}\\b`));
          assert.ok(error.advice);
          return true;
        });
      });
});
