import { EFFICIENCY_HEADING, EfficiencyColour } from '../../src/protocol/efficiency.js';

/** The picture of a measurement in the colours of the theme. */

const SVG = 'http://www.w3.org/2000/svg';

/** What the trainer draws with; anything else in the file is left out, as it may come from anywhere. */
const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  polyline: ['points', 'stroke-width', 'stroke-linejoin', 'stroke-dasharray'],
  polygon: ['points', 'fill-opacity'],
  circle: ['cx', 'cy', 'r'],
  text: ['x', 'y', 'font-size', 'text-anchor', 'font-weight', 'transform'],
};

const COLOURS = new Map<string, string>(Object.entries(EfficiencyColour).map(([name, colour]) => [colour, name]));

/**
 * Made anew from a drawing, without its title and sentence, which the page says itself.
 * @param text an SVG file as the trainer writes it
 * @param label what a listener is told
 * @returns null for what is no such file
 */
export function themedPicture(text: string, label: string): SVGSVGElement | null {
  const drawing = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const [width = 0, height = 0] = ['width', 'height'].map((side) => Number(drawing.getAttribute(side)));
  if (drawing.localName !== 'svg' || !(width > 0 && height > EFFICIENCY_HEADING)) return null;
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 ${EFFICIENCY_HEADING} ${width} ${height - EFFICIENCY_HEADING}`);
  picture.setAttribute('class', 'picture');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', label);
  for (const drawn of drawing.children) {
    const attributes = ELEMENTS[drawn.localName];
    if (!attributes || Number(drawn.getAttribute('y') ?? EFFICIENCY_HEADING) < EFFICIENCY_HEADING) continue;
    const made = document.createElementNS(SVG, drawn.localName as 'text');
    for (const name of attributes) {
      const value = drawn.getAttribute(name);
      if (value !== null) made.setAttribute(name, value);
    }
    for (const kind of ['fill', 'stroke'] as const) made.style[kind] = themed(drawn.getAttribute(kind));
    made.textContent = drawn.localName === 'text' ? drawn.textContent : '';
    picture.append(made);
  }
  return picture;
}

function themed(colour: string | null): string {
  const name = COLOURS.get(colour ?? '');
  return name === undefined ? 'none' : `var(--picture-${name})`;
}
