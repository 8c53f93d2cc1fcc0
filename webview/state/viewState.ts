/** Everything about the showing itself, in one serialisable table; it outlives a reload. */
export interface ViewState {
  runId: string | null;
  logAxis: boolean;
  /** Weight of the past in the moving average, 0..0.99. */
  smoothing: number;
  xAxis: XAxis;
  /** How codes become points of a plane, and what colours them. */
  mapMethod: MapMethod;
  mapColour: MapColour;
  /** Step of the time slider; null follows the run. */
  position: number | null;
  /** Step of the sample that is shown. */
  sample: number | null;
}

export type XAxis = 'step' | 'epoch' | 'time';
export type MapMethod = 'pca' | 'umap';
export type MapColour = 'label' | 'cluster';

export const MAX_SMOOTHING = 0.99;

const START: ViewState = {
  runId: null,
  logAxis: true,
  smoothing: 0.6,
  xAxis: 'step',
  mapMethod: 'pca',
  mapColour: 'label',
  position: null,
  sample: null,
};

/** What was kept, as far as it makes sense; the rest from the settings, then from the defaults. */
export function readViewState(kept: unknown, settings: unknown): ViewState {
  return { ...START, ...known(settings), ...known(kept) };
}

function known(value: unknown): Partial<ViewState> {
  if (typeof value !== 'object' || value === null) return {};
  const { runId, logAxis, smoothing, xAxis, mapMethod, mapColour, position, sample } = value as Record<string, unknown>;
  const read: Partial<ViewState> = {};
  if (typeof runId === 'string') read.runId = runId;
  if (typeof logAxis === 'boolean') read.logAxis = logAxis;
  if (typeof smoothing === 'number' && smoothing >= 0 && smoothing <= MAX_SMOOTHING) read.smoothing = smoothing;
  if (xAxis === 'step' || xAxis === 'epoch' || xAxis === 'time') read.xAxis = xAxis;
  if (mapMethod === 'pca' || mapMethod === 'umap') read.mapMethod = mapMethod;
  if (mapColour === 'label' || mapColour === 'cluster') read.mapColour = mapColour;
  if (isStep(position)) read.position = position;
  if (isStep(sample)) read.sample = sample;
  return read;
}

function isStep(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
