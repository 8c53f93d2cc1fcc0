import type { FromMonitor, ToMonitor } from '../src/protocol/monitor.js';
import { element, setText } from './dom.js';
import { Host, isMessage } from './host.js';
import { listenToKeys } from './keyboard.js';
import { measureAround } from './layout.js';
import { EventStore } from './state/events.js';
import { Inbox } from './state/inbox.js';
import { MapExamplesStore } from './state/mapExamples.js';
import { MetricStore } from './state/metrics.js';
import { sampleAt, shownStep, type Model, type Topic, type View } from './state/model.js';
import { Navigation } from './state/navigation.js';
import { SampleStore } from './state/sampleStore.js';
import { readViewState, type XAxis } from './state/viewState.js';
import { say, useTranslations } from './strings.js';
import { onThemeChange, readTheme } from './theme.js';
import { ActivityView } from './view/activity.js';
import { AgreementView } from './view/agreement.js';
import { CalibrationView } from './view/calibration.js';
import { ConfusionView } from './view/confusion.js';
import { GridsView } from './view/grids.js';
import { GuessesView } from './view/guesses.js';
import { Header } from './view/header.js';
import { announcement, HealthView } from './view/health.js';
import { LabelScoresView } from './view/labelScores.js';
import { LabelsView } from './view/labels.js';
import { LossView } from './view/loss.js';
import { MapView } from './view/map.js';
import { MatrixView } from './view/matrix.js';
import { Notice, Waiting } from './view/notice.js';
import { PairsView } from './view/pairs.js';
import { ReconstructionView } from './view/reconstruction.js';
import { RowsView } from './view/rows.js';
import { ScatterView } from './view/scatter.js';
import { TokensView } from './view/tokens.js';
import { TermsView } from './view/terms.js';
import { Timeline } from './view/timeline.js';
import { Turns } from './view/turns.js';
import { WeightsView } from './view/weights.js';

/** Time for reading messages in one frame of 16 ms, in milliseconds; the rest is for drawing. */
const READING = 6;
/** Reading of a long history may take longer while nothing moves yet. */
const CATCHING_UP = 12;

useTranslations(readJson('strings'));

const now = (): number => performance.now();
const changed = new Set<Topic>(['run', 'metrics', 'events', 'samples', 'view', 'theme', 'size', 'progress']);
let frame = 0;
let theme = readTheme();
const currentTheme = (): typeof theme => theme;

const host = new Host<ToMonitor, FromMonitor>(isMessage, (message) => {
  inbox.add(message);
  schedule();
});
const model: Model = {
  run: null,
  state: null,
  metrics: new MetricStore(),
  events: new EventStore(),
  samples: new SampleStore((step) => host.send({ type: 'requestSample', step }), now),
  mapExamples: new MapExamplesStore(() => host.send({ type: 'requestExamples' })),
  view: readViewState(host.kept, readJson('settings')),
  zoom: null,
  progress: null,
  failure: null,
  live: false,
};
const inbox = new Inbox({ message: receive, line: readLine }, now);

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const navigation = new Navigation(
  model,
  () => change('view'),
  now,
  () => calm.matches,
);
const header = new Header({
  send: (message) => host.send(message),
  dismissFailure: () => fail(null),
  fail,
  renderAfter,
});
const curveActions = { setZoom, redraw: () => change('size'), renderAfter };
const turns = new Turns();
const lossActions = {
  ...curveActions,
  setLog: (logAxis: boolean) => setView({ logAxis }),
  setSmoothing: (smoothing: number) => setView({ smoothing }),
  setXAxis(xAxis: XAxis) {
    model.zoom = null; // it is in the units of the axis
    setView({ xAxis });
  },
};
const loss = new LossView(currentTheme, lossActions, turns);
const terms = new TermsView(currentTheme, curveActions, turns);
const notice = new Notice((message) => host.send(message));
const waiting = new Waiting(renderAfter);
/** What samples hold, one view for each kind; where there is none of a kind, its view is absent. */
const sampleViews = {
  beside: [
    new ReconstructionView(currentTheme),
    new PairsView(),
    new GuessesView(),
    new LabelsView(),
    new AgreementView(),
    new TokensView(),
    new ScatterView(currentTheme),
  ],
  measured: [new ConfusionView(), new LabelScoresView(), new CalibrationView()],
  wide: [new GridsView(), new RowsView(), new ActivityView(currentTheme)],
  below: [
    new MapView(currentTheme, {
      setMethod: (mapMethod) => setView({ mapMethod }),
      setColour: (mapColour) => setView({ mapColour }),
    }),
    new WeightsView(currentTheme),
    new MatrixView(currentTheme),
  ],
} satisfies Record<string, View[]>;
const health = new HealthView((message) => host.send(message));
const timeline = new Timeline(navigation, currentTheme);
const spoken = element('div', { class: 'for-listeners', 'aria-live': 'polite', role: 'status' });
const views: View[] = [header, notice, waiting, loss, terms, ...Object.values(sampleViews).flat(), health, timeline];

const root = document.getElementById('monitor') ?? document.body;
root.append(
  header.element,
  notice.element,
  element(
    'main',
    { 'aria-label': say('monitor') },
    waiting.element,
    element(
      'div',
      { class: 'row row-large' },
      element('div', { class: 'curves' }, loss.element, terms.element),
      ...elementsOf(sampleViews.beside),
    ),
    element('div', { class: 'row' }, ...elementsOf(sampleViews.measured)),
    ...elementsOf(sampleViews.wide).map((one) => element('div', { class: 'row' }, one)),
    element('div', { class: 'row' }, ...elementsOf(sampleViews.below), health.element),
  ),
  timeline.element,
  spoken,
);

measureAround(root, [header.element, notice.element, timeline.element]);
onThemeChange(() => {
  theme = readTheme();
  change('theme');
});
new ResizeObserver(() => change('size')).observe(root);
listenToKeys({
  togglePause: () => header.togglePause(model.state),
  toggleLog: () => loss.toggleLog(),
  stepBy: (direction) => navigation.stepBy(direction),
  first: () => navigation.first(),
  live: () => navigation.goTo(null),
});
const first = readJson('first');
if (host.kept === undefined && isMessage(first)) inbox.add(first); // of a page that comes back it would be out of date
schedule();
host.send({ type: 'ready', runId: model.view.runId });

function elementsOf(some: readonly View[]): HTMLElement[] {
  return some.map((view) => view.element);
}

function change(topic: Topic): void {
  changed.add(topic);
  schedule();
}

function schedule(): void {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
}

let wakeUp: ReturnType<typeof setTimeout> | undefined;
let wakeUpAt = Infinity;

function renderAfter(milliseconds: number): void {
  const at = now() + milliseconds;
  if (at >= wakeUpAt) return;
  clearTimeout(wakeUp);
  wakeUpAt = at;
  wakeUp = setTimeout(() => {
    wakeUpAt = Infinity;
    change('clock');
  }, milliseconds);
}

/** One frame: read what has come, draw what has changed. */
function draw(): void {
  if (inbox.read(model.live ? READING : CATCHING_UP)) schedule();
  if (changed.size === 0) return;
  const topics = new Set(changed);
  changed.clear();
  for (const view of views) view.render(model, topics);
  if (topics.has('view') || topics.has('samples') || topics.has('events')) keep();
}

function setView(part: Partial<Model['view']>): void {
  Object.assign(model.view, part);
  change('view');
}

function setZoom(zoom: Model['zoom']): void {
  model.zoom = zoom;
  change('view');
}

let kept = '';

function keep(): void {
  if (model.run) model.view.sample = sampleAt(model, shownStep(model))?.step ?? model.view.sample;
  const state = JSON.stringify(model.view);
  if (state === kept) return;
  kept = state;
  host.keep(model.view);
}

function fail(message: string | null): void {
  model.failure = message;
  change('run');
}

function receive(message: Exclude<ToMonitor, { type: 'metrics' | 'events' }>): void {
  switch (message.type) {
    case 'show':
      show(message.run.id);
      model.run = message.run;
      model.state = message.state;
      break;
    case 'run':
      if (model.run && message.run.id !== model.run.id) break; // about a run that is no longer shown
      if (message.state !== model.state && model.live) {
        model.failure = null;
        setText(spoken, say(message.state));
      }
      model.run = message.run;
      model.state = message.state;
      break;
    case 'progress':
      model.progress = { ...message, since: model.progress?.since ?? now() };
      changed.add('progress');
      break;
    case 'sample':
      model.samples.receive(message.step, message.bytes);
      changed.add('samples');
      return;
    case 'examples':
      model.mapExamples.receive(message.bytes);
      changed.add('samples');
      return;
    case 'live':
      model.live = true;
      break;
    case 'failed':
      model.failure = message.message;
      break;
  }
  changed.add('run');
}

function show(runId: string): void {
  navigation.stop();
  const same = runId === model.view.runId;
  model.metrics = new MetricStore();
  model.events = new EventStore();
  model.samples.clear();
  model.mapExamples.clear();
  model.progress = null;
  model.failure = null;
  model.live = false;
  if (!same) {
    Object.assign(model.view, { runId, position: null, sample: null });
    model.zoom = null;
  }
  if (same && model.view.sample !== null) model.samples.get(model.view.sample);
  for (const topic of ['metrics', 'events', 'samples', 'view'] as const) changed.add(topic);
}

function readLine(file: 'metrics' | 'events', line: string): void {
  changed.add(file);
  if (file === 'metrics') {
    const before = model.metrics.lastStep;
    model.metrics.addLine(line);
    if (model.live && model.metrics.lastStep < before) model.events.forgetFrom(model.metrics.lastStep);
    return;
  }
  const before = model.events.samples.at(-1);
  const happening = model.events.addLine(line);
  const newest = model.events.samples.at(-1);
  if (newest && newest !== before) model.samples.forget(newest.step); // drawn anew
  if (model.live && happening && happening.type !== 'state') setText(spoken, announcement(happening, model.run));
}

function readJson(id: string): unknown {
  try {
    return JSON.parse(document.getElementById(id)?.textContent ?? '{}');
  } catch {
    return {}; // the page then speaks English and starts from the defaults
  }
}
