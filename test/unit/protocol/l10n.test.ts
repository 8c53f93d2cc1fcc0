import assert from 'node:assert/strict';
import { grouped, setLanguage, t } from '../../../src/protocol/l10n.js';

describe('texts for people', () => {
  afterEach(() => setLanguage('en', {}));

  it('are English by default, with their values filled in', () => {
    assert.equal(t('{0} of {1} in {0}', 'a', 2), 'a of 2 in a');
    assert.equal(t('{0} and {1}', '{1}'), '{1} and {1}'); // values are never looked into
  });

  it('come from the language that was set, in its own order of values', () => {
    setLanguage('de', { '{0} of {1}': 'von {1} sind es {0}' });
    assert.equal(t('{0} of {1}', 1, 2), 'von 2 sind es 1');
    assert.equal(t('Not translated: {0}', 1), 'Not translated: 1');
  });

  it('write large numbers as the language does', () => {
    assert.deepEqual([9999, 60_000].map(grouped), ['9999', '60,000']);
    setLanguage('de', {});
    assert.equal(grouped(60_000), '60.000');
  });
});
