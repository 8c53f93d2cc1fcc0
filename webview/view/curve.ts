import type { Points } from '../chart/decimate.js';
import { LineChart } from '../chart/lineChart.js';
import type { ChartContent } from '../chart/types.js';
import { element, setAttribute } from '../dom.js';
import { short, whole } from '../format.js';
import type { Turn } from '../state/events.js';
import type { Series } from '../state/metrics.js';
import { shownStep, type Model } from '../state/model.js';
import { Smoothed } from '../state/smoothing.js';
import type { XAxis } from '../state/viewState.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';
import { describeX, xAxisOf } from './xAxis.js';

const NOTHING: Points = { x: new Float64Array(0), y: new Float64Array(0), count: 0 };
/** The text alternative is for listening: it changes at most this often, in milliseconds. */
const WORDS_EVERY = 1000;

export interface CurveActions {
  setZoom: (zoom: Model['zoom']) => void;
  /** Asks for a new drawing. */
  redraw: () => void;
  renderAfter: (milliseconds: number) => void;
}

export interface CurveOptions {
  /** Said before the values, e.g. "Loss by step." */
  text: (xAxis: string) => string;
  /** One of several below a larger one: thin lines, no horizontal axis of its own. */
  small?: boolean;
  /** How values are written, and marks on the axis. */
  format: (value: number) => string;
  formatTick: (value: number) => string;
}

/** One value over the run. */
export interface CurveSeries {
  training: Series | undefined;
  validation: Series | undefined;
  log: boolean;
}

/** One value over the run as a picture: as it was measured while training, smoothed, and of validation examples. */
export class Curve {
  readonly element: HTMLElement;
  private readonly chart: LineChart;
  private readonly smoothed = new Smoothed();
  private xAxis: XAxis = 'step';
  private wordsAt = -Infinity;
  private wordsKey = '';

  constructor(
    theme: () => Theme,
    private readonly options: CurveOptions,
    private readonly actions: CurveActions,
  ) {
    const { small = false } = options;
    this.chart = new LineChart({
      lines: [
        { name: say('measured'), colour: () => theme().training, width: 1, alpha: 0.32, told: false },
        { name: say('training'), colour: () => theme().training, width: small ? 1 : 1.75, told: true },
        {
          name: say('validation'),
          colour: () => theme().validation,
          width: small ? 1 : 2,
          dash: small ? [4, 2] : [5, 3],
          told: true,
        },
      ],
      colours: () => ({
        text: theme().muted,
        grid: theme().grid,
        font: theme().fontFamily,
        fontSize: theme().fontSize - 1,
      }),
      describeX: (x) => describeX(this.xAxis, x),
      onZoom: actions.setZoom,
      small,
    });
    this.element = element(
      'div',
      { class: 'chart-frame', role: 'img', tabindex: '0', title: say('chartHint') },
      this.chart.element,
    );
    // Its place changes with what else is shown, not only with the window.
    new ResizeObserver(() => actions.redraw()).observe(this.element);
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  resetZoom(): void {
    this.chart.resetZoom();
  }

  /** @param anew whether the lines are drawn again, or only the place of the slider moves */
  render(model: Model, series: CurveSeries, anew: boolean): void {
    const { view, metrics } = model;
    const marker = metrics.at(Math.min(shownStep(model), metrics.lastStep), view.xAxis);
    if (anew) this.chart.draw(this.content(model, series, marker));
    else this.chart.mark(marker, view.position !== null);
    this.describe(view.xAxis, series);
  }

  private content(model: Model, { training, validation, log }: CurveSeries, marker: number): ChartContent {
    const { xAxis, smoothing, position } = model.view;
    this.xAxis = xAxis;
    const points = (series: Series | undefined): Points =>
      series ? { x: series[xAxis].data, y: series.value.data, count: series.value.length } : NOTHING;
    const raw = points(training);
    if (training) this.smoothed.update(training, smoothing);
    const smooth = smoothing > 0 && training ? { ...raw, y: this.smoothed.values.data } : raw;
    const { small = false, format, formatTick } = this.options;
    return {
      lines: [smoothing > 0 ? raw : NOTHING, smooth, points(validation)],
      log,
      zoom: model.zoom,
      marker: Number.isFinite(marker) ? marker : null,
      // While the run is followed the values stand at the lines' ends already.
      markerTold: position !== null,
      marks: small
        ? []
        : model.events.turns.map((turn) => ({ x: model.metrics.at(turn.step, xAxis), text: describeTurn(turn) })),
      ...xAxisOf(xAxis),
      formatY: format,
      formatTick,
    };
  }

  private describe(xAxis: XAxis, { training, validation }: CurveSeries): void {
    const key = [xAxis, ...[training, validation].flatMap((one) => [one?.value.length, one?.revision])].join(' ');
    if (key === this.wordsKey) return;
    const wait = this.wordsAt + WORDS_EVERY - performance.now();
    if (wait > 0) {
      this.actions.renderAfter(wait);
      return;
    }
    this.wordsAt = performance.now();
    this.wordsKey = key;
    const { text, format } = this.options;
    const words = [text(say(xAxis))];
    if (training)
      words.push(
        say('chartTraining', format(training.value.last), whole(training.step.last), format(training.value.at(0))),
      );
    if (validation) words.push(say('chartValidation', format(validation.value.last), whole(validation.step.last)));
    setAttribute(this.element, 'aria-label', words.join(' '));
  }

  private key(event: KeyboardEvent): void {
    if (event.key === '+' || event.key === '=') this.chart.zoomBy(0.5);
    else if (event.key === '-') this.chart.zoomBy(2);
    else if (event.key === 'Escape') this.chart.resetZoom();
    else return;
    event.preventDefault();
  }
}

function describeTurn(turn: Turn): string {
  if (turn.type === 'resumed') return say('resumed');
  return sayOr(`turn_${turn.name}`, `${turn.name} ${short(turn.to)}`, short(turn.to));
}
