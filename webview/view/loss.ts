import { element, section, setShown } from '../dom.js';
import { measure, short } from '../format.js';
import { hasSteps, type Model, type Topic, type View } from '../state/model.js';
import { say } from '../strings.js';
import type { Theme } from '../theme.js';
import { Curve, type CurveActions } from './curve.js';
import { CurveControls, type CurveControlActions } from './curveControls.js';
import type { Turns } from './turns.js';

export type LossActions = CurveActions & Omit<CurveControlActions, 'resetZoom'>;

/** Curves of training and validation loss. */
export class LossView implements View {
  readonly element: HTMLElement;
  private readonly curve: Curve;
  private readonly controls: CurveControls;
  private readonly validationItem: HTMLElement;
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
    this.controls = new CurveControls({ ...actions, resetZoom: () => this.curve.resetZoom() });
    const legendItem = (name: 'training' | 'validation'): HTMLElement =>
      element('span', { class: `legend-item legend-${name}` }, element('i'), say(name));
    this.validationItem = legendItem('validation');
    this.element = section(
      'loss',
      say('lossTitle'),
      [element('div', { class: 'legend' }, legendItem('training'), this.validationItem), this.controls.element],
      this.curve.element,
    );
  }

  toggleLog(): void {
    this.controls.toggleLog();
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    const shown = hasSteps(model);
    setShown(this.element, shown);
    if (!shown) return;
    const { view } = model;
    const controlsChanged = this.controls.render(view, model.zoom);
    const training = model.metrics.series.get('loss') ?? model.metrics.series.get('trainingLoss');
    const validation = model.metrics.series.get('validationLoss');
    setShown(this.validationItem, validation !== undefined);
    this.waits ||= changed.has('metrics');
    const all = controlsChanged || changed.has('events') || changed.has('theme') || changed.has('size');
    const anew = this.turns.isLarge(this.waits) || all;
    this.curve.render(model, { training, validation, log: view.logAxis }, anew);
    if (anew) this.waits = false;
    else if (this.waits) this.actions.renderAfter(0);
  }
}
