import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { formatCount, t } from '../protocol/l10n.js';
import { predicts } from '../protocol/run.js';
import type { UseSummary } from '../protocol/use.js';
import { Command } from './contributions.js';
import { pickDataset } from './datasetPicker.js';
import type { Host } from './host.js';
import { plain } from './message.js';
import { hasCheckpoint } from './runFolder.js';
import { chooseRun } from './runChoice.js';
import { SamplesFile } from './samplesFile.js';
import { uriOf } from './target.js';
import { TrackedRun } from './trackedRun.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';
import { UseAnswers } from './useAnswers.js';
import type { Used } from './usePanel.js';

/** Training examples that are shown beside a prediction, and of Find Similar. */
const BESIDE = 5;
const NEAREST = 24;

const formats = (): { name: string; ending: string; detail: string }[] => [
  { name: 'NumPy', ending: 'npy', detail: t('float32, an example a row; without names and labels') },
  { name: 'CSV', ending: 'csv', detail: t('with the names of the examples, and their labels') },
  { name: 'Parquet', ending: 'parquet', detail: t('the same, each code a list of float32') },
];

/**
 * Says which class files are of, which labels they have, or which number they are given.
 * @param selected all that are selected where it was called
 * @returns undefined when a question was closed, or nothing came of it and the person knows
 */
export async function predict(host: Host, target: unknown, selected: unknown): Promise<Used | undefined> {
  return ask(host, 'predict', target, selected, ['--similar', String(BESIDE)]);
}

/** Finds the training examples that are most like a file. Returns as {@link predict}. */
export async function findSimilar(host: Host, target: unknown): Promise<Used | undefined> {
  return ask(host, 'similar', target, undefined, ['--count', String(NEAREST)]);
}

/** Writes the codes that a run's encoder makes of data. */
export async function embed(host: Host, target: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const title = t('Embed');
  const run = target instanceof TrackedRun ? target : await askRun(host, 'embed', title);
  const data = run && (await askData(host, title, uriOf(target)));
  if (!run || !data) return;
  const format = await vscode.window.showQuickPick(
    formats().map(({ name, ending, detail }) => ({ label: name, description: `.${ending}`, detail, ending })),
    { title, placeHolder: t('As which kind of file should the codes be written?') },
  );
  if (!format) return;
  const { label, ending } = format;
  const name = path.basename(data.fsPath).replace(/\.\w+$/, '');
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(data, '..', `${name}-codes.${ending}`),
    filters: { [label]: [ending] },
    title,
  });
  if (!file) return;
  const answers = new UseAnswers((one) => vscode.workspace.asRelativePath(one));
  const args = ['embed', run.folder, data.fsPath, '--to', file.fsPath, '--out', path.dirname(run.folder)];
  const shown = vscode.workspace.asRelativePath(data);
  const written = await withTrainer(host, t('Embedding {0}', shown), args, { onLine: (line) => answers.add(line) });
  if (written === undefined) return;
  const { count, width } = written as { count: number; width: number };
  const { unreadable } = answers;
  for (const { file, reason } of unreadable) host.log.warn(`${file}: ${reason}`);
  const left =
    unreadable.length > 0 ? ` ${t('{0} examples could not be read: the log says why.', unreadable.length)}` : '';
  const open = t('Open');
  const reveal = t('Show in Folder');
  const text = t(
    'Wrote {0} codes of {1} numbers each to {2}.',
    formatCount(count),
    formatCount(width),
    vscode.workspace.asRelativePath(file),
  );
  const buttons = ending === 'csv' ? [open, reveal] : [reveal];
  const answer = await vscode.window.showInformationMessage(plain(text + left), ...buttons);
  if (answer === open) await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
  else if (answer === reveal) await vscode.commands.executeCommand('revealFileInOS', file);
}

type Use = 'predict' | 'similar' | 'embed';

async function ask(
  host: Host,
  command: 'predict' | 'similar',
  target: unknown,
  selected: unknown,
  args: string[],
): Promise<Used | undefined> {
  if (!(await requireTrust())) return undefined;
  const title = command === 'predict' ? t('Predict') : t('Find Similar');
  const run = target instanceof TrackedRun ? target : await askRun(host, command, title);
  const named = Array.isArray(selected) ? selected.flatMap((one) => uriOf(one) ?? []) : [];
  const given = named.length > 0 ? named : run && (await askData(host, title, uriOf(target)));
  if (!run?.record || !given) return undefined;
  const files = (Array.isArray(given) ? given : [given]).map(({ fsPath }) => fsPath);
  const answers = new UseAnswers((file) => vscode.workspace.asRelativePath(file));
  const samples = new SamplesFile();
  const table = command === 'predict' ? path.join(os.tmpdir(), `pretrain-${randomUUID()}.csv`) : null;
  let isShown = false;
  try {
    const [first = ''] = files;
    const name = vscode.workspace.asRelativePath(first);
    const shown = files.length === 1 ? name : t('{0} and {1} more', name, files.length - 1);
    const doing = command === 'predict' ? t('Predicting {0}', shown) : t('Looking for what is like {0}', shown);
    const places = ['--samples', samples.path, ...(table === null ? [] : ['--csv', table])];
    const out = ['--out', path.dirname(run.folder)];
    const summary = await withTrainer(host, doing, [command, run.folder, ...files, ...args, ...places, ...out], {
      onLine: (line) => answers.add(line),
    });
    if (summary === undefined) return undefined;
    if ((summary as UseSummary).count === 0) {
      tellNothing(host, answers);
      return undefined;
    }
    isShown = true;
    return {
      command,
      run,
      files,
      shown,
      at: new Date().toISOString(),
      answers,
      pictures: await samples.read(host),
      table,
    };
  } finally {
    await samples.remove();
    if (table !== null && !isShown) await rm(table, { force: true });
  }
}

/** All was unreadable. */
function tellNothing(host: Host, { unreadable }: UseAnswers): void {
  for (const { file, reason } of unreadable) host.log.error(`${file}: ${reason}`);
  const [first] = unreadable;
  const more = unreadable.length > 1 ? ` ${t('So it is with {0} more: the log has all.', unreadable.length - 1)}` : '';
  void vscode.window.showErrorMessage(plain((first?.reason ?? t('There is no example in it.')) + more));
}

async function askData(host: Host, title: string, named: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (named) return named;
  return pickDataset(host.datasets, {
    title,
    placeholder: t('Of which file, folder or dataset?'),
    nothingFound: t('No dataset was found in this workspace. Choose a file or folder.'),
    openLabel: title,
  });
}

/** The run in front, the only one, or the one picked; undefined when there is none and the person knows, or none was picked. */
async function askRun(host: Host, use: Use, title: string): Promise<TrackedRun | undefined> {
  await host.runs.ready();
  const named = host.runs.runs.filter(({ record }) => record !== null && (use !== 'predict' || predicts(record)));
  const ready = await Promise.all(named.map(({ folder }) => hasCheckpoint(folder)));
  const candidates = named.filter((_, index) => ready[index]);
  if (candidates.length > 0) return chooseRun(host, candidates, { title, placeHolder: t('By which run?') });
  const [button, command] =
    use === 'predict' ? [t('Fine-Tune'), Command.fineTune] : [t('Start Pretraining'), Command.start];
  const text =
    use === 'predict'
      ? t('There is no run yet that has learned from labels. Fine-Tune teaches one.')
      : t('There is no run with a checkpoint yet that could be asked. Pretrain first.');
  if ((await vscode.window.showInformationMessage(text, button)) === button)
    await vscode.commands.executeCommand(command);
  return undefined;
}
