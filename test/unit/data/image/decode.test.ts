import * as assert from 'node:assert/strict';
import { decodeImage } from '../../../../src/data/image/decode.js';
import { readHeader, readImageHeader } from '../../../../src/data/image/header.js';
import { difference, image, imageFile, references } from './reference.js';

describe('Images are decoded to the values that Pillow gives', () => {
  it('and there are files of every kind', () => {
    const kinds = new Set([...references.keys()].map((name) => name.split('.')[1]));
    assert.deepEqual([...kinds].sort(), ['bmp', 'jpg', 'pbm', 'pgm', 'png', 'ppm', 'webp']);
  });

  for (const [name, reference] of references)
    it(name, async () => {
      const bytes = image(name);
      const header = await readImageHeader(imageFile(name));
      assert.deepEqual(header, readHeader(bytes));
      assert.deepEqual([header.width, header.height], [reference.width, reference.height]);
      assert.equal(header.channels, reference.grey ? 1 : 3);
      const colour = decodeImage(bytes, { channels: 3 });
      assert.deepEqual([colour.width, colour.height], [reference.width, reference.height]);
      assert.equal(difference(colour.data, reference.rgb), 0);
      const grey = decodeImage(bytes, { channels: 1 });
      assert.equal(difference(grey.data, reference.luma), 0);
      const own = decodeImage(bytes, { channels: 'auto' });
      assert.equal(own.channels, reference.grey ? 1 : 3);
      assert.deepEqual(own.data, reference.grey ? grey.data : colour.data);
    });
});
