/** Small helpers around the document; text is always set as text. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A part of the page under a heading.
 * @param name its class, and the beginning of its heading's id
 * @param title the heading, or its text
 * @param beside what stands in the heading's line
 */
export function section(
  name: string,
  title: HTMLHeadingElement | string,
  beside: readonly Node[],
  ...content: Node[]
): HTMLElement {
  const heading = typeof title === 'string' ? element('h2', {}, title) : title;
  heading.id = `${name}-title`;
  return element(
    'section',
    { class: `section ${name}`, 'aria-labelledby': heading.id },
    element('div', { class: 'section-head' }, heading, ...beside),
    ...content,
  );
}

/** Touches the document only when the text is another. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(target: Element, name: string, value: string | null): void {
  if (target.getAttribute(name) === value) return;
  if (value === null) target.removeAttribute(name);
  else target.setAttribute(name, value);
}

export function setShown(target: HTMLElement, shown: boolean): void {
  if (target.hidden === shown) target.hidden = !shown;
}

const ICONS = {
  play: 'M4.5 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  square: 'M4 4h8v8H4z',
  dot: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z',
  check: 'M6.3 12.6 2.4 8.7l1.2-1.2 2.7 2.7 6.1-6.1 1.2 1.2z',
  triangle: 'M8 2.2 15 14H1z',
  cross: 'm8 6.8 3.4-3.4 1.2 1.2L9.2 8l3.4 3.4-1.2 1.2L8 9.2l-3.4 3.4-1.2-1.2L6.8 8 3.4 4.6l1.2-1.2z',
  change: 'M10.6 2.2 13.8 5.4 5.6 13.6 2 14l.4-3.6zM10.6 4 3.8 10.9l-.2 1.5 1.5-.2L12 5.4z',
  picture:
    'M2 3h12v10H2zM3.3 4.3v5.6l2.6-2.6 2.7 2.7 1.7-1.7 2.4 2.4V4.3zM10.5 5.2a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2z',
  ring: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zm0 1.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8z',
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

/** A picture beside words that say the same, so hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

export function setIcon(svg: SVGSVGElement, name: IconName): void {
  const path = svg.firstElementChild;
  if (path) setAttribute(path, 'd', ICONS[name]);
}
