import assert from 'node:assert/strict';
import { methods, modes } from '../../../src/host/methods.js';

/** What one line of a quick pick shows before it is cut. */
const SHOWN = 80;

describe('What there is to choose', () => {
  it('is told in one sentence that a line of a list holds', async () => {
    const choices = [...(await methods()), ...(await modes())];
    assert.ok(choices.length > 15);
    for (const { name, summary } of choices) {
      assert.match(summary, /^[^.]+\.$/, name);
      assert.ok(summary.length <= SHOWN, `${name}: ${summary.length}`);
    }
  });
});
