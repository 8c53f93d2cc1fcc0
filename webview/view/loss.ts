import { clockTicks, countTicks, linearTicks } from '../chart/ticks.js';
import { LineChart } from '../chart/lineChart.js';
import type { ChartContent } from '../chart/types.js';
import type { Points } from '../chart/decimate.js';
import { element, setAttribute, setShown, setText } from '../dom.js';
import { clock, measure, short, whole } from '../format.js';
import type { Turn } from '../state/events.js';
import type { Series } from '../state/metrics.js';
import { hasPoints, shownStep, type Model, type Topic, type View } from '../state/model.js';
import { Smoothed } from '../state/smoothing.js';
import { MAX_SMOOTHING, type XAxis } from '../state/viewState.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';

const X_AXES: readonly XAxis[] = ['step', 'epoch', 'time'];
const NOTHING: Points = { x: new Float64Array(0), y: new Float64Array(0), count: 0 };
/** The text alternative is for listening: it changes at most this often, in milliseconds. */
const WORDS_EVERY = 1000;

export interface LossActions {
  setLog: (log: boolean) => void;
  setSmoothing: (smoothing: number) => void;
  setXAxis: (axis: XAxis) => void;
  /** Asks for a new drawing. */
  redraw: () => void;
  renderAfter: (milliseconds: number) => void;
}

/** Curves of training and validation loss. */
export class LossView implements View {
  readonly element: HTMLElement;
  private readonly chart: LineChart;
  private readonly picture: HTMLElement;
  private readonly log = element('button', { class: 'toggle', type: 'button', title: say('logHint') }, say('log'));
  private readonly smoothing = element('input', { type: 'range', min: '0', max: String(MAX_SMOOTHING), step: '0.01' });
  private readonly smoothingValue = element('b');
  private readonly reset = element('button', { class: 'link', type: 'button' }, say('resetZoom'));
  private readonly axes = new Map<XAxis, HTMLInputElement>();
  private readonly validationItem: HTMLElement;
  private readonly smoothed = new Smoothed();
  private xAxis: XAxis = 'step';
  private wordsAt = -Infinity;
  private wordsStale = true;
  /** What the controls show, and whether it is new since the last drawing. */
  private controlsKey = '';
  private controlsChanged = true;

  constructor(
    theme: () => Theme,
    private readonly actions: LossActions,
  ) {
    this.chart = new LineChart({
      lines: [
        { name: say('measured'), colour: () => theme().training, width: 1, alpha: 0.32, told: false },
        { name: say('training'), colour: () => theme().training, width: 1.75, told: true },
        { name: say('validation'), colour: () => theme().validation, width: 2, dash: [5, 3], told: true },
      ],
      colours: () => ({
        text: theme().muted,
        grid: theme().grid,
        font: theme().fontFamily,
        fontSize: theme().fontSize - 1,
      }),
      describeX: (x) => describeX(this.xAxis, x),
      onZoom: (zoomed) => {
        setShown(this.reset, zoomed);
        actions.redraw();
      },
    });
    this.picture = element(
      'div',
      { class: 'chart-frame', role: 'img', tabindex: '0', title: say('chartHint') },
      this.chart.element,
    );
    // Its place changes with what else is shown, not only with the window.
    new ResizeObserver(() => actions.redraw()).observe(this.picture);
    this.picture.addEventListener('keydown', (event) => this.key(event));
    this.reset.hidden = true;
    this.reset.addEventListener('click', () => this.chart.resetZoom());
    this.log.addEventListener('click', () => actions.setLog(this.log.getAttribute('aria-pressed') !== 'true'));
    this.smoothing.addEventListener('input', () => actions.setSmoothing(this.smoothing.valueAsNumber));
    const legendItem = (name: 'training' | 'validation'): HTMLElement =>
      element('span', { class: `legend-item legend-${name}` }, element('i'), say(name));
    this.validationItem = legendItem('validation');
    this.element = element(
      'section',
      { class: 'section loss', 'aria-labelledby': 'loss-title' },
      element(
        'div',
        { class: 'section-head' },
        element('h2', { id: 'loss-title' }, say('lossTitle')),
        element('div', { class: 'legend' }, legendItem('training'), this.validationItem),
        element('div', { class: 'options' }, this.reset, this.log, this.smoothingControl(), this.axisControl()),
      ),
      this.picture,
    );
  }

  toggleLog(): void {
    this.log.click();
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    const shown = hasPoints(model);
    setShown(this.element, shown);
    if (!shown) return;
    const { view } = model;
    this.renderControls(model);
    const training = model.metrics.series.get('loss') ?? model.metrics.series.get('trainingLoss');
    const validation = model.metrics.series.get('validationLoss');
    setShown(this.validationItem, validation !== undefined);
    const marker = model.metrics.at(Math.min(shownStep(model), model.metrics.lastStep), view.xAxis);
    const curves = changed.has('metrics') || changed.has('events') || changed.has('theme') || changed.has('size');
    if (curves || this.controlsChanged) this.chart.draw(this.content(model, training, validation, marker));
    else this.chart.mark(marker, view.position !== null);
    this.controlsChanged = false;
    if (changed.has('metrics') || changed.has('view')) this.wordsStale = true;
    const wait = this.wordsAt + WORDS_EVERY - performance.now();
    if (!this.wordsStale) return;
    if (wait <= 0) this.describe(model, training, validation);
    else this.actions.renderAfter(wait);
  }

  private content(
    model: Model,
    training: Series | undefined,
    validation: Series | undefined,
    marker: number,
  ): ChartContent {
    const { xAxis, smoothing, logAxis } = model.view;
    const points = (series: Series | undefined): Points =>
      series ? { x: series[xAxis].data, y: series.value.data, count: series.value.length } : NOTHING;
    const raw = points(training);
    if (training) this.smoothed.update(training, smoothing);
    const smooth = smoothing > 0 && training ? { ...raw, y: this.smoothed.values.data } : raw;
    const ticks = { step: countTicks, epoch: linearTicks, time: clockTicks };
    return {
      lines: [smoothing > 0 ? raw : NOTHING, smooth, points(validation)],
      log: logAxis,
      marker: Number.isFinite(marker) ? marker : null,
      // While the run is followed the values stand at the lines' ends already.
      markerTold: model.view.position !== null,
      marks: model.events.turns.map((turn) => ({ x: model.metrics.at(turn.step, xAxis), text: describeTurn(turn) })),
      xTicks: ticks[xAxis],
      formatX: xAxis === 'time' ? clock : short,
      formatY: measure,
      formatTick: short,
    };
  }

  private renderControls({ view }: Model): void {
    const key = `${view.logAxis} ${view.smoothing} ${view.xAxis}`;
    if (key === this.controlsKey) return;
    this.controlsKey = key;
    this.controlsChanged = true;
    setAttribute(this.log, 'aria-pressed', String(view.logAxis));
    if (this.smoothing.valueAsNumber !== view.smoothing) this.smoothing.value = String(view.smoothing);
    this.smoothing.style.setProperty('--filled', String(view.smoothing / MAX_SMOOTHING));
    setText(this.smoothingValue, short(view.smoothing));
    const axis = this.axes.get(view.xAxis);
    if (axis) axis.checked = true;
    if (this.xAxis !== view.xAxis) {
      this.xAxis = view.xAxis;
      this.chart.resetZoom();
    }
  }

  private describe(model: Model, training: Series | undefined, validation: Series | undefined): void {
    this.wordsAt = performance.now();
    this.wordsStale = false;
    const words = [say('chartText', say(model.view.xAxis))];
    if (training)
      words.push(
        say('chartTraining', measure(training.value.last), whole(training.step.last), measure(training.value.at(0))),
      );
    if (validation) words.push(say('chartValidation', measure(validation.value.last), whole(validation.step.last)));
    setAttribute(this.picture, 'aria-label', words.join(' '));
  }

  private key(event: KeyboardEvent): void {
    if (event.key === '+' || event.key === '=') this.chart.zoomBy(0.5);
    else if (event.key === '-') this.chart.zoomBy(2);
    else if (event.key === 'Escape') this.chart.resetZoom();
    else return;
    event.preventDefault();
  }

  private smoothingControl(): HTMLElement {
    this.smoothing.className = 'small-slider';
    setAttribute(this.smoothing, 'aria-label', say('smooth'));
    return element(
      'label',
      { class: 'smoothing', title: say('smoothHint') },
      element('span', { class: 'smoothing-name', 'aria-hidden': 'true' }, say('smooth')),
      this.smoothing,
      this.smoothingValue,
    );
  }

  private axisControl(): HTMLElement {
    const group = element('div', { class: 'choices', role: 'radiogroup', 'aria-label': say('xAxis') });
    for (const axis of X_AXES) {
      const input = element('input', { type: 'radio', name: 'x-axis', value: axis });
      input.addEventListener('change', () => this.actions.setXAxis(axis));
      this.axes.set(axis, input);
      group.append(element('label', {}, input, element('span', {}, say(axis))));
    }
    return group;
  }
}

function describeTurn(turn: Turn): string {
  if (turn.type === 'resumed') return say('resumed');
  return sayOr(`turn_${turn.name}`, `${turn.name} ${short(turn.to)}`, short(turn.to));
}

function describeX(axis: XAxis, x: number): string {
  if (axis === 'time') return clock(x);
  return `${say(axis)} ${axis === 'step' ? whole(x) : short(Math.round(x * 100) / 100)}`;
}
