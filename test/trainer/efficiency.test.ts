import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import type { EfficiencyPoint, EfficiencyRecord } from '../../src/protocol/efficiency.js';
import { pretrained, readRun, until, Workspace, type Ended } from './trainer.js';

describe('pretrain efficiency', function () {
  this.timeout(300_000);
  const MODES = ['scratch', 'probe', 'probeThenFull', 'neighbours'];
  let workspace: Workspace;
  let parent: string;

  before(async () => {
    workspace = Workspace.copyOf(await pretrained());
    workspace.write({
      data: { path: 'sample:digits', limit: 1024 },
      encoder: { units: [64, 32] },
      finetune: { epochs: 10, batchSize: 20 },
    });
    parent = workspace.runFolders()[0]!;
  });
  after(() => workspace.remove());

  const small = ['--labels', '2,10', '--seeds', '2'];
  const measure = (...args: string[]) =>
    workspace.start(['efficiency', workspace.recipe, '--json', '--from', parent, ...args]);

  function summaryOf({ lines }: Ended): { run: string; folder: string; points: EfficiencyPoint[] } {
    return lines.at(-1) as never;
  }

  async function complete(...args: string[]) {
    const ended = await measure(...args).ended;
    assert.equal(ended.code, 0, JSON.stringify(ended.lines.at(-1)));
    return { ...summaryOf(ended), lines: ended.lines };
  }

  const recordIn = (folder: string) =>
    JSON.parse(readFileSync(path.join(folder, 'efficiency.json'), 'utf8')) as EfficiencyRecord;
  const pointsIn = (folder: string) =>
    readFileSync(path.join(folder, 'points.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EfficiencyPoint);

  it('measures each mode with each budget and seed, and writes a record, a table and both pictures', async () => {
    const { run, folder, points, lines } = await complete(...small, '--workers', '1');
    assert.equal(run, parent);
    assert.equal(path.dirname(folder), path.join(parent, 'efficiency'));
    assert.deepEqual(
      new Set(points.map(({ mode, labelsPerClass, seed }) => `${mode} ${labelsPerClass} ${seed}`)),
      new Set(MODES.flatMap((mode) => ['2 1', '10 1', '2 2', '10 2'].map((rest) => `${mode} ${rest}`))),
    );
    for (const { score } of points) assert.ok(score > 0.05 && score <= 1, String(score));
    assert.equal(lines.filter(({ type }) => type === 'point').length, 16);
    assert.ok(lines.some(({ type }) => type === 'progress'));
    const record = recordIn(folder);
    assert.deepEqual(
      [record.from, record.count, record.measure, record.complete, record.run],
      ['test', 1000, 'accuracy', true, path.basename(parent)],
    );
    assert.equal(record.means.length, 8);
    assert.match(record.sentence, /^With 10 labels per class the pretrained encoder \(.+\) reaches \d+ %/);
    const { mean } = record.means.find(({ mode, labelsPerClass }) => mode === 'probe' && labelsPerClass === 10)!;
    const own = points.filter(({ mode, labelsPerClass }) => mode === 'probe' && labelsPerClass === 10);
    assert.ok(Math.abs(mean - (own[0]!.score + own[1]!.score) / 2) < 1e-12);
    assert.match(readFileSync(path.join(folder, 'efficiency.svg'), 'utf8'), /Label efficiency of digits/);
    assert.equal(PNG.sync.read(readFileSync(path.join(folder, 'efficiency.png'))).width, 1520);
    assert.equal(readFileSync(path.join(folder, 'efficiency.csv'), 'utf8').trim().split('\r\n').length, 17);
  });

  it('a point of the recipe’s own seed is what fine-tuning gives: the same examples, the same network', async () => {
    const { points } = await complete(...small);
    for (const mode of MODES) {
      const args = ['--from', parent, '--mode', mode, '--labels-per-class', '10'];
      const { lines } = await workspace.start(['finetune', workspace.recipe, '--json', ...args]).ended;
      const { testAccuracy } = lines.at(-1)!['metrics'] as Record<string, number>;
      const point = points.find((one) => one.mode === mode && one.labelsPerClass === 10 && one.seed === 1);
      assert.equal(point?.score, testAccuracy, mode);
    }
  });

  it('goes on where it was stopped, and two workers find the same points as one', async () => {
    const { folder, points: before } = await complete(...small);
    const trainer = measure(...small, '--new', '--workers', '2');
    await until(() => trainer.lines.filter(({ type }) => type === 'point').length >= 3, trainer.ended, 60_000);
    trainer.child.kill('SIGTERM');
    const stopped = await trainer.ended;
    assert.equal(stopped.code, 130, JSON.stringify(stopped.lines.at(-1)));
    const some = summaryOf(stopped).points;
    assert.ok(some.length >= 3 && some.length < 16, String(some.length));
    assert.equal(recordIn(folder).complete, false);
    assert.deepEqual(pointsIn(folder).length, some.length);
    appendFileSync(path.join(folder, 'points.jsonl'), '{"mode":"full","labels'); // as a crash leaves it

    const again = await complete(...small, '--workers', '2');
    const measured = again.lines.filter(({ type }) => type === 'point').length;
    assert.equal(measured, 16 - some.length, 'what is there is not measured again');
    assert.deepEqual(again.points, before);
    assert.ok(recordIn(folder).complete);
  });

  it('adds what more is asked for to what is there', async () => {
    const { folder } = await complete(...small);
    const more = await complete('--labels', '2,10,20', '--seeds', '2', '--modes', 'probe,neighbours');
    assert.equal(more.folder, folder);
    assert.equal(more.lines.filter(({ type }) => type === 'point').length, 4);
    assert.equal(more.points.length, 12);
  });

  it('tells of a worker that died and measures its point once more', async function () {
    if (process.platform !== 'linux') return this.skip(); // where the worker's number is found
    const trainer = measure(...small, '--new', '--workers', '1');
    await until(() => trainer.lines.some(({ type }) => type === 'point'), trainer.ended, 60_000);
    const worker = childOf(trainer.child.pid!);
    process.kill(worker, 'SIGKILL');
    const { code, lines } = await trainer.ended;
    assert.equal(code, 0, JSON.stringify(lines.at(-1)));
    const notes = lines.filter(({ type }) => type === 'note').map(({ message }) => String(message));
    assert.ok(
      notes.some((note) => /A worker ended \(SIGKILL.*tried once more/.test(note)),
      notes.join('\n'),
    );
    assert.equal(summaryOf({ lines } as Ended).points.length, 16);
  });

  it('uses all that there are where more labels are asked for, and says so once', async () => {
    const { points, lines } = await complete('--labels', '2,5000,9000', '--seeds', '1', '--modes', 'neighbours');
    const [few, all] = points.map(({ labelsPerClass }) => labelsPerClass).sort((a, b) => a - b);
    assert.equal(points.length, 2);
    assert.ok(few === 2 && all! > 80 && all! < 200, String(all));
    const notes = lines.filter(({ type }) => type === 'note').map(({ message }) => String(message));
    assert.equal(notes.filter((note) => /No class has more than \d+ .*instead of 5,000, 9,000/.test(note)).length, 1);
    assert.ok(
      notes.some((note) => /Not every class has/.test(note)),
      notes.join('\n'),
    );
  });

  it('prints a table and the sentence for people', async () => {
    const { code, stdout } = await workspace.start(['efficiency', workspace.recipe, '--from', parent, ...small]).ended;
    assert.equal(code, 0);
    assert.match(stdout, /labels per class +From scratch +Linear probe +Probe, then full +Nearest neighbours/);
    assert.match(stdout, /\n +10 .*\d+\.\d % \(\d+\.\d to \d+\.\d\)/);
    assert.match(stdout, /With 10 labels per class the pretrained encoder/);
  });

  describe('says what is wrong before anything is measured:', () => {
    async function refused(...args: string[]): Promise<string> {
      const { code, lines } = await measure(...args).ended;
      assert.equal(code, 1, JSON.stringify(lines.at(-1)));
      const { error, advice } = lines.at(-1)!;
      return [error, advice].filter(Boolean).join(' ');
    }

    it('what is no mode, no budget, no run', async () => {
      assert.match(await refused('--modes', 'probe,partial'), /no mode "partial".*probeThenFull/);
      assert.match(await refused('--labels', '1,0'), /--labels must be a whole number from 1, but is "0"/);
      assert.match(await refused('--labels', '1,,5'), /--labels must be a whole number/);
      assert.match(await refused('--seeds', '0'), /--seeds must be a whole number/);
      assert.match(await refused('--from', 'nothing-there'), /is not a run folder/);
      const { lines } = await workspace.start(['efficiency', workspace.recipe, '--json']).ended;
      assert.match(String(lines.at(-1)!['error']), /encoder of a run: which one does --from say/);
    });

    it('data of one class, and without labels to measure on', async () => {
      const table = new Workspace({
        data: { path: 'rows', labelColumn: 'kind', validation: 'test' },
        encoder: { units: [4] },
      });
      const write = (split: string, label: (i: number) => string) => {
        const rows = Array.from({ length: 60 }, (_, i) => `${i % 7}.5,${i % 11},${label(i)}`);
        writeFileSync(path.join(table.folder, 'rows', `${split}.csv`), `a,b,kind\n${rows.join('\n')}\n`);
      };
      mkdirSync(path.join(table.folder, 'rows'));
      write('train', (i) => ['cat', 'dog'][i % 2]!);
      write('test', () => '');
      const { lines } = await table.run().ended;
      const run = String(lines.at(-1)!['run']);
      const told = async () => {
        const ended = await table.start(['efficiency', table.recipe, '--json', '--from', run, ...small]).ended;
        assert.equal(ended.code, 1, JSON.stringify(ended.lines.at(-1)));
        return String(ended.lines.at(-1)!['error']);
      };
      assert.match(await told(), /no labelled examples to measure on/);
      for (const split of ['train', 'test']) write(split, () => 'cat');
      assert.match(await told(), /same label, cat/);
      assert.ok(!existsSync(path.join(run, 'efficiency')), 'nothing was begun');
      await table.remove();
    });

    it('a symbolic link where the results would go', async () => {
      const place = path.join(parent, 'efficiency');
      rmSync(place, { recursive: true, force: true });
      symlinkSync(workspace.folder, place);
      assert.match(await refused(...small), /efficiency is a symbolic link/);
      rmSync(place);
    });
  });

  it('leaves the run as it was', () => assert.equal(readRun(parent).state, 'completed'));

  /** The process that another one has started. */
  function childOf(pid: number): number {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Number(child);
  }
});
