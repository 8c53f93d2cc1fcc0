import assert from 'node:assert/strict';
import { plain } from '../../../src/host/message.js';

describe('A notification', () => {
  it('has no link that a name in a file put there', () => {
    const text = plain('[Resume](command:evil.run?%5B1%5D) failed: see [log](https://example.org)');
    assert.doesNotMatch(text, /\[[^\]]*\]\([^)]*\)/);
    assert.match(text, /Resume.*command:evil\.run.*failed: see/, 'all words are there');
  });

  it('is otherwise as it was', () => assert.equal(plain('loss [0.1] (step 3)'), 'loss [0.1] (step 3)'));
});
