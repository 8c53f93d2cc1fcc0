import path from 'node:path';
import * as vscode from 'vscode';
import type { CheckResult } from '../protocol/trainer.js';
import { reason } from './message.js';
import { isRecipe } from './recipeFiles.js';
import { Cancelled, runCommand, type TrainerProgram } from './trainerProcess.js';

/** Milliseconds without a change before a recipe is checked. */
const QUIET = 300;

interface Check {
  version: number;
  abort: AbortController;
  /** Of this version, or of the one before while this one is being checked. */
  latest: CheckResult | null;
  isDone: boolean;
}

/**
 * Checks the open recipes in a process of their own, after each pause in typing; a check that became outdated is ended.
 * Nothing is checked in a workspace that is not trusted.
 */
export class RecipeChecks implements vscode.Disposable {
  private readonly changedEmitter = new vscode.EventEmitter<vscode.TextDocument>();
  /** A document has a new result, or none any more. */
  readonly onDidChange = this.changedEmitter.event;
  private readonly checks = new Map<string, Check>();
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly program: TrainerProgram,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listening = [
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.check(document, QUIET)),
      // What a recipe names on disk may have come or gone meanwhile.
      vscode.workspace.onDidSaveTextDocument((document) => this.check(document, 0, true)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.checkAll()),
    ];
    this.checkAll();
  }

  /** The result for the document as it is now; null while it is being checked. */
  result(document: vscode.TextDocument): CheckResult | null {
    const check = this.checks.get(document.uri.toString());
    return check?.version === document.version && check.isDone ? check.latest : null;
  }

  /** The last result there is, perhaps for the document as it was some keystrokes ago. */
  latest(document: vscode.TextDocument): CheckResult | null {
    return this.checks.get(document.uri.toString())?.latest ?? null;
  }

  dispose(): void {
    for (const { abort } of this.checks.values()) abort.abort();
    this.checks.clear();
    vscode.Disposable.from(...this.listening).dispose();
    this.changedEmitter.dispose();
  }

  private checkAll(): void {
    for (const document of vscode.workspace.textDocuments) this.check(document, 0);
  }

  private check(document: vscode.TextDocument, delay: number, again = false): void {
    if (!isRecipe(document.uri) || document.uri.scheme !== 'file' || !vscode.workspace.isTrusted) return;
    const key = document.uri.toString();
    const before = this.checks.get(key);
    if (before?.version === document.version && !again) return;
    before?.abort.abort();
    const check: Check = {
      version: document.version,
      abort: new AbortController(),
      latest: before?.latest ?? null,
      isDone: again && before?.version === document.version && before.isDone,
    };
    this.checks.set(key, check);
    const timer = setTimeout(() => void this.run(document, check), delay);
    check.abort.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  private async run(document: vscode.TextDocument, check: Check): Promise<void> {
    const file = document.uri.fsPath;
    try {
      const result = await runCommand(this.program, ['check', file, '--stdin'], {
        input: document.getText(),
        signal: check.abort.signal,
        cwd: path.dirname(file),
        onText: (text) => this.log.debug(text),
      });
      if (check.abort.signal.aborted) return;
      if (!isCheckResult(result)) throw new Error('The check printed something else than a result.');
      check.latest = result;
      check.isDone = true;
      this.changedEmitter.fire(document);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.log.error(`${file} could not be checked: ${reason(error)}`);
    }
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const check = this.checks.get(key);
    if (check === undefined) return;
    check.abort.abort();
    this.checks.delete(key);
    this.changedEmitter.fire(document);
  }
}

function isCheckResult(value: unknown): value is CheckResult {
  return typeof value === 'object' && value !== null && 'problems' in value && Array.isArray(value.problems);
}
