import assert from 'node:assert/strict';
import { isDate, missingWords, parseNumber, parseTruth } from '../../../../src/data/table/cell.js';
import { stream } from '../../../../src/protocol/random.js';

const number = (text: string, decimal?: string): number => {
  const bytes = Buffer.from(`,${text},`);
  return parseNumber(bytes, 1, bytes.length - 1, decimal?.charCodeAt(0));
};

describe('a cell', () => {
  it('that is a number is rounded as JavaScript rounds', () => {
    const same = (text: string): void => assert.ok(Object.is(number(text), Number(text)), `${text}: ${number(text)}`);
    for (const text of [
      '0',
      '-0',
      '1',
      '+1',
      '.5',
      '5.',
      '1e5',
      '1E-5',
      '007',
      '9007199254740993',
      '123456789012345678901234567890',
      '5e-324',
      '1.7976931348623157e308',
      '1e23',
      '8.5e22',
      ' 12 ',
    ])
      same(text);
    const random = stream(1, 'numbers');
    for (let i = 0; i < 30_000; i++) {
      const value = random.uniform() * 2 ** -32 + random.uniform();
      same(String(value));
      same(String((value - 0.5) * 10 ** (random.integer(50) - 25)));
      same((value * 1000).toFixed(random.integer(20)));
      // Just beside the middle between two doubles, where the last digits decide.
      same(
        `${BigInt(Math.floor(value * 2 ** 53) + 2 ** 53) + 1n}.${'0'.repeat(random.integer(4))}${random.integer(2)}`,
      );
    }
  });
  it('is no number when anything else stands there', () => {
    for (const text of [
      '',
      ' ',
      '-',
      '.',
      '1e',
      '1e+',
      'e5',
      '1.2.3',
      '1,5',
      '0x10',
      'Infinity',
      '-inf',
      'NaN',
      '1_000',
      '1 000',
      '--1',
      '1e400',
      '12a',
      '½',
      '１',
    ])
      assert.ok(Number.isNaN(number(text)), text);
  });
  it('may have a decimal comma', () => {
    assert.equal(number('1,5', ','), 1.5);
    assert.equal(number('-0,1234567890123456789', ','), -0.1234567890123456789);
    assert.ok(Number.isNaN(number('1.5', ',')));
  });
  it('is missing when it is empty or says so', () => {
    const missing = (text: string, words?: string[]): boolean =>
      missingWords(words)(Buffer.from(text), 0, Buffer.byteLength(text));
    for (const text of ['', '  ', 'NA', ' NA ', 'NaN', 'nan', 'null', 'NULL', 'N/A', 'n/a', '?', '#N/A', 'None'])
      assert.ok(missing(text), text);
    for (const text of ['0', 'no', 'Nan', 'NAN1', 'nullable', '-', 'N']) assert.ok(!missing(text), text);
    assert.ok(missing('-', ['-']) && !missing('NA', ['-']) && missing('', ['-']));
  });
  it('may be a truth or a date of the calendar', () => {
    assert.deepEqual(['TRUE', 'no', '1', ' f ', 'maybe', ''].map(parseTruth), [true, false, true, false, null, null]);
    for (const text of ['2024-02-29', '2024-12-31T23:59', '2024-01-01 00:00:00.5+02:00', '1999-01-01T10:00:00Z'])
      assert.ok(isDate(text), text);
    for (const text of [
      '2023-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-1-1',
      '31.12.2024',
      '2024-01-01T25:00',
      '20240101',
    ])
      assert.ok(!isDate(text), text);
  });
});
