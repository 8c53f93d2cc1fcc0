import type { Points } from '../chart/decimate.js';
import { LineChart } from '../chart/lineChart.js';
import { element, setAttribute, setShown } from '../dom.js';
import { measure, short } from '../format.js';
import { Smoothed } from '../state/smoothing.js';
import type { Series } from '../state/metrics.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { CurveControls, type CurveControlActions } from '../view/curveControls.js';
import { describeX, xAxisOf } from '../view/xAxis.js';
import type { ComparisonView, ShownRun } from './model.js';

const NOTHING: Points = { x: new Float64Array(0), y: new Float64Array(0), count: 0 };
/** Of more runs than that the values at the lines' ends would cover one another. */
const MOST_TOLD = 4;

export interface CurvesActions extends Omit<CurveControlActions, 'resetZoom'> {
  setZoom: (zoom: readonly [number, number] | null) => void;
  redraw: () => void;
  toggle: (run: ShownRun) => void;
}

/** Losses of all runs in one chart; its legend takes runs out of the chart and back. */
export class CurvesView {
  readonly element: HTMLElement;
  private readonly controls: CurveControls;
  private readonly legend = element('div', { class: 'legend run-legend', role: 'group' });
  private readonly frame = element('div', {
    class: 'chart-frame',
    role: 'img',
    tabindex: '0',
    title: say('chartHint'),
  });
  private readonly nothing = element('p', { class: 'quiet nothing-drawn' }, say('compareNoCurves'));
  private chart: LineChart | undefined;
  private runs: readonly ShownRun[] = [];
  private smoothed: Smoothed[] = [];
  private view: ComparisonView | undefined;

  /** @param colour of a run's lines, by its place */
  constructor(
    private readonly theme: () => Theme,
    private readonly colour: (place: number) => string,
    private readonly actions: CurvesActions,
  ) {
    this.controls = new CurveControls({ ...actions, resetZoom: () => actions.setZoom(null) });
    setAttribute(this.legend, 'aria-label', say('compareLegend'));
    this.element = element(
      'section',
      { class: 'section loss', 'aria-labelledby': 'loss-title' },
      element(
        'div',
        { class: 'section-head' },
        element('h2', { id: 'loss-title' }, say('lossTitle')),
        element(
          'div',
          { class: 'legend' },
          element('span', { class: 'legend-item line-training' }, element('i'), say('training')),
          element('span', { class: 'legend-item line-validation' }, element('i'), say('validation')),
        ),
        this.controls.element,
      ),
      this.legend,
      this.frame,
      this.nothing,
    );
    new ResizeObserver(() => actions.redraw()).observe(this.frame);
    this.frame.addEventListener('keydown', (event) => this.key(event));
  }

  /** Other runs than before: the chart is made anew. */
  setRuns(runs: readonly ShownRun[]): void {
    this.runs = runs;
    this.smoothed = runs.map(() => new Smoothed());
    const told = runs.length <= MOST_TOLD;
    this.chart = new LineChart({
      lines: runs.flatMap(({ label, place }) => [
        { name: say('compareTraining', label), colour: () => this.colour(place), width: 1.5, alpha: 0.85, told: false },
        { name: say('compareValidation', label), colour: () => this.colour(place), width: 2, dash: [5, 3], told },
      ]),
      colours: () => {
        const { muted, grid, fontFamily, fontSize } = this.theme();
        return { text: muted, grid, font: fontFamily, fontSize: fontSize - 1 };
      },
      describeX: (x) => describeX(this.view?.xAxis ?? 'step', x),
      onZoom: this.actions.setZoom,
    });
    this.frame.replaceChildren(this.chart.element);
    this.legend.replaceChildren(
      ...runs.map((run) => {
        const button = element(
          'button',
          { class: `run-toggle colour-${run.place}`, type: 'button', title: say('compareToggleHint', run.run.id) },
          element('i'),
          element('span', {}, run.label),
        );
        button.addEventListener('click', () => this.actions.toggle(run));
        return button;
      }),
    );
  }

  render(view: ComparisonView, zoom: readonly [number, number] | null): void {
    this.view = view;
    this.controls.render(view, zoom);
    const isHidden = ({ folder }: ShownRun) => view.hidden.includes(folder);
    this.runs.forEach((run, index) => {
      const button = this.legend.children[index];
      if (button) setAttribute(button, 'aria-pressed', String(!isHidden(run)));
    });
    const lines = this.runs.flatMap((run, index) =>
      isHidden(run) ? [NOTHING, NOTHING] : this.linesOf(run, index, view),
    );
    const hasPoints = lines.some(({ count }) => count > 0);
    setShown(this.nothing, !hasPoints);
    this.chart?.draw({
      lines,
      log: view.logAxis,
      zoom,
      marker: null,
      markerTold: false,
      marks: [],
      ...xAxisOf(view.xAxis),
      formatY: measure,
      formatTick: short,
    });
    setAttribute(this.frame, 'aria-label', this.words(view));
  }

  private linesOf({ metrics }: ShownRun, index: number, { xAxis, smoothing }: ComparisonView): Points[] {
    const points = (series: Series | undefined): Points =>
      series ? { x: series[xAxis].data, y: series.value.data, count: series.value.length } : NOTHING;
    const training = metrics.series.get('loss') ?? metrics.series.get('trainingLoss');
    const raw = points(training);
    const average = this.smoothed[index];
    if (training && average && smoothing > 0) average.update(training, smoothing);
    const smooth = training && average && smoothing > 0 ? { ...raw, y: average.values.data } : raw;
    return [smooth, points(metrics.series.get('validationLoss'))];
  }

  private words({ xAxis, hidden }: ComparisonView): string {
    const runs = this.runs
      .filter(({ folder }) => !hidden.includes(folder))
      .map(({ label, metrics }) => {
        const last = (name: string): string => measure(metrics.series.get(name)?.value.last ?? NaN);
        const validation = metrics.series.has('validationLoss');
        return validation
          ? say('compareLineText', label, last('loss'), last('validationLoss'))
          : say('compareLineTextTraining', label, last('loss'));
      });
    return [say('chartText', say(xAxis)), ...runs].join(' ');
  }

  private key(event: KeyboardEvent): void {
    if (event.key === '+' || event.key === '=') this.chart?.zoomBy(0.5);
    else if (event.key === '-') this.chart?.zoomBy(2);
    else if (event.key === 'Escape') this.actions.setZoom(null);
    else return;
    event.preventDefault();
  }
}
