import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeSafetensors } from '../../src/protocol/safetensors.js';
import type { MapView, SampleView } from '../../src/protocol/sample.js';
import { Client, lastCheckpoint, readEvents, until, Workspace } from './trainer.js';

interface Drawn {
  view: MapView;
  points: Float32Array;
  clusters: Uint8Array;
}

function mapsOf(run: string, method: MapView['method'] = 'pca'): Map<string, Drawn> {
  const folder = path.join(run, 'samples');
  return new Map(
    readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(folder, name)));
        // Of a method the view that comes last counts.
        const view = (JSON.parse(metadata['views']!) as SampleView[]).findLast(
          (one): one is MapView => one.kind === 'map' && one.method === method,
        );
        if (!view) return [];
        const [points, clusters] = [tensors[view.points]!.data, tensors[view.clusters]!.data];
        return [[name, { view, points: points as Float32Array, clusters: clusters as Uint8Array }] as const];
      }),
  );
}

describe('maps of codes', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it('are in the samples of a run, and what their points are beside them', async () => {
    workspace = new Workspace();
    const { code, stderr } = await workspace.run().ended;
    assert.equal(code, 0, stderr);
    const [run] = workspace.runFolders() as [string];
    const maps = [...mapsOf(run).values()];
    const [first, last] = [maps[0]!, maps.at(-1)!];
    assert.deepEqual([first.view.step, last.view.step], [0, 24]);
    const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(run, 'examples.safetensors')));
    const { examples, labels } = tensors;
    const count = last.clusters.length;
    assert.deepEqual([examples!.shape, labels!.shape], [[count, 28, 28, 1], [count]]);
    assert.deepEqual(JSON.parse(metadata['classes']!), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    assert.equal((JSON.parse(metadata['names']!) as string[]).length, count);
    assert.ok(last.points.every(Number.isFinite) && last.clusters.every((cluster) => cluster < 8));
    // Codes of one class are nearer to each other than to those of others, as they never are by chance.
    const mean = (label: number, k: number): number => {
      const some = Array.from(labels!.data.keys()).filter((i) => labels!.data[i] === label);
      return some.reduce((sum, i) => sum + last.points[2 * i + k]!, 0) / some.length;
    };
    const centres = Array.from({ length: 10 }, (_, label) => [mean(label, 0), mean(label, 1)] as const);
    const variance = (of: (i: number) => readonly [number, number]): number =>
      Array.from({ length: count }, (_, i) => i).reduce((sum, i) => {
        const [x, y] = of(i);
        return sum + (last.points[2 * i]! - x) ** 2 + (last.points[2 * i + 1]! - y) ** 2;
      }, 0);
    const share = variance((i) => centres[labels!.data[i] as number]!) / variance(() => [0, 0]);
    assert.ok(share < 0.8, `within classes there is ${share} of the variance`);
  });

  it('change nothing of what is learned, and are left out where the recipe says so', async () => {
    workspace = new Workspace();
    await workspace.run().ended;
    const [mapped] = workspace.runFolders() as [string];
    workspace.write({ ...(JSON.parse(readFileSync(workspace.recipe, 'utf8')) as object), map: 'off' });
    const { code, stderr } = await workspace.run().ended;
    assert.equal(code, 0, stderr);
    const plain = workspace.runFolders().find((folder) => folder !== mapped)!;
    assert.deepEqual(lastCheckpoint(plain), lastCheckpoint(mapped));
    assert.equal(mapsOf(plain).size, 0);
    assert.ok(!readdirSync(plain).includes('examples.safetensors'));
  });

  it('are also laid out by UMAP where the recipe says so, the last one of the last step, and that changes nothing either', async () => {
    workspace = new Workspace();
    await workspace.run().ended;
    const [plain] = workspace.runFolders() as [string];
    workspace.write({ ...(JSON.parse(readFileSync(workspace.recipe, 'utf8')) as object), map: 'umap' });
    const { code, stderr } = await workspace.run().ended;
    assert.equal(code, 0, stderr);
    const laid = workspace.runFolders().find((folder) => folder !== plain)!;
    assert.deepEqual(lastCheckpoint(laid), lastCheckpoint(plain));
    const { view, points, clusters } = [...mapsOf(laid, 'umap').values()].at(-1)!;
    assert.equal(view.step, 24);
    assert.equal(points.length, 2 * clusters.length);
    assert.ok(points.every(Number.isFinite));
    const pca = [...mapsOf(laid).values()].at(-1)!;
    assert.equal(pca.view.step, 24);
    assert.notDeepEqual(points, pca.points);
    assert.ok(!readEvents(laid).some((event) => event.type === 'diagnosis' && /UMAP/.test(event.message)));
  });

  it('of a run that was stopped and resumed end as those of one that was not', async () => {
    workspace = new Workspace({}, { epochs: 40 });
    await workspace.run().ended;
    const [whole] = workspace.runFolders() as [string];
    const trainer = workspace.run();
    const { run, address } = await trainer.created();
    const client = new Client(address);
    await until(() => (client.run?.step ?? 0) >= 8, trainer.ended);
    await client.request({ type: 'stop' });
    await trainer.ended;
    client.close();
    const before = lastCheckpoint(run).step;
    assert.ok(Number(before) < 320, `it was stopped at step ${before}`);
    const { code, stderr } = await workspace.start(['resume', run, '--json']).ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(lastCheckpoint(run), lastCheckpoint(whole));
    const [ended, expected] = [mapsOf(run), mapsOf(whole)].map((maps) => [...maps.values()].at(-1)!) as [Drawn, Drawn];
    assert.equal(ended.view.step, 320);
    // Which maps were drawn in between the clock decides: the last ones may be turned a little, not differ in shape.
    const distances = ({ points }: Drawn): number[] =>
      Array.from({ length: 200 }, (_, i) =>
        Math.hypot(points[2 * i]! - points[2 * i + 2]!, points[2 * i + 1]! - points[2 * i + 3]!),
      );
    const largest = Math.max(...distances(expected));
    distances(ended).forEach((distance, i) => assert.ok(Math.abs(distance - distances(expected)[i]!) < 1e-3 * largest));
  });
});
