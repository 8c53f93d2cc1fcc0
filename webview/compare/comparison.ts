import { comparisonCsv, comparisonMarkdown } from '../../src/protocol/comparison.js';
import { isToComparison, type FromComparison, type ToComparison } from '../../src/protocol/comparisonPage.js';
import { isAlive } from '../../src/protocol/run.js';
import { element, setShown, setText } from '../dom.js';
import { whole } from '../format.js';
import { Host } from '../host.js';
import { say, useTranslations } from '../strings.js';
import { onThemeChange, readColours, readTheme } from '../theme.js';
import { createButton } from '../ui.js';
import { CurvesView } from './curves.js';
import { nameRuns, readView, ShownRun, type ComparisonView } from './model.js';
import { RecipesView } from './recipes.js';
import { cellText, ResultsView, shownOrder, titleOf } from './results.js';

/** So many runs have colours of their own; of more, colours come again. */
const COLOURS = 8;
/** Milliseconds in which histories are read before a frame is drawn. */
const READING = 8;
/** Milliseconds between two drawings of the tables while runs train. */
const TABLES_EVERY = 500;

useTranslations(JSON.parse(document.getElementById('strings')?.textContent ?? '{}'));

let theme = readTheme();
let colours = readColours('--compare', COLOURS);
let runs: ShownRun[] = [];
let zoom: readonly [number, number] | null = null;
let tablesAt = -Infinity;
let tablesChanged = true;
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const host = new Host<ToComparison, FromComparison>(isToComparison, receive);
let view = readView(host.kept);

const root = document.getElementById('comparison') ?? document.body;
const waiting = element('p', { class: 'quiet waiting-note', role: 'status' }, say('compareWaiting'));
const summary = element('span', { class: 'summary' });
const trouble = element('p', { class: 'control-failure', role: 'alert', hidden: '' });
const few = element('p', { class: 'quiet few-note', role: 'status', hidden: '' }, say('compareFew'));
const curves = new CurvesView(
  () => theme,
  (place) => colours[place] ?? theme.foreground,
  {
    setLog: (logAxis) => setView({ logAxis }),
    setSmoothing: (smoothing) => setView({ smoothing }),
    setXAxis: (xAxis) => {
      zoom = null; // it is in the units of the axis
      setView({ xAxis });
    },
    setZoom: (wanted) => {
      zoom = wanted;
      draw();
    },
    redraw: draw,
    toggle: ({ folder }) => {
      const { hidden } = view;
      setView({ hidden: hidden.includes(folder) ? hidden.filter((one) => one !== folder) : [...hidden, folder] });
    },
  },
);
const results = new ResultsView({
  setSort: (sort) => setView({ sort }, true),
  setFilter: (filter) => setView({ filter }, true),
  takeOut: (run) => {
    host.send({ type: 'takeOut', folder: run.folder });
    compare(runs.filter((other) => other !== run));
  },
  openMonitor: ({ folder }) => host.send({ type: 'openMonitor', folder }),
});
const recipes = new RecipesView();
const main = element(
  'main',
  { 'aria-label': say('comparison'), hidden: '' },
  few,
  curves.element,
  results.element,
  recipes.element,
);

root.append(header(), trouble, waiting, main);
onThemeChange(() => {
  theme = readTheme();
  colours = readColours('--compare', COLOURS);
  draw();
});
host.send({ type: 'ready', folders: view.folders.length > 0 ? view.folders : null });

function header(): HTMLElement {
  const buttons = [
    createButton({ label: say('compareAdd'), primary: true, onClick: () => host.send({ type: 'add' }) }),
    createButton({ label: say('exportCsv'), onClick: () => exportAs('csv') }),
    createButton({ label: say('exportMarkdown'), onClick: () => exportAs('markdown') }),
  ];
  return element(
    'header',
    { class: 'header' },
    element(
      'div',
      { class: 'title-line' },
      element('div', { class: 'title' }, element('h1', {}, say('comparison')), summary),
      element('div', { class: 'controls' }, ...buttons.map((button) => button.element)),
    ),
  );
}

function receive(message: ToComparison): void {
  switch (message.type) {
    case 'compare': {
      const known = new Map(runs.map((one) => [one.folder, one]));
      const places = freePlaces(message.runs.flatMap(({ folder }) => known.get(folder)?.place ?? []));
      compare(
        message.runs.map(
          ({ folder, run, state, recipe }) =>
            new ShownRun(
              folder,
              known.get(folder)?.place ?? places(),
              run,
              state,
              recipe,
              () => (tablesChanged = true),
            ),
        ),
      );
      setShown(trouble, false);
      return;
    }
    case 'feed':
      runs.find(({ folder }) => folder === message.folder)?.inbox.add(message.message);
      tablesChanged = true; // the best losses come from what is measured
      return draw();
    case 'trouble':
      setText(trouble, message.message);
      return setShown(trouble, true);
  }
}

/** A run keeps its colour while others come and go. */
function freePlaces(taken: readonly number[]): () => number {
  const free = Array.from({ length: COLOURS }, (_, place) => place).filter((place) => !taken.includes(place));
  let next = 0;
  return () => free.shift() ?? next++ % COLOURS;
}

function compare(shown: ShownRun[]): void {
  runs = shown;
  nameRuns(runs);
  zoom = null;
  setShown(waiting, false);
  setShown(main, true);
  setShown(few, runs.length < 2);
  curves.setRuns(runs);
  recipes.render(runs);
  setView({ folders: runs.map(({ folder }) => folder) }, true);
}

function setView(changes: Partial<ComparisonView>, tables = false): void {
  view = { ...view, ...changes };
  host.keep(view);
  if (tables) {
    tablesChanged = true;
    tablesAt = -Infinity;
  }
  draw();
}

function exportAs(as: 'csv' | 'markdown'): void {
  const shown = shownOrder(runs, view).flatMap((index) => runs[index] ?? []);
  const text = as === 'csv' ? comparisonCsv(shown) : comparisonMarkdown(shown, { title: titleOf, cell: cellText });
  host.send({ type: 'export', as, text });
}

/** Draws with the next frame. */
function draw(): void {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    render();
  });
}

function render(): void {
  let unread = false;
  for (const run of runs) unread = run.inbox.read(READING / runs.length) || unread;
  curves.render(view, zoom);
  if (unread) draw();
  const wait = tablesAt + TABLES_EVERY - performance.now();
  results.element.ariaBusy = String(tablesChanged || unread);
  if (!tablesChanged && !unread) return;
  if (wait > 0) drawTablesIn(wait);
  else renderTables(unread);
}

function drawTablesIn(milliseconds: number): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    draw();
  }, milliseconds);
}

/** @param unread whether more of the histories is to come */
function renderTables(unread: boolean): void {
  tablesChanged = unread;
  tablesAt = performance.now();
  results.render(runs, view);
  results.element.ariaBusy = String(unread);
  const training = runs.filter(({ state }) => isAlive(state)).length;
  setText(
    summary,
    training === 0
      ? say('compareCount', whole(runs.length))
      : say('compareCountTraining', whole(runs.length), whole(training)),
  );
}
