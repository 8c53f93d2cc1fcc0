import * as assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { FileValues } from '../../../../src/data/pack/values.js';
import { stream } from '../../../../src/protocol/random.js';
import { temporaryFolder } from '../make.js';

const WIDTH = 3;
const ROWS = 100;
const START = 5;

describe('Values in a file', () => {
  const at = temporaryFolder();
  const numbers = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => i / 7);
  const write = (name: string): string => {
    const file = at(name);
    writeFileSync(file, Buffer.concat([Buffer.alloc(START), Buffer.from(numbers.buffer)]));
    return file;
  };

  it('are the rows at the positions, here and read aside, whatever is asked for meanwhile', async () => {
    const values = new FileValues(write('whole'), 'float32', WIDTH, START);
    const random = stream(1, 'positions');
    const batches = [...Array(20).keys()].map(() => Int32Array.from({ length: 17 }, () => random.integer(ROWS)));
    batches.push(
      Int32Array.from({ length: 40 }, (_, i) => i + 30),
      new Int32Array(),
    );
    const expected = batches.map((positions) =>
      Float32Array.from([...positions].flatMap((row) => [...numbers.subarray(row * WIDTH, (row + 1) * WIDTH)])),
    );
    assert.deepEqual(
      batches.map((positions) => values.read(positions)),
      expected,
    );
    const aside = values.aside();
    const positions = batches.map((batch) => batch.slice());
    assert.deepEqual(await Promise.all(positions.map(async (batch) => aside.read(batch))), expected);
    assert.deepEqual(positions, batches, 'positions stay the caller’s');
    await aside.close();
  });

  it('tell where a file that was cut off meanwhile ends', async () => {
    const file = write('cut');
    const aside = new FileValues(file, 'float32', WIDTH, START).aside();
    truncateSync(file, START + 40 * WIDTH * 4 + 2);
    await assert.rejects(Promise.resolve(aside.read([3, 40])), /cut ends within example 40/);
    assert.deepEqual(await aside.read([39]), numbers.slice(39 * WIDTH, 40 * WIDTH));
    await aside.close();
  });

  it('are no longer read once they are closed', async () => {
    const aside = new FileValues(write('closed'), 'float32', WIDTH, START).aside();
    const reading = Promise.resolve(aside.read([1]));
    const told = assert.rejects(reading, /closed/);
    await aside.close();
    await told;
    await assert.rejects(Promise.resolve(aside.read([1])), /closed/);
  });
});
