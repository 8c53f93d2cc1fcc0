import assert from 'node:assert/strict';
import { formatDuration } from '../../../src/protocol/duration.js';

describe('Durations', () => {
  it('are written with the two units that count, in the symbols of the SI', () => {
    const hour = 3600;
    assert.deepEqual(
      [0, 47.4, 59.6, 185, 180, 599, 600, 1070, 3599, 7810, 2 * hour, 47.99 * hour, 76 * hour].map(formatDuration),
      [
        '0 s',
        '47 s',
        '1 min',
        '3 min 5 s',
        '3 min',
        '9 min 59 s',
        '10 min',
        '18 min',
        '1 h',
        '2 h 10 min',
        '2 h',
        '47 h 59 min',
        '3 d 4 h',
      ],
    );
  });
});
