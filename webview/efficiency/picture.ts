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

const HEAD = /<svg((?:\s+[\w:-]+="[^"<>]*")*)\s*>/;
const ELEMENT = /<([a-z]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*(?:\/>|>([^<]*)<\/\1>)/g;

/**
 * Made anew from a drawing, without its title and sentence, which the page says itself. It is read here and not by the
 * browser, which would apply styles and handlers of a foreign file.
 * @param text an SVG file as the trainer writes it
 * @param label what a listener is told
 * @returns null for what is no such file
 */
export function themedPicture(text: string, label: string): SVGSVGElement | null {
  const head = attributesOf(HEAD.exec(text)?.[1] ?? '');
  const [width = 0, height = 0] = ['width', 'height'].map((side) => Number(head.get(side)));
  if (!(width > 0 && height > EFFICIENCY_HEADING)) return null;
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 ${EFFICIENCY_HEADING} ${width} ${height - EFFICIENCY_HEADING}`);
  picture.setAttribute('class', 'picture');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', label);
  for (const [, name = '', written = '', words = ''] of text.matchAll(ELEMENT)) {
    const wanted = Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
    const attributes = attributesOf(written);
    if (!wanted || Number(attributes.get('y') ?? EFFICIENCY_HEADING) < EFFICIENCY_HEADING) continue;
    const made = document.createElementNS(SVG, name as 'text');
    for (const one of wanted) {
      const value = attributes.get(one);
      if (value !== undefined) made.setAttribute(one, value);
    }
    for (const kind of ['fill', 'stroke'] as const) made.style[kind] = themed(attributes.get(kind));
    made.textContent = unescaped(words);
    picture.append(made);
  }
  return picture;
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]),
  );
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(amp|lt|gt|quot);/g, (whole, name: string) => named[name] ?? whole);
}

function themed(colour: string | undefined): string {
  const name = COLOURS.get(colour ?? '');
  return name === undefined ? 'none' : `var(--picture-${name})`;
}
