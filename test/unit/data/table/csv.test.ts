import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { openCsv, type CsvOptions, type Dialect } from '../../../../src/data/table/csv.js';
import { RecordScanner } from '../../../../src/data/table/csvScan.js';
import { cellText } from '../../../../src/data/table/cell.js';
import { DataError } from '../../../../src/data/reader.js';
import { stream, type RandomStream } from '../../../../src/protocol/random.js';
import { assertTold, pieces } from '../pieces.js';

interface Read {
  dialect: Dialect;
  names: string[];
  records: string[][];
  lines: number[];
}

async function read(content: string | Uint8Array, options: CsvOptions = {}, size = 5): Promise<Read> {
  const { dialect, names, blocks } = await openCsv(pieces(content, size), 'a.csv', options);
  const records: string[][] = [];
  const lines: number[] = [];
  for await (const { bytes, starts, ends, rows, columns, lines: begin } of blocks)
    for (let row = 0; row < rows; row++) {
      records.push(
        Array.from({ length: columns }, (_, c) =>
          cellText(bytes, starts[row * columns + c]!, ends[row * columns + c]!),
        ),
      );
      lines.push(begin[row]!);
    }
  return { dialect, names, records, lines };
}

const plain: CsvOptions = { separator: ',', quote: '"', header: false, decimal: '.' };
const records = async (content: string, options: CsvOptions = plain, size?: number): Promise<string[][]> =>
  (await read(content, options, size)).records;
const sizes = [1, 2, 3, 7, 1000];

describe('CSV', () => {
  it('is read as RFC 4180 says, however the bytes are cut', async () => {
    for (const size of sizes) {
      assert.deepEqual(await records('a,b\r\n1,2\r\n', plain, size), [
        ['a', 'b'],
        ['1', '2'],
      ]);
      assert.deepEqual(await records('a,b\n1,2', plain, size), [
        ['a', 'b'],
        ['1', '2'],
      ]);
      assert.deepEqual(await records('a,b\r1,2\r', plain, size), [
        ['a', 'b'],
        ['1', '2'],
      ]);
      assert.deepEqual(await records('"a","b ""c"" d"\r\n"x,y","1\r\n2\n3"', plain, size), [
        ['a', 'b "c" d'],
        ['x,y', '1\r\n2\n3'],
      ]);
      assert.deepEqual(await records(',\n"",""\n,"""",\n'.replace(',"""",', '"""",'), plain, size), [
        ['', ''],
        ['', ''],
        ['"', ''],
      ]);
      assert.deepEqual(await records('\n\na,b\n\r\n\n1,2\n\n', plain, size), [
        ['a', 'b'],
        ['1', '2'],
      ]);
      assert.deepEqual(await records('5" disk,b"c\n x ,"y "\n', plain, size), [
        ['5" disk', 'b"c'],
        [' x ', 'y '],
      ]);
      assert.deepEqual(await records('é,日本\n"👩‍👧",ü', plain, size), [
        ['é', '日本'],
        ['👩‍👧', 'ü'],
      ]);
      assert.deepEqual(await records("'a,b';'c''d'\n1;2", { ...plain, separator: ';', quote: "'" }, size), [
        ['a,b', "c'd"],
        ['1', '2'],
      ]);
      assert.deepEqual(await records('"a,b"\n1,2', { ...plain, quote: null }, size), [
        ['"a', 'b"'],
        ['1', '2'],
      ]);
      assert.deepEqual(
        (await read('h,i\n"a\r\nb",1\nc,2\n\n"\n",3', { ...plain, header: true }, size)).lines,
        [2, 4, 6],
      );
    }
  });

  it('is scanned piece by piece as it is in one piece', () => {
    const content = 'a,"b ""c""\r\nd"\r\n\r\n"é,",\r\n1,"2"\r\n"x""","\n\n"\r\nlast,one';
    const whole = scan(content, 1000);
    assert.deepEqual(whole, [
      ['1', 'a', 'b "c"\r\nd'],
      ['4', 'é,', ''],
      ['5', '1', '2'],
      ['6', 'x"', '\n\n'],
      ['9', 'last', 'one'],
    ]);
    for (let size = 1; size < content.length; size++) assert.deepEqual(scan(content, size), whole, `pieces of ${size}`);
    for (let size = 1; size < 9; size++) {
      assert.deepEqual(scan('a,b\r1,2\r', size), [
        ['1', 'a', 'b'],
        ['2', '1', '2'],
      ]);
      assert.throws(() => scan('a,b\n"1\n2",3\n"4', size), /line 4: field 1 opens/);
      assert.throws(() => scan('a,b\n"1\r\n""2",3\n4\n', size), /line 4: the record has 1 field,/);
      assert.throws(() => scan('a,b\n"1\r\n2"x,3\n4\n', size), /line 3: field 1 goes on/);
    }
  });

  it('does not change the bytes it was given', async () => {
    const bytes = Buffer.from('"a""b","c"\n"d""e",f\n');
    const before = Buffer.from(bytes);
    await read(bytes, plain, 1000);
    assert.deepEqual(bytes, before);
  });

  it('looks at the bytes of a long record about twice, however it is cut', () => {
    const record = Buffer.from(`"${'x'.repeat(100_000)}",1\n`);
    let looked = 0;
    const watched = new (class extends RecordScanner {
      protected override scan(bytes: Uint8Array, last: boolean): number {
        looked += bytes.length;
        return super.scan(bytes, last);
      }
    })('a.csv', { separator: 44, quote: 34 });
    for (let at = 0; at < record.length; at += 100) watched.next(record.subarray(at, at + 100), false);
    assert.ok(looked < 4 * record.length, `${looked} of ${record.length}`);
  });

  it('gives column names from its header, or counts them', async () => {
    assert.deepEqual((await read('a, b ,\n1,2,3\n', { header: true })).names, ['a', 'b', 'column 3']);
    assert.deepEqual((await read('a,b\n', { header: true })).records, []);
    assert.deepEqual((await read('a,b\n1,2', { header: false })).names, ['column 1', 'column 2']);
  });

  it('is read in UTF-16 and with a byte order mark', async () => {
    const text = 'name,größe\nä,1\nö,2\n';
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')])
      assert.deepEqual((await read(bytes)).names, ['name', 'größe']);
  });

  describe('is told from its first bytes:', () => {
    const dialects: [string, string, Partial<Dialect>][] = [
      ['commas', 'name,age\nAnna,5\nPaul,6\n', { separator: ',', header: true, decimal: '.' }],
      [
        'semicolons and decimal commas',
        'name;size\nAnna;1,5\nPaul;2,25\n',
        { separator: ';', header: true, decimal: ',' },
      ],
      ['semicolons and decimal points', 'name;size\nAnna;1.5\nPaul;2.25\n', { separator: ';', decimal: '.' }],
      [
        'as many commas as semicolons',
        '1,5;2,5;3,5\n1,25;7,5;1,5\n2,5;0,5;8,5\n',
        { separator: ';', decimal: ',', header: false },
      ],
      [
        'tabs and commas in text',
        'text\tlabel\nHello, you there\tgreeting\nNo, thanks, not now\trefusal\n',
        { separator: '\t', header: true },
      ],
      ['bars', 'a|b|c\n1|2|3\n4|5|6\n', { separator: '|', header: true }],
      ['one column', 'words\nhello\nyou there\nme\n', { header: true }],
      ['one column of numbers', '1\n2\n3\n', { header: false, separator: ',' }],
      ['quoted separators', '"a, b","c"\n"d, e","f"\n"g","h, i"\n', { separator: ',', quote: '"' }],
      ['single quotation marks', "'a, b','c'\n'd, e','f'\n'g','h, i'\n", { separator: ',', quote: "'" }],
      ['apostrophes that quote nothing', "it's,'tis\nthat's,don't\n", { separator: ',', quote: '"' }],
      ['no header above numbers', '5.1,3.5,setosa\n4.9,3.0,setosa\n6.0,2.2,virginica\n', { header: false }],
      ['a header above dates', 'day,n\n2024-01-31,4\n2024-02-01,5\n', { header: true }],
      [
        'a header above words',
        'text,category\nI want a card,card\nWhere is it?,where\nMy card is lost,card\nWhere now?,where\n',
        { header: true },
      ],
      [
        'no header above words',
        'I want a card.,card\nWhere is it?,where\nMy card is lost.,card\nWhere now?,where\n',
        { header: false },
      ],
      ['a header that begins with nothing', ',a,b\n0,1,2\n1,3,4\n', { header: true, separator: ',' }],
      ['what Excel says', 'sep=;\r\na,1;b\r\n2,5;3\r\n', { separator: ';' }],
      ['nothing but a header', 'name,age\n', { header: true, separator: ',' }],
      ['Windows line ends', 'name;age\r\nAnna;5\r\nPaul;6\r\n', { separator: ';', header: true }],
      ['a separator that stands in quotation marks only', '"a;b"\n"c;d"\n"e;f"\n', { separator: ',', quote: '"' }],
    ];
    for (const [name, content, expected] of dialects)
      it(name, async () => {
        const { dialect } = await openCsv(pieces(content), 'a.csv');
        assert.deepEqual({ ...dialect, ...expected }, dialect);
      });
  });

  it('takes what is given instead of what it sees', async () => {
    const { dialect, names } = await openCsv(pieces('a;b\n15;2\n'), 'a.csv', {
      separator: ',',
      header: false,
      decimal: '.',
    });
    assert.deepEqual(dialect, { separator: ',', quote: '"', header: false, decimal: '.' });
    assert.deepEqual(names, ['column 1']);
    await assert.rejects(openCsv(pieces('a'), 'a.csv', { separator: 'ab' }), RangeError);
    await assert.rejects(openCsv(pieces('a'), 'a.csv', { separator: '"', quote: '"' }), RangeError);
  });

  describe('that is broken is told with its line', () => {
    const long = Array.from({ length: 3000 }, (_, i) => `${i},${i}`).join('\n');
    const broken: [string, string | Uint8Array, RegExp][] = [
      ['nothing', '', /no records/],
      ['a mark only', '\ufeff', /no records/],
      ['line breaks only', '\n\r\n\n', /no records/],
      ['a record cut off after a field', 'a,b,c\n1,2,3\n4,5', /line 3: the record has 2 fields.*3/],
      ['a record cut off in a field', 'a,b,c\n1,2,3\n4', /line 3: the record has 1 field,/],
      ['a record cut off in quotation marks', 'a,b\n1,"x', /line 2: field 2 opens/],
      ['a record cut off after a doubled mark', 'a,b\n1,"x""', /line 2: field 2 opens/],
      ['a record cut off at an opening mark', 'a,b\n1,"', /line 2: field 2 opens/],
      ['a record with a field too many', 'a,b\n1,2\n3,4,5\n', /line 3: the record has 3 fields.*2/],
      ['a separator too many', 'a,b\n1,2\n3,4,\n', /line 3: the record has 3 fields/],
      ['a header too short', 'a\n1,2\n', /line 2: the record has 2 fields/],
      ['a title above the header', 'My table\na,b\n1,2\n', /line 2: the record has 2 fields/],
      ['a comment in between', 'a,b\n1,2\n# note\n3,4\n', /line 3: the record has 1 field/],
      ['a sum below', 'a,b\n1,2\n3,4\nsum\n', /line 4/],
      ['an opening mark alone', 'a,b\n"1,2\n3,4\n', /line 2: field 1 opens/],
      ['a mark in the header', '"a,b\n1,2\n', /line 1: field 1 opens/],
      ['a mark after many lines', `a,b\n${long}\n"x,1\n${long}`, /line 3,002: field 1 opens/],
      ['text after a closing mark', 'a,b\n"x"y,2\n', /line 2: field 1 goes on/],
      ['a space after a closing mark', 'a,b\n"x" ,2\n', /line 2: field 1 goes on/],
      ['marks that are escaped by backslashes', 'a,b\n"x\\"y",2\n', /line 2: field 1 goes on/],
      ['text after a mark that closed lines below', 'a,b\n"x\n\n"y,2\n', /line 4: field 1 goes on/],
      ['an odd number of marks', 'a,b\n"""x"",2\n', /line 2: field 1 opens/],
      ['lines counted in quotation marks', 'a,b\n"1\n2\r\n3",4\n5\n', /line 5: the record has 1 field/],
      ['lines counted by CR', 'a,b\r1,2\r3\r', /line 3: the record has 1 field/],
      ['two columns of one name', 'a,b,a\n1,2,3\n', /line 1: columns 1, 3.*“a”/],
      ['three columns of one name', 'x,x,x\n1,2,3\n', /line 1: columns 1, 2, 3/],
      ['a NUL', 'a,b\n1,\0\n', /byte 6 is zero/],
      ['NULs at the end', 'a,b\n1,2\n3,4\n5,6\n7,8\n\0\0\0', /byte 20 is zero/],
      ['Latin-1', Buffer.from('a,b\nM\xfcller,2\n', 'latin1'), /byte 5 \(0xFC\)/],
      ['UTF-16 cut off', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le').subarray(0, 15), /byte 14/],
      ['a spreadsheet', Buffer.from('PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0', 'latin1'), /byte 5 is zero/],
      ['too many fields', ','.repeat(70_000), /line 1: the record has more than 65,536 fields/],
      ['JSON', '{"a": 1,\n"b": [1,2,3]}\n', /line 2/],
      ['a page', '<html>\n<p class="x">a, b\n</html>', /line 2|line 1/],
    ];
    for (const [name, content, says] of broken)
      it(name, async () => {
        for (const size of [1, 4, 100_000])
          await assert.rejects(read(content, { separator: ',', quote: '"', header: true }, size), (error) => {
            assertTold(error, 'a.csv', says);
            return true;
          });
      });
    it('a quotation mark that swallows the rest of a large file', async () => {
      async function* endless(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('a,b\n1,2\n"3,4\n');
        for (let i = 0; i < 100; i++) yield Buffer.alloc(1024 ** 2, '5,6\n');
      }
      const { blocks } = await openCsv(endless(), 'a.csv');
      await assert.rejects(
        async () => {
          for await (const block of blocks) assert.ok(block.rows > 0);
        },
        (error) => {
          assertTold(error, 'a.csv', /line 3: the record that begins there is longer/);
          return true;
        },
      );
    });
  });

  it('made at random reads back as it was written, in any dialect', async () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = stream(seed, 'csv');
      const separator = [',', ';', '\t', '|'][random.integer(4)]!;
      const quote = ['"', "'"][random.integer(2)]!;
      const end = ['\n', '\r\n', '\r'][random.integer(3)]!;
      const [rows, columns] = [1 + random.integer(6), 2 + random.integer(4)];
      const alphabet = ['a', 'é', ' ', separator, quote, '\n', '\r\n', '1'];
      const table = Array.from({ length: rows }, () => Array.from({ length: columns }, () => word(random, alphabet)));
      const text = table
        .map((record) => record.map((cell) => quoted(cell, separator, quote, random)).join(separator))
        .join(end);
      assert.deepEqual(
        await records(text, { separator, quote, header: false }, 1 + random.integer(9)),
        table,
        `seed ${seed}`,
      );
    }
  });

  it('with bytes changed at random has records of one length, or is refused', async () => {
    const valid = Buffer.from('id,name,note\n1,Anna,"x, ""y"""\n2,"Pa\nul",é\n3,,"日本"\n'.repeat(1));
    let refused = 0;
    for (let seed = 0; seed < 500; seed++) {
      const random = stream(seed, 'changed csv');
      const bytes = Buffer.from(valid);
      for (let k = 0; k < 1 + random.integer(3); k++) bytes[random.integer(bytes.length)] = random.integer(256);
      const cut = bytes.subarray(0, bytes.length - random.integer(4));
      if (typeof (await outcome(cut)) === 'string') refused++;
      const whole = scanned(cut, 1000);
      for (const size of [1, 2, 5]) assert.deepEqual(scanned(cut, size), whole, `seed ${seed}, pieces of ${size}`);
    }
    assert.ok(refused > 100 && refused < 490, `${refused} refused`);
  });

  it('as banking77 has it: 10,003 and 3,080 questions, 13 with line breaks', async function () {
    if (!existsSync('../shared/data/banking77')) return this.skip();
    let breaks = 0;
    for (const [name, count] of [
      ['train', 10_003],
      ['test', 3080],
    ] as const) {
      const file = `../shared/data/banking77/${name}.csv`;
      const { names, blocks } = await openCsv(createReadStream(file), file);
      assert.deepEqual(names, ['text', 'category']);
      let rows = 0;
      for await (const block of blocks) {
        rows += block.rows;
        for (let row = 0; row < block.rows; row++)
          if (cellText(block.bytes, block.starts[2 * row]!, block.ends[2 * row]!).includes('\n')) breaks++;
      }
      assert.equal(rows, count);
    }
    assert.equal(breaks, 13);
  });
});

/** Records with the line that each begins on. */
function scan(content: string | Uint8Array, size: number): string[][] {
  const scanner = new RecordScanner('a.csv', { separator: 44, quote: 34 });
  const bytes = Buffer.from(content);
  const out: string[][] = [];
  for (let at = 0; at <= bytes.length; at += size) {
    const block = scanner.next(bytes.subarray(at, at + size), at + size > bytes.length);
    for (let row = 0; block && row < block.rows; row++)
      out.push([
        String(block.lines[row]),
        ...Array.from({ length: block.columns }, (_, c) => {
          const field = row * block.columns + c;
          return cellText(block.bytes, block.starts[field]!, block.ends[field]!);
        }),
      ]);
  }
  return out;
}

/** As {@link scan}, or what it refuses. */
function scanned(content: Uint8Array, size: number): string[][] | string {
  try {
    return scan(content, size);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return error.message;
  }
}

async function outcome(bytes: Uint8Array): Promise<string[][] | string> {
  try {
    const { names, records } = await read(bytes, { separator: ',', quote: '"' });
    assert.ok(records.every((record) => record.length === names.length));
    return records;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    assertTold(error, 'a.csv');
    return error.message;
  }
}

function word(random: RandomStream, alphabet: string[]): string {
  return Array.from({ length: random.integer(5) }, () => alphabet[random.integer(alphabet.length)]!).join('');
}

function quoted(cell: string, separator: string, quote: string, random: RandomStream): string {
  const must = cell.includes(separator) || cell.includes(quote) || /[\r\n]/.test(cell);
  return must || random.uniform() < 0.3 ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
}
