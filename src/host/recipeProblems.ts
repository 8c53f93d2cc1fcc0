import * as vscode from 'vscode';
import type { Fix, Problem } from '../protocol/trainer.js';
import type { Host } from './host.js';
import { RECIPE_GLOB } from './contributions.js';

const SOURCE = 'pretrain';
/** Problems that VS Code's JSON language finds itself: showing them again would double them. */
const JSON_OWN = 'json/';

/** Squiggles and quick fixes for what is wrong with a recipe. */
export function registerRecipeProblems({ checks }: Host): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection(SOURCE);
  return vscode.Disposable.from(
    diagnostics,
    checks.onDidChange((document) => {
      const problems = document.isClosed ? [] : (checks.result(document)?.problems ?? []);
      diagnostics.set(document.uri, problems.filter(({ code }) => !code.startsWith(JSON_OWN)).map(diagnostic));
    }),
    vscode.languages.registerCodeActionsProvider(
      { pattern: RECIPE_GLOB },
      {
        provideCodeActions: (document, range, { diagnostics: shown }) =>
          (checks.result(document)?.problems ?? [])
            .filter((problem) => rangeOf(problem).intersection(range) !== undefined)
            .flatMap((problem) => problem.fixes.map((fix) => action(document, problem, fix, shown))),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
}

function diagnostic(problem: Problem): vscode.Diagnostic {
  const severities = {
    error: vscode.DiagnosticSeverity.Error,
    warning: vscode.DiagnosticSeverity.Warning,
    information: vscode.DiagnosticSeverity.Information,
  };
  const result = new vscode.Diagnostic(rangeOf(problem), problem.message, severities[problem.severity]);
  result.source = SOURCE;
  result.code = problem.code;
  return result;
}

function action(
  document: vscode.TextDocument,
  problem: Problem,
  fix: Fix,
  shown: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const result = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  result.edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(fix.offset), document.positionAt(fix.offset + fix.length));
  result.edit.replace(document.uri, range, fix.text);
  result.diagnostics = shown.filter((one) => one.range.intersection(rangeOf(problem)) !== undefined);
  result.isPreferred = problem.fixes.length === 1;
  return result;
}

/** Problems count lines and columns from 1. */
function rangeOf({ line, column, endLine, endColumn }: Problem): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}
