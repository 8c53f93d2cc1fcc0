import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { EFFICIENCY_FOLDER, EfficiencyFile } from '../protocol/efficiency.js';
import { RUNS_FOLDER, predicts, type RunState } from '../protocol/run.js';
import { Command, View } from './contributions.js';
import { EfficiencyResult, listEfficiency } from './efficiencyResults.js';
import { runText, stateText } from './format.js';
import type { Host } from './host.js';
import { modes } from './methods.js';
import { hasCheckpoint } from './runFolder.js';
import type { TrackedRun } from './trackedRun.js';
import { canStartFrom } from './trainers.js';

/** Milliseconds between two updates of what stands beside the runs. */
const INTERVAL = 1000;

type RunsElement = TrackedRun | EfficiencyResult;

/** Runs, newest first; a run stands under the one it started from, and what was measured of its encoder under it. */
export function registerRunsTree({ runs, log }: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<RunsElement | undefined>();
  const waiting = new Set<TrackedRun>();
  const shownStates = new Map<TrackedRun, RunState>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    for (const run of waiting) changed.fire(run);
    waiting.clear();
  };
  const view = vscode.window.createTreeView<RunsElement>(View.runs, {
    showCollapseAll: false,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (parent) => {
        if (parent instanceof EfficiencyResult) return [];
        const ids = new Set(runs.runs.map(({ id }) => id));
        const parentOf = (run: TrackedRun) =>
          run.record !== null && run.record.parent !== null && ids.has(run.record.parent)
            ? run.record.parent
            : undefined;
        const below = runs.runs.filter((run) => parentOf(run) === parent?.id);
        return parent === undefined ? below : [...(await listEfficiency(parent.folder)), ...below];
      },
      getTreeItem: async (run) => {
        if (run instanceof EfficiencyResult) return efficiencyItem(run);
        shownStates.set(run, run.state);
        const isParent =
          runs.runs.some(({ record }) => record?.parent === run.id) || (await listEfficiency(run.folder)).length > 0;
        return item(run, isParent, runs.runs.find(({ id }) => id === run.record?.parent)?.record?.name);
      },
    },
  });
  const tellProblems = () => {
    const text = runs.problems.join('\n');
    if (text !== '' && text !== view.message) log.error(text);
    view.message = text;
  };
  // Of a folder in a new folder not every watcher hears; of what a measurement puts beside it, and takes away, they do.
  const measured = vscode.workspace.createFileSystemWatcher(
    `**/${RUNS_FOLDER}/*/${EFFICIENCY_FOLDER}/{*,*/${EfficiencyFile.record}}`,
  );
  const changeAll = () => changed.fire(undefined);
  return vscode.Disposable.from(
    changed,
    view,
    measured,
    measured.onDidCreate(changeAll),
    measured.onDidChange(changeAll),
    measured.onDidDelete(changeAll),
    { dispose: () => clearTimeout(timer) },
    vscode.Disposable.from(
      runs.listChanged.add(() => {
        changed.fire(undefined);
        tellProblems();
      }),
      runs.runChanged.add((run) => {
        if (shownStates.get(run) !== run.state) {
          changed.fire(run);
          return;
        } // a new state is worth showing at once
        waiting.add(run);
        timer ??= setTimeout(flush, INTERVAL);
      }),
    ),
  );
}

function efficiencyItem(result: EfficiencyResult): vscode.TreeItem {
  const { record, problem, folder, at } = result;
  const item = new vscode.TreeItem(t('Label efficiency'));
  item.id = folder;
  item.contextValue = 'efficiency';
  if (record === null) {
    item.description = t('cannot be read');
    item.tooltip = problem ?? folder;
    item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  } else {
    item.description = record.complete ? record.sentence : `${t('unfinished')} · ${record.sentence}`;
    item.tooltip = new vscode.MarkdownString()
      .appendText(record.sentence)
      .appendMarkdown('\n\n')
      .appendText(new Date(at).toLocaleString(vscode.env.language));
    item.iconPath = new vscode.ThemeIcon('graph-line');
  }
  item.command = { command: Command.openEfficiency, title: t('Open Label Efficiency'), arguments: [result] };
  return item;
}

/** @param above name of the run it stands under: one of the same name is told from it by its mode */
async function item(run: TrackedRun, isParent: boolean, above: string | undefined): Promise<vscode.TreeItem> {
  const { record, state, shown } = run;
  const expansion = isParent ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None;
  const result = new vscode.TreeItem(record?.name ?? run.id, expansion);
  // Another id, because what an item was when it was first shown, here without children, is kept for its id.
  result.id = isParent ? `${run.folder}#parent` : run.folder;
  if (record === null) {
    result.description = t('cannot be read');
    result.tooltip = run.problem === null ? run.folder : run.problem;
    result.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    result.contextValue = 'run.unreadable';
    return result;
  }
  const mode = record.stage === 'finetune' ? (await modes()).find(({ name }) => name === record.method) : undefined;
  const text = runText(record, state, vscode.env.language);
  if (mode && record.name === above) result.label = mode.title;
  const what = [record.reproduces && t('reproduction'), record.name !== above && mode?.title].filter(Boolean);
  result.description = [...what, text].join(' · ');
  result.tooltip = tooltip(run);
  result.iconPath = icon(state);
  const abilities = [
    ...((await canStartFrom(run)) ? ['encoder'] : []),
    ...(predicts(record) && (await hasCheckpoint(run.folder)) ? ['predicts'] : []),
  ];
  result.contextValue = ['run', state, ...abilities].join('.');
  result.accessibilityInformation = {
    label: [record.name, mode?.title, stateText(state), text, shown?.error?.message]
      .filter((part) => part !== undefined)
      .join(', '),
  };
  result.command = { command: Command.openMonitor, title: t('Open Monitor'), arguments: [run] };
  return result;
}

function tooltip({ record, state, shown, folder }: TrackedRun): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  if (record === null) return text;
  const date = new Date(record.created);
  const lines = [
    record.summary,
    record.reproduces && t('Reproduction of {0}', record.reproduces.id),
    `${stateText(state)} · ${Number.isNaN(date.getTime()) ? record.created : date.toLocaleString(vscode.env.language)}`,
    shown?.error?.message,
    shown?.error?.advice,
    record.engine === null ? undefined : `${record.engine.name} ${record.engine.version}`,
    folder,
  ];
  for (const line of lines) if (line !== undefined) text.appendText(line).appendMarkdown('\n\n');
  return text;
}

function icon(state: RunState): vscode.ThemeIcon {
  const color = (name: string) => new vscode.ThemeColor(name);
  switch (state) {
    case 'preparing':
      return new vscode.ThemeIcon('loading~spin');
    case 'running':
      return new vscode.ThemeIcon('sync~spin', color('charts.green'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause', color('charts.yellow'));
    case 'stopped':
      return new vscode.ThemeIcon('debug-stop');
    case 'completed':
      return new vscode.ThemeIcon('pass', color('charts.green'));
    case 'failed':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect', color('list.warningForeground'));
  }
}
