import { element, setAttribute, setShown, setText } from '../dom.js';
import { measure, short } from '../format.js';
import { hasSteps, type Model, type Topic, type View } from '../state/model.js';
import { MAX_SMOOTHING, type XAxis } from '../state/viewState.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { Curve, type CurveActions } from './curve.js';
import type { Turns } from './turns.js';

const X_AXES: readonly XAxis[] = ['step', 'epoch', 'time'];

export interface LossActions extends CurveActions {
  setLog: (log: boolean) => void;
  setSmoothing: (smoothing: number) => void;
  setXAxis: (axis: XAxis) => void;
}

/** Curves of training and validation loss. */
export class LossView implements View {
  readonly element: HTMLElement;
  private readonly curve: Curve;
  private readonly log = element('button', { class: 'toggle', type: 'button', title: say('logHint') }, say('log'));
  private readonly smoothing = element('input', { type: 'range', min: '0', max: String(MAX_SMOOTHING), step: '0.01' });
  private readonly smoothingValue = element('b');
  private readonly reset = element('button', { class: 'link', type: 'button' }, say('resetZoom'));
  private readonly axes = new Map<XAxis, HTMLInputElement>();
  private readonly validationItem: HTMLElement;
  /** What the controls show, and whether it is new since the last drawing. */
  private controlsKey = '';
  private controlsChanged = true;
  /** Points have come that are not drawn yet. */
  private waits = false;

  constructor(
    theme: () => Theme,
    private readonly actions: LossActions,
    private readonly turns: Turns,
  ) {
    this.curve = new Curve(
      theme,
      { text: (xAxis) => say('chartText', xAxis), format: measure, formatTick: short },
      actions,
    );
    this.reset.hidden = true;
    this.reset.addEventListener('click', () => this.curve.resetZoom());
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
      this.curve.element,
    );
  }

  toggleLog(): void {
    this.log.click();
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    const shown = hasSteps(model);
    setShown(this.element, shown);
    if (!shown) return;
    const { view } = model;
    this.renderControls(model);
    const training = model.metrics.series.get('loss') ?? model.metrics.series.get('trainingLoss');
    const validation = model.metrics.series.get('validationLoss');
    setShown(this.validationItem, validation !== undefined);
    this.waits ||= changed.has('metrics');
    const all = this.controlsChanged || changed.has('events') || changed.has('theme') || changed.has('size');
    const anew = this.turns.isLarge(this.waits) || all;
    this.curve.render(model, { training, validation, log: view.logAxis }, anew);
    this.controlsChanged = false;
    if (anew) this.waits = false;
    else if (this.waits) this.actions.renderAfter(0);
  }

  private renderControls({ view, zoom }: Model): void {
    const key = `${view.logAxis} ${view.smoothing} ${view.xAxis} ${zoom?.join()}`;
    if (key === this.controlsKey) return;
    this.controlsKey = key;
    this.controlsChanged = true;
    setShown(this.reset, zoom !== null);
    setAttribute(this.log, 'aria-pressed', String(view.logAxis));
    if (this.smoothing.valueAsNumber !== view.smoothing) this.smoothing.value = String(view.smoothing);
    this.smoothing.style.setProperty('--filled', String(view.smoothing / MAX_SMOOTHING));
    setText(this.smoothingValue, short(view.smoothing));
    const axis = this.axes.get(view.xAxis);
    if (axis) axis.checked = true;
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
