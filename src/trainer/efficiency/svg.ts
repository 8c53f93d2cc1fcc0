import type { Drawing, Point, Shape } from './drawing.js';

const FONT = 'Inter, "Helvetica Neue", Helvetica, Arial, sans-serif';

/** A drawing as a file of Scalable Vector Graphics (SVG 1.1), which needs nothing besides. */
export function svgOf({ width, height, background, title, shapes }: Drawing): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `role="img" font-family="${escaped(FONT)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    ...shapes.map(elementOf),
    '</svg>',
    '',
  ].join('\n');
}

function elementOf(shape: Shape): string {
  switch (shape.type) {
    case 'line': {
      const { points, colour, width, dash } = shape;
      const dashed = dash ? ` stroke-dasharray="${dash.join(' ')}"` : '';
      return `<polyline points="${listed(points)}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashed}/>`;
    }
    case 'area':
      return `<polygon points="${listed(shape.points)}" fill="${shape.colour}" fill-opacity="${shape.opacity}"/>`;
    case 'disc':
      return `<circle cx="${rounded(shape.at[0])}" cy="${rounded(shape.at[1])}" r="${shape.radius}" fill="${shape.colour}"/>`;
    case 'text': {
      const { at, text, size, colour, anchor, isBold = false, isUpright = false } = shape;
      const [x, y] = [rounded(at[0]), rounded(at[1])];
      return (
        `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"` +
        (isBold ? ' font-weight="600"' : '') +
        (isUpright ? ` transform="rotate(-90 ${x} ${y})"` : '') +
        `>${escaped(text)}</text>`
      );
    }
  }
}

function listed(points: readonly Point[]): string {
  return points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ');
}

function rounded(length: number): number {
  return Math.round(100 * length) / 100;
}

/** Characters that XML 1.0 does not know are left out. */
function escaped(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (character) => named[character] ?? character);
}
