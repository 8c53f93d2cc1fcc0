import path from 'node:path';
import * as vscode from 'vscode';
import { findDatasets, type Search } from '../data/find.js';
import type { Detection } from '../data/reader.js';
import { summarize, type Summary } from '../data/summary.js';
import { t } from '../protocol/l10n.js';
import { reason } from './message.js';

export interface FoundDataset {
  readonly uri: vscode.Uri;
  /** Within the workspace, as people read it. */
  readonly label: string;
  readonly detection: Detection;
  readonly summary: Summary | null;
}

/** Milliseconds without a change of files after which datasets are looked for again. */
const QUIET = 1500;
/** Milliseconds between two searches that nobody asked for. */
const APART = 10_000;
/** Where what changes is no data. */
const ELSEWHERE = /\/(\.[^/]+|node_modules|__pycache__)\//;

/** The datasets of the workspace: looked for when somebody wants to see them, and again when files come and go. */
export class Datasets implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** More was found, or a search has ended. */
  readonly onDidChange = this.changed.event;
  private readonly began = new vscode.EventEmitter<void>();
  readonly onDidBegin = this.began.event;
  private found: FoundDataset[] = [];
  private cut: Search['cut'] = null;
  private search: { abort: AbortController; ended: Promise<void> } | null = null;
  private isUnderWay = false;
  private waiting: NodeJS.Timeout | undefined;
  private lastEnd = -Infinity;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly log: vscode.LogOutputChannel) {
    const files = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    const rules = vscode.workspace.createFileSystemWatcher('**/.gitignore');
    const touched = (file: vscode.Uri): void => {
      if (!ELSEWHERE.test(`/${vscode.workspace.asRelativePath(file)}`)) this.lookSoon();
    };
    const again = (): void => this.lookSoon();
    this.subscriptions = [
      ...[files, files.onDidCreate(touched), files.onDidDelete(touched)],
      ...[rules, rules.onDidCreate(again), rules.onDidChange(again), rules.onDidDelete(again)],
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.search && this.refresh()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('search.useIgnoreFiles')) again();
      }),
    ];
  }

  /** Those found until now, the nearest first within each folder of the workspace; the first call begins to look. */
  list(): readonly FoundDataset[] {
    if (!this.search) this.refresh();
    return this.found;
  }

  get isLooking(): boolean {
    return this.isUnderWay;
  }

  /** When not all was looked at: why; else empty. */
  get hint(): string {
    if (this.cut === 'time') return t('The workspace is large: not all folders were looked at.');
    return this.cut === 'limit' ? t('There may be more datasets than are listed.') : '';
  }

  /** Resolves when the search under way has ended. */
  ended(): Promise<void> {
    if (!this.search) this.refresh();
    return this.search?.ended ?? Promise.resolve();
  }

  /** Looks again. What is listed stays until more is known. */
  refresh(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.search?.abort.abort();
    const abort = new AbortController();
    this.isUnderWay = true;
    const ended = this.look(abort.signal)
      .catch((error: unknown) => this.log.error(t('The workspace could not be searched: {0}', reason(error))))
      .then(() => {
        if (abort.signal.aborted) return;
        this.isUnderWay = false;
        this.lastEnd = performance.now();
        this.changed.fire();
      });
    this.search = { abort, ended };
    this.began.fire();
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.search?.abort.abort();
    for (const one of this.subscriptions) one.dispose();
    this.changed.dispose();
    this.began.dispose();
  }

  /** Nobody has looked yet: then nothing has to be looked for again. */
  private lookSoon(): void {
    if (!this.search) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.refresh(), Math.max(QUIET, this.lastEnd + APART - performance.now()));
  }

  private async look(signal: AbortSignal): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const first = this.found.length === 0;
    const found: FoundDataset[][] = folders.map(() => []);
    const show = (): void => {
      if (signal.aborted) return;
      this.found = found.flat();
      this.changed.fire();
    };
    const searches = folders.map(async ({ uri }, i) => {
      const summaries: Promise<void>[] = [];
      const started = performance.now();
      const { cut } = await findDatasets(uri.fsPath, {
        signal,
        ...searchSettings(uri),
        onFound: (detection) => {
          const place = summaries.length;
          const one = summarize(detection).then((summary) => {
            const list = found[i] as FoundDataset[];
            list[place] = describe(detection, summary);
            if (first) show();
          });
          summaries.push(one);
        },
      });
      await Promise.all(summaries);
      this.log.debug(
        `found ${summaries.length} datasets in ${uri.fsPath} in ${Math.round(performance.now() - started)} ms${cut === null ? '' : ` (${cut})`}`,
      );
      return cut;
    });
    const cuts = await Promise.all(searches);
    if (!signal.aborted) this.cut = cuts.find((cut) => cut !== null) ?? null;
    show();
  }
}

function searchSettings(folder: vscode.Uri): { exclude: string[]; useIgnoreFiles: boolean } {
  const globs = vscode.workspace.getConfiguration('files', folder).get<Record<string, unknown>>('exclude', {});
  return {
    exclude: Object.keys(globs).filter((glob) => globs[glob] === true),
    useIgnoreFiles: vscode.workspace.getConfiguration('search', folder).get('useIgnoreFiles', true),
  };
}

function describe(detection: Detection, summary: Summary | null): FoundDataset {
  const uri = vscode.Uri.file(detection.path);
  const relative = vscode.workspace.asRelativePath(uri);
  const isRoot = relative === uri.fsPath || relative === '';
  return { uri, label: isRoot ? path.basename(uri.fsPath) : relative, detection, summary };
}
