import { element, setAttribute, setShown, setText } from '../dom.js';
import { short } from '../format.js';
import { MAX_SMOOTHING, type ViewState, type XAxis } from '../state/viewState.js';
import { say } from '../strings.js';

const X_AXES: readonly XAxis[] = ['step', 'epoch', 'time'];

export interface CurveControlActions {
  setLog: (log: boolean) => void;
  setSmoothing: (smoothing: number) => void;
  setXAxis: (axis: XAxis) => void;
  resetZoom: () => void;
}

/** How curves are shown: logarithmic, how smooth, by step, epoch or time. */
export class CurveControls {
  readonly element: HTMLElement;
  private readonly log = element('button', { class: 'toggle', type: 'button', title: say('logHint') }, say('log'));
  private readonly smoothing = element('input', { type: 'range', min: '0', max: String(MAX_SMOOTHING), step: '0.01' });
  private readonly smoothingValue = element('b');
  private readonly reset = element('button', { class: 'link', type: 'button' }, say('resetZoom'));
  private readonly axes = new Map<XAxis, HTMLInputElement>();
  private key = '';

  constructor(private readonly actions: CurveControlActions) {
    this.reset.hidden = true;
    this.reset.addEventListener('click', () => actions.resetZoom());
    this.log.addEventListener('click', () => actions.setLog(this.log.getAttribute('aria-pressed') !== 'true'));
    this.smoothing.addEventListener('input', () => actions.setSmoothing(this.smoothing.valueAsNumber));
    this.element = element(
      'div',
      { class: 'options' },
      this.reset,
      this.log,
      this.smoothingControl(),
      this.axisControl(),
    );
  }

  toggleLog(): void {
    this.log.click();
  }

  /** @returns whether anything is otherwise than it was */
  render(view: Pick<ViewState, 'logAxis' | 'smoothing' | 'xAxis'>, zoom: readonly [number, number] | null): boolean {
    const { logAxis, smoothing, xAxis } = view;
    const key = `${logAxis} ${smoothing} ${xAxis} ${zoom?.join()}`;
    if (key === this.key) return false;
    this.key = key;
    setShown(this.reset, zoom !== null);
    setAttribute(this.log, 'aria-pressed', String(logAxis));
    if (this.smoothing.valueAsNumber !== smoothing) this.smoothing.value = String(smoothing);
    this.smoothing.style.setProperty('--filled', String(smoothing / MAX_SMOOTHING));
    setText(this.smoothingValue, short(smoothing));
    const axis = this.axes.get(xAxis);
    if (axis) axis.checked = true;
    return true;
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
