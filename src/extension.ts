import path from 'node:path';
import * as vscode from 'vscode';
import { registerCodeLens } from './host/codeLens.js';
import { registerCompareCommand } from './host/compareCommand.js';
import { registerContextKeys } from './host/contextKeys.js';
import { Datasets } from './host/datasets.js';
import { registerDatasetsTree } from './host/datasetsTree.js';
import { registerEfficiency } from './host/efficiencyCommands.js';
import { registerEngineCommands } from './host/engineCommands.js';
import { registerFineTuneCommand } from './host/fineTuneCommand.js';
import type { Host } from './host/host.js';
import { registerInspect } from './host/inspect.js';
import { languageEnvironment, speakEditorLanguage } from './host/language.js';
import { registerLogCommands } from './host/logCommands.js';
import { registerMonitor } from './host/monitor.js';
import { registerNewRecipe } from './host/newRecipe.js';
import { registerOutcomes } from './host/outcomes.js';
import { RecipeChecks } from './host/recipeChecks.js';
import { RecipeFiles } from './host/recipeFiles.js';
import { registerRecipeProblems } from './host/recipeProblems.js';
import { registerRecipeLanguage } from './host/recipeLanguage.js';
import { registerRecipesTree } from './host/recipesTree.js';
import { registerRunCommands } from './host/runCommands.js';
import { registerRunsTree } from './host/runsTree.js';
import { RunStore } from './host/runStore.js';
import { registerRunWatcher } from './host/runWatcher.js';
import { registerSampleDataset } from './host/sampleDataset.js';
import { registerStartCommand } from './host/startCommand.js';
import { registerStatusBar } from './host/statusBar.js';
import { registerTasks } from './host/tasks.js';
import { registerUse } from './host/useCommands.js';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Pretrain Studio', { log: true });
  speakEditorLanguage();
  const nativeDir = path.join(context.globalStorageUri.fsPath, 'native');
  const program = {
    execPath: process.execPath,
    script: context.asAbsolutePath(path.join('dist', 'trainer.js')),
    nativeDir,
    env: { ELECTRON_RUN_AS_NODE: '1', PRETRAIN_NATIVE_DIR: nativeDir, ...languageEnvironment() },
  };
  const runs = new RunStore({ mayConnect: () => vscode.workspace.isTrusted });
  const recipes = new RecipeFiles();
  const checks = new RecipeChecks(program, log);
  const datasets = new Datasets(log);
  const host: Host = {
    ...{ context, log, program, runs, recipes, datasets, checks },
    activeRun: undefined,
    visibleRuns: new Set(),
  };
  const features = [
    registerContextKeys,
    registerDatasetsTree,
    registerRecipesTree,
    registerRunsTree,
    registerStatusBar,
    registerOutcomes,
    registerMonitor,
    registerNewRecipe,
    registerStartCommand,
    registerFineTuneCommand,
    registerEfficiency,
    registerUse,
    registerCompareCommand,
    registerRunCommands,
    registerEngineCommands,
    registerSampleDataset,
    registerInspect,
    registerLogCommands,
    registerRecipeLanguage,
    registerRecipeProblems,
    registerCodeLens,
    registerTasks,
    registerRunWatcher,
  ];
  context.subscriptions.push(log, runs, recipes, datasets, checks, ...features.map((register) => register(host)));
}
