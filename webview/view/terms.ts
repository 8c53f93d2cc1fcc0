import { element, section, setShown } from '../dom.js';
import { measure, percent, share, short } from '../format.js';
import { hasSteps, type Model, type Topic, type View } from '../state/model.js';
import { isShare, readable, termsOf, type Term } from '../state/terms.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';
import { Curve, type CurveActions, type CurveSeries } from './curve.js';
import type { Turns } from './turns.js';

/** Least width of a chart, in CSS pixels, the gap beside it included. */
const LEAST_WIDTH = 210;

interface Shown {
  readonly element: HTMLElement;
  readonly curve: Curve;
  /** What it was drawn of, and in which of all drawings. */
  drawn: string;
  at: number;
}

/**
 * What is measured besides the loss, as small charts that follow the large one's axis, smoothing and zoom. As points
 * arrive they are drawn anew in turn.
 */
export class TermsView implements View {
  readonly element: HTMLElement;
  private readonly list = element('div', { class: 'term-list' });
  private readonly shown = new Map<string, Shown>();
  private controlsKey = '';
  private drawings = 0;

  constructor(
    private readonly theme: () => Theme,
    private readonly actions: CurveActions,
    private readonly turns: Turns,
  ) {
    this.element = section('terms', say('termsTitle'), [], this.list);
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    const measured = [...model.metrics.series].filter(([, series]) => series.value.length > 0).map(([name]) => name);
    const terms = hasSteps(model) ? termsOf(measured) : [];
    setShown(this.element, terms.length > 0);
    const placed = this.place(terms);
    if (terms.length === 0) return;
    if (placed || changed.has('size')) this.list.style.setProperty('--columns', String(this.columns(terms.length)));

    const { logAxis, smoothing, xAxis } = model.view;
    const key = [logAxis, smoothing, xAxis, model.zoom?.join()].join(' ');
    const all = placed || changed.has('theme') || changed.has('size') || key !== this.controlsKey;
    this.controlsKey = key;
    const waiting = terms.flatMap((term) => {
      const shown = this.shown.get(term.name);
      return shown ? [{ shown, series: seriesOf(model, term), drawn: stateOf(model, term) }] : [];
    });
    const stale = waiting.filter(({ shown, drawn }) => shown.drawn !== drawn).sort((a, b) => a.shown.at - b.shown.at);
    const next = this.turns.isSmall(stale.length > 0) ? stale[0] : undefined;
    for (const one of waiting) {
      const anew = all || one === next;
      one.shown.curve.render(model, one.series, anew);
      if (anew) Object.assign(one.shown, { drawn: one.drawn, at: ++this.drawings });
    }
    if (!all && stale.length > (next ? 1 : 0)) this.actions.renderAfter(0);
  }

  /** @returns whether there are others than before */
  private place(terms: readonly Term[]): boolean {
    const names = terms.map(({ name }) => name);
    const same = names.length === this.shown.size && names.every((name) => this.shown.has(name));
    if (same) return false;
    for (const [name, { element }] of this.shown)
      if (!names.includes(name)) {
        element.remove();
        this.shown.delete(name);
      }
    for (const term of terms) {
      const shown = this.shown.get(term.name) ?? this.chart(term);
      this.shown.set(term.name, shown);
      this.list.append(shown.element);
    }
    return true;
  }

  private chart(term: Term): Shown {
    const name = sayOr(`term_${term.name}`, readable(term.name));
    const [format, formatTick] = isShare(term) ? [percent, share] : [measure, short];
    const curve = new Curve(
      this.theme,
      { text: (xAxis) => say('termText', name, xAxis), small: true, format, formatTick },
      this.actions,
    );
    const hint = sayOr(`termHint_${term.name}`, '');
    const title = element('h3', hint === '' ? {} : { title: hint }, name);
    return {
      element: element('div', { class: 'term', 'data-term': term.name }, title, curve.element),
      curve,
      drawn: '',
      at: 0,
    };
  }

  /** As many rows as must be, all of about the same length. */
  private columns(count: number): number {
    const most = Math.max(1, Math.floor(this.list.clientWidth / LEAST_WIDTH));
    return Math.ceil(count / Math.ceil(count / most));
  }
}

function seriesOf({ metrics, view }: Model, term: Term): CurveSeries {
  const [training, validation] = [term.training, term.validation].map((name) =>
    name === undefined ? undefined : metrics.series.get(name),
  );
  const positive = [training, validation].every((series) => series === undefined || series.lowest > 0);
  return { training, validation, log: view.logAxis && positive && !isShare(term) };
}

/** Changes with what there is to draw. */
function stateOf({ metrics }: Model, { training = '', validation = '' }: Term): string {
  return [training, validation]
    .map((name) => metrics.series.get(name))
    .map((series) => `${series?.value.length} ${series?.revision}`)
    .join(' ');
}
