import * as assert from 'node:assert/strict';
import { decodeImage } from '../../../../src/data/image/decode.js';
import { resizeImage, type Resizing } from '../../../../src/data/image/resize.js';
import { difference, image, resized } from './reference.js';

describe('Images are resized to the values that Pillow gives', () => {
  for (const [name, expected] of resized)
    it(name, () => {
      const [file, width, height, fit] = name.split(' ') as [string, string, string, Resizing['fit']];
      const original = decodeImage(image(file), { channels: 'auto' });
      const result = resizeImage(original, { width: Number(width), height: Number(height), fit });
      assert.deepEqual([result.width, result.height], [Number(width), Number(height)]);
      assert.equal(difference(result.data, expected), 0);
    });
});
