import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detectDataset } from '../../../src/data/detect.js';
import { findDatasets } from '../../../src/data/find.js';
import { openDataset } from '../../../src/data/index.js';
import { SAMPLE_KINDS, sampleDescription, type SampleKind } from '../../../src/data/sampleKinds.js';
import { writeSample } from '../../../src/data/samples.js';
import { rejectsWith, temporaryFolder } from './make.js';

describe('Sample data', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const expected: Record<SampleKind, { kind: string; count: number; splits: number[]; classes: number | null }> = {
    digits: { kind: 'image', count: 6000, splits: [5000, 1000], classes: 10 },
    tones: { kind: 'sound', count: 600, splits: [600], classes: 10 },
    sentences: { kind: 'text', count: 5000, splits: [4000, 1000], classes: 8 },
    clusters: { kind: 'table', count: 2000, splits: [1600, 400], classes: 4 },
  };

  for (const kind of SAMPLE_KINDS)
    it(`of the kind "${kind}" is found and read, with labels, as it is described`, async () => {
      await writeSample(kind, at('all', kind));
      const [detection] = await detectDataset(at('all', kind));
      assert.equal(detection?.kind, expected[kind].kind);
      const { info } = await openDataset(at('all', kind));
      const { count, splits, classes } = info;
      assert.deepEqual(
        { kind: info.kind, count, splits: splits.map((split) => split.count), classes: classes?.length ?? null },
        expected[kind],
      );
      assert.ok(sampleDescription(kind).startsWith(count.toLocaleString('en')), sampleDescription(kind));
      assert.deepEqual(info.problems, []);
    });

  it('is found in a workspace, each kind once', async () => {
    const { found } = await findDatasets(at('all'));
    assert.equal(found.length, SAMPLE_KINDS.length);
  });

  it('is the same for the same seed only', async () => {
    const first = async (seed: number, folder: string): Promise<string> => {
      const [file = ''] = await writeSample('clusters', at(folder), { seed });
      return readFileSync(file, 'utf8');
    };
    const one = await first(1, 'one');
    assert.equal(await first(1, 'again'), one);
    assert.notEqual(await first(2, 'other'), one);
  });

  it('overwrites nothing', async () => {
    await rejectsWith(writeSample('clusters', at('all', 'clusters')), 'train.csv', /already/);
  });
});
