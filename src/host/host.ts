import type * as vscode from 'vscode';
import type { Datasets } from './datasets.js';
import type { RecipeChecks } from './recipeChecks.js';
import type { RecipeFiles } from './recipeFiles.js';
import type { RunStore } from './runStore.js';
import type { TrackedRun } from './trackedRun.js';
import type { TrainerProgram } from './trainerProcess.js';

/** What the features share; extension.ts makes it. */
export interface Host {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly program: TrainerProgram;
  readonly runs: RunStore;
  readonly recipes: RecipeFiles;
  readonly datasets: Datasets;
  readonly checks: RecipeChecks;
  /** The run whose monitor is in front, if one is. */
  activeRun: TrackedRun | undefined;
  /** The runs whose monitors can be seen. */
  readonly visibleRuns: Set<TrackedRun>;
}
