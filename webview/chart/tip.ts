import { element } from '../dom.js';

export interface TipRow {
  name: string;
  value: string;
  colour: string;
  /** Rows that are not come last. */
  main: boolean;
  /** Where the value lies in the chart, in CSS pixels; null when it is outside or not marked. */
  dot: { x: number; y: number } | null;
}

/** What is told about the place under the pointer, with a dot on each line. */
export class Tip {
  readonly element = element('div', { class: 'chart-over' });
  private readonly box = element('div', { class: 'chart-tip' });

  constructor() {
    this.hide();
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** @param left the pointer, @param room the chart's width, and @param top where the words begin, in CSS pixels. */
  show(heads: string[], rows: TipRow[], left: number, room: number, top: number): void {
    const sorted = [...rows].sort((a, b) => Number(b.main) - Number(a.main));
    const lines = sorted.map(({ name, value }) =>
      element('div', { class: 'chart-tip-row' }, element('span', {}, name), element('b', {}, value)),
    );
    const above = heads.map((head) => element('div', { class: 'chart-tip-head' }, head));
    this.box.replaceChildren(...above, ...lines);
    const dots = rows.flatMap(({ dot, colour }) => {
      if (!dot) return [];
      const mark = element('div', { class: 'chart-dot' });
      mark.style.transform = `translate(${dot.x}px, ${dot.y}px)`;
      mark.style.background = colour;
      return [mark];
    });
    this.element.replaceChildren(...dots, this.box);
    this.element.hidden = false;
    const width = this.box.offsetWidth;
    const place = left + 14 + width > room ? Math.max(0, left - 14 - width) : left + 14;
    this.box.style.transform = `translate(${Math.round(place)}px, ${top}px)`;
  }
}
