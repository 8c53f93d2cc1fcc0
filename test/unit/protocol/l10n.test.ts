import assert from 'node:assert/strict';
import { counted, formatCount, grouped, setLanguage, t } from '../../../src/protocol/l10n.js';

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

  it('have a singular and a plural', () => {
    const files = (count: number) => counted(count, '{0} file', '{0} files');
    assert.deepEqual([0, 1, 1204].map(files), ['0 files', '1 file', '1,204 files']);
  });

  it('write large numbers as the language does', () => {
    assert.deepEqual([9999, 60_000].map(grouped), ['9999', '60,000']);
    assert.equal(formatCount(9999), '9,999');
    setLanguage('de', {});
    assert.equal(grouped(60_000), '60.000');
    assert.equal(formatCount(9999), '9.999');
  });
});
