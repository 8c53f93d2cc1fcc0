import assert from 'node:assert/strict';
import path from 'node:path';
import { readMetrics, readRun, Workspace } from './trainer.js';

describe('pretrain compare', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  let runs: string[];

  before(async () => {
    workspace = new Workspace({ data: { path: 'sample:digits', limit: 512 }, encoder: { units: [16] } });
    runs = [];
    for (const epochs of ['1', '3']) {
      const { code, lines } = await workspace.run('--epochs', epochs).ended;
      assert.equal(code, 0, JSON.stringify(lines.at(-1)));
      runs.push(String(lines.at(-1)!['run']));
    }
  });
  after(() => workspace.remove());

  const compare = (...args: string[]) => workspace.start(['compare', ...args]).ended;

  it('tells what the runs came to, the best marked, and what differs in their recipes', async () => {
    const { code, stdout } = await compare(...runs);
    assert.equal(code, 0);
    assert.match(stdout, /^run +\S+ +\S+\n/);
    const { loss } = readRun(runs[1]!).metrics;
    const shown = loss!.toLocaleString('en', { maximumSignificantDigits: 4 });
    assert.match(stdout, new RegExp(`\\ntraining loss +0\\.\\d+ +${shown} \\*\\n`));
    assert.match(stdout, /What differs in their recipes:\npretrain\.epochs +1 +3\n\n/);
    assert.match(stdout, /\d+ fields of the recipes are the same\./);
  });

  it('gives all of it as one object, also by their ids', async () => {
    const { lines } = await compare(...runs.map((run) => path.basename(run)), '--json');
    const { runs: found, differing } = lines.at(-1) as {
      runs: { id: string; results: Record<string, unknown>; best: string[]; fields: Record<string, string> }[];
      differing: string[];
    };
    assert.deepEqual(differing, ['pretrain.epochs']);
    assert.deepEqual(
      found.map(({ id, fields }) => [id, fields['pretrain.epochs']]),
      runs.map((run, index) => [path.basename(run), ['1', '3'][index]]),
    );
    const lowest = Math.min(...readMetrics(runs[1]!).flatMap(({ values }) => values['trainingLoss'] ?? []));
    assert.equal(found[1]!.results['bestTrainingLoss'], lowest);
    assert.ok(found[1]!.best.includes('trainingLoss') && !found[0]!.best.includes('trainingLoss'));
  });

  it('prints tables for spreadsheets and documents', async () => {
    const csv = (await compare(...runs, '--csv')).stdout.trimEnd().split('\n');
    assert.equal(csv.length, 3);
    assert.ok(csv[0]!.startsWith('id,name,method,') && csv[0]!.endsWith(',pretrain.epochs'));
    const markdown = (await compare(...runs, '--markdown')).stdout;
    assert.match(markdown, /^\| run \| method \|.*\n\| --- /);
    assert.match(markdown, /\*\*0\.\d+\*\*/);
  });

  it('refuses one run, the same twice, what is none, and two formats at once', async () => {
    const told = async (...args: string[]) => {
      const { code, stderr } = await compare(...args);
      assert.equal(code, 1);
      return stderr;
    };
    assert.match(await told(runs[0]!), /Usage: pretrain compare RUN RUN/);
    assert.match(await told(runs[0]!, runs[0]!), /is named twice/);
    assert.match(await told(runs[0]!, 'nowhere'), /nowhere is not a run folder/);
    assert.match(await told(...runs, '--csv', '--markdown'), /--csv, --markdown cannot be printed at once/);
  });
});
