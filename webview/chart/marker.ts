import { element } from '../dom.js';

/** What a line has where the marker stands, in CSS pixels from the chart's top. */
export interface Crossing {
  y: number;
  text: string;
  colour: string;
}

const LINE_HEIGHT = 17;
const GAP = 7;

/** The vertical line at one x, with the values of the lines that it crosses beside it. */
export class Marker {
  readonly element = element('div', { class: 'chart-over' });
  private readonly line = element('div', { class: 'chart-marker' });
  private readonly labels = element('div', { class: 'chart-crossings' });

  constructor() {
    this.element.append(this.line, this.labels);
    this.hide();
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** All lengths in CSS pixels; without crossings there is only the line. */
  show(x: number, crossings: Crossing[], width: number): void {
    this.element.hidden = false;
    this.line.style.transform = `translateX(${Math.round(x)}px)`;
    this.labels.hidden = crossings.length === 0;
    if (crossings.length === 0) return;
    const sorted = [...crossings].sort((a, b) => a.y - b.y);
    this.labels.replaceChildren(
      ...sorted.map(({ text, colour }) => {
        const label = element('div', {}, text);
        label.style.color = colour;
        return label;
      }),
    );
    // A falling curve leaves room above it to the right of the line.
    const above = (sorted[0]?.y ?? 0) - sorted.length * LINE_HEIGHT - GAP;
    const top = above > 0 ? above : (sorted.at(-1)?.y ?? 0) + GAP;
    const own = this.labels.offsetWidth;
    const left = x + GAP + own > width ? x - GAP - own : x + GAP;
    this.labels.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
