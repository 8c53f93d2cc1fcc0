/** Names that the manifest and the code share: a test holds package.json against them. */

export const Command = {
  newRecipe: 'pretrain.newRecipe',
  start: 'pretrain.start',
  fineTune: 'pretrain.fineTune',
  measureEfficiency: 'pretrain.measureEfficiency',
  openEfficiency: 'pretrain.openEfficiency',
  predict: 'pretrain.predict',
  findSimilar: 'pretrain.findSimilar',
  embed: 'pretrain.embed',
  openMonitor: 'pretrain.openMonitor',
  pause: 'pretrain.pause',
  resume: 'pretrain.resume',
  stop: 'pretrain.stop',
  sampleNow: 'pretrain.sampleNow',
  setLearningRate: 'pretrain.setLearningRate',
  diagnoseEngines: 'pretrain.diagnoseEngines',
  installNativeEngine: 'pretrain.installNativeEngine',
  createSampleDataset: 'pretrain.createSampleDataset',
  inspectDataset: 'pretrain.inspectDataset',
  openRunFolder: 'pretrain.openRunFolder',
  openRecipe: 'pretrain.openRecipe',
  reproduce: 'pretrain.reproduce',
  compareRuns: 'pretrain.compareRuns',
  deleteRun: 'pretrain.deleteRun',
  showLog: 'pretrain.showLog',
  refresh: 'pretrain.refresh',
  refreshDatasets: 'pretrain.refreshDatasets',
  revealDataset: 'pretrain.revealDataset',
} as const;
export type Command = (typeof Command)[keyof typeof Command];

export const View = {
  container: 'pretrain',
  datasets: 'pretrain.datasets',
  recipes: 'pretrain.recipes',
  runs: 'pretrain.runs',
} as const;

/** Keys for the when clauses of the manifest. */
export const ContextKey = {
  /** There are runs at all. */
  hasRuns: 'pretrain.hasRuns',
  /** Some run predicts. */
  predicts: 'pretrain.predicts',
  /** Some run is preparing or training, some is paused, some can be resumed. */
  running: 'pretrain.running',
  paused: 'pretrain.paused',
  resumable: 'pretrain.resumable',
} as const;

export const Setting = {
  openMonitorOnStart: 'pretrain.openMonitorOnStart',
} as const;

/** View types of the webview panels. */
export const MONITOR = 'pretrain.monitor';
export const INSPECTION = 'pretrain.inspection';
export const EFFICIENCY = 'pretrain.efficiency';
export const USE = 'pretrain.use';
export const COMPARISON = 'pretrain.comparison';

export const TASK_TYPE = 'pretrain';

export const WALKTHROUGH = 'pretrain.start';

/** VS Code's own command that shows the Problems view. */
export const SHOW_PROBLEMS = 'workbench.panel.markers.view.focus';

/** Language of recipes: JSON with comments, by a name of its own so that no other file activates the extension. */
export const RECIPE_LANGUAGE = 'pretrain-recipe';

/** What a recipe file is called. */
export const RECIPE_ENDING = '.pretrain.json';
export const RECIPE_GLOB = '**/*.pretrain.json';
