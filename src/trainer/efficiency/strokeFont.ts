import type { Point } from './drawing.js';

/**
 * A font of strokes, for pictures of pixels: an own one, so that they look the same on every machine and no file of
 * glyphs is needed. Latin letters with their marks; of other scripts a box stands for each character.
 */

/** Height of capitals in the glyphs' own units, and part of the font's size that it is. */
const CAPITAL = 14;
const CAPITAL_PART = 0.716;
const SPACE = 5.5;
/** Between two glyphs. */
const GAP = 3.5;
/** Lines for each curve. */
const CURVE_STEPS = 6;

const BOWL_LEFT = 'M7.5 5Q7.5 10 3.7 10Q0 10 0 5Q0 0 3.7 0Q7.5 0 7.5 5';
const BOWL_RIGHT = 'M0 5Q0 10 3.8 10Q7.5 10 7.5 5Q7.5 0 3.8 0Q0 0 0 5';
const ROUND = 'M5.5 14Q0 14 0 7Q0 0 5.5 0Q11 0 11 7Q11 14 5.5 14';
const LOOP = 'M0 0L0 14L5 14Q9 14 9 10.3Q9 6.6 5 6.6L0 6.6';
const ARCH = 'M0 6Q0.6 10 3.8 10Q7 10 7 6.2L7 0';

/** Width, and a path of moves (M), lines (L) and quadratic curves (Q) from the base line up. */
const GLYPHS: Record<string, [width: number, path: string]> = {
  A: [10, 'M0 0L5 14L10 0M1.8 5L8.2 5'],
  B: [9, 'M0 0L0 14L5 14Q8.5 14 8.5 10.7Q8.5 7.4 5 7.4L0 7.4M5 7.4Q9 7.4 9 3.7Q9 0 5 0L0 0'],
  C: [10, 'M10 11Q9 14 5.5 14Q0 14 0 7Q0 0 5.5 0Q9 0 10 3'],
  D: [10, 'M0 0L0 14L4 14Q10 14 10 7Q10 0 4 0L0 0'],
  E: [8, 'M8 0L0 0L0 14L8 14M0 7.4L6.5 7.4'],
  F: [8, 'M0 0L0 14L8 14M0 7.2L6.5 7.2'],
  G: [10, 'M10 11Q9 14 5.5 14Q0 14 0 7Q0 0 5.5 0Q10 0 10 5L10 6.5L6 6.5'],
  H: [9.5, 'M0 0L0 14M9.5 0L9.5 14M0 7.4L9.5 7.4'],
  I: [0, 'M0 0L0 14'],
  J: [6, 'M6 14L6 4Q6 0 3 0Q0 0 0 3.5'],
  K: [9, 'M0 0L0 14M9 14L0 5M3.4 8.4L9 0'],
  L: [7.5, 'M0 14L0 0L7.5 0'],
  M: [11, 'M0 0L0 14L5.5 3L11 14L11 0'],
  N: [9.5, 'M0 0L0 14L9.5 0L9.5 14'],
  O: [11, ROUND],
  P: [9, LOOP],
  Q: [11, `${ROUND}M6.5 3.5L11 -1`],
  R: [9, `${LOOP}M4.8 6.6L9 0`],
  S: [9, 'M8.6 11.3Q8 14 4.5 14Q0.4 14 0.4 10.7Q0.4 8 4.5 7.2Q9 6.3 9 3.4Q9 0 4.5 0Q0.6 0 0 3.1'],
  T: [9, 'M4.5 0L4.5 14M0 14L9 14'],
  U: [9.5, 'M0 14L0 5Q0 0 4.75 0Q9.5 0 9.5 5L9.5 14'],
  V: [10, 'M0 14L5 0L10 14'],
  W: [14, 'M0 14L3.5 0L7 13L10.5 0L14 14'],
  X: [9, 'M0 14L9 0M9 14L0 0'],
  Y: [9, 'M0 14L4.5 7L9 14M4.5 7L4.5 0'],
  Z: [9, 'M0 14L9 14L0 0L9 0'],
  a: [7.5, `M7.5 10L7.5 0${BOWL_LEFT}`],
  b: [7.5, `M0 14.5L0 0${BOWL_RIGHT}`],
  c: [7, 'M7 8Q6 10 3.9 10Q0 10 0 5Q0 0 3.9 0Q6 0 7 2'],
  d: [7.5, `M7.5 14.5L7.5 0${BOWL_LEFT}`],
  e: [7.5, 'M0 5.4L7.5 5.4Q7.5 10 3.8 10Q0 10 0 5Q0 0 4 0Q6.4 0 7.2 2'],
  f: [4.6, 'M5 14.3Q1.8 15 1.8 11.5L1.8 0M0 10L4.6 10'],
  g: [7.5, `M7.5 10L7.5 -0.5Q7.5 -4.2 3.8 -4.2Q1.5 -4.2 0.4 -3${BOWL_LEFT}`],
  h: [7, `M0 14.5L0 0${ARCH}`],
  i: [0, 'M0 10L0 0M0 13.6L0 14.2'],
  j: [3, 'M3 10L3 -1.5Q3 -4.2 0 -4.2M3 13.6L3 14.2'],
  k: [6.5, 'M0 14.5L0 0M6.2 10L0 3.8M2.4 6.2L6.5 0'],
  l: [0, 'M0 14.5L0 0'],
  m: [11.5, 'M0 10L0 0M0 6.5Q0.5 10 3.2 10Q5.75 10 5.75 6.5L5.75 0M5.75 6.5Q6.2 10 9 10Q11.5 10 11.5 6.5L11.5 0'],
  n: [7, `M0 10L0 0${ARCH}`],
  o: [8, 'M4 10Q0 10 0 5Q0 0 4 0Q8 0 8 5Q8 10 4 10'],
  p: [7.5, `M0 10L0 -4.2${BOWL_RIGHT}`],
  q: [7.5, `M7.5 10L7.5 -4.2${BOWL_LEFT}`],
  r: [4.2, 'M0 10L0 0M0 5.5Q0.6 10 4.5 10'],
  s: [6.5, 'M6.2 8.1Q5.7 10 3.3 10Q0.4 10 0.4 7.6Q0.4 5.6 3.3 5.1Q6.5 4.5 6.5 2.5Q6.5 0 3.3 0Q0.4 0 0 2.1'],
  ß: [7.5, 'M0 0L0 11Q0 14.5 3.5 14.5Q6.8 14.5 6.8 11.6Q6.8 9 4 8.2Q7.5 7.4 7.5 3.8Q7.5 0 3.2 0'],
  t: [4.6, 'M1.9 13.5L1.9 3Q1.9 -0.3 5 0.2M0 10L4.6 10'],
  u: [7, 'M0 10L0 3.8Q0 0 3.3 0Q6.4 0 7 4M7 10L7 0'],
  v: [7.5, 'M0 10L3.75 0L7.5 10'],
  w: [11, 'M0 10L2.75 0L5.5 9.4L8.25 0L11 10'],
  x: [7, 'M0 10L7 0M7 10L0 0'],
  y: [7.5, 'M0 10L3.9 0M7.5 10L3.4 -2Q2.5 -4.2 0.4 -4'],
  z: [7, 'M0 10L7 10L0 0L7 0'],
  '0': [8.5, 'M4.25 14Q0 14 0 7Q0 0 4.25 0Q8.5 0 8.5 7Q8.5 14 4.25 14'],
  '1': [8.5, 'M1.5 11.2L5 14L5 0'],
  '2': [8.5, 'M0.3 10.5Q0.6 14 4.3 14Q8.2 14 8.2 10.4Q8.2 8 5 5L0 0L8.5 0'],
  '3': [8.5, 'M0.4 11Q1.2 14 4.2 14Q8 14 8 10.6Q8 7.5 4.2 7.5L3 7.5M4.2 7.5Q8.5 7.5 8.5 3.8Q8.5 0 4.2 0Q0.8 0 0 3'],
  '4': [8.5, 'M6.5 0L6.5 14L0 4L8.5 4'],
  '5': [8.5, 'M7.8 14L1.2 14L0.5 7.6Q1.8 9 4.3 9Q8.5 9 8.5 4.5Q8.5 0 4.2 0Q0.8 0 0 2.8'],
  '6': [8.5, 'M7.7 11.6Q7 14 4.6 14Q0 14 0 6.5Q0 0 4.25 0Q8.5 0 8.5 4.4Q8.5 8.7 4.4 8.7Q0.6 8.7 0 5'],
  '7': [8.5, 'M0 14L8.5 14L3 0'],
  '8': [
    8.5,
    'M4.25 14Q0.6 14 0.6 10.8Q0.6 7.6 4.25 7.6Q7.9 7.6 7.9 10.8Q7.9 14 4.25 14M4.25 7.6Q0 7.6 0 3.8Q0 0 4.25 0Q8.5 0 8.5 3.8Q8.5 7.6 4.25 7.6',
  ],
  '9': [8.5, 'M0.8 2.4Q1.5 0 3.9 0Q8.5 0 8.5 7.5Q8.5 14 4.25 14Q0 14 0 9.6Q0 5.3 4.1 5.3Q7.9 5.3 8.5 9'],
  '.': [0, 'M0 0L0 0.6'],
  ',': [0.8, 'M0.8 0.8L0 -2.2'],
  ':': [0, 'M0 0L0 0.6M0 8L0 8.6'],
  ';': [0.8, 'M0.8 0.8L0 -2.2M0.8 8L0.8 8.6'],
  '!': [0, 'M0 0L0 0.6M0 4L0 14'],
  '?': [7, 'M0 11Q0.4 14 3.6 14Q7 14 7 11Q7 9 5.2 7.6Q3.5 6.3 3.5 4M3.5 0L3.5 0.6'],
  '%': [
    12,
    'M10.5 14L1.5 0M2.7 14Q0 14 0 10.7Q0 7.4 2.7 7.4Q5.4 7.4 5.4 10.7Q5.4 14 2.7 14M9.3 6.6Q6.6 6.6 6.6 3.3Q6.6 0 9.3 0Q12 0 12 3.3Q12 6.6 9.3 6.6',
  ],
  '(': [3.5, 'M3.5 15.5Q0 11 0 6Q0 1 3.5 -3.5'],
  ')': [3.5, 'M0 15.5Q3.5 11 3.5 6Q3.5 1 0 -3.5'],
  '[': [3, 'M3 15.5L0 15.5L0 -3L3 -3'],
  ']': [3, 'M0 15.5L3 15.5L3 -3L0 -3'],
  '-': [5, 'M0 5.2L5 5.2'],
  '–': [8, 'M0 5.2L8 5.2'],
  _: [8, 'M0 -2L8 -2'],
  '/': [6, 'M0 -2L6 15'],
  '\\': [6, 'M0 15L6 -2'],
  '|': [0, 'M0 -3L0 15'],
  '+': [8, 'M4 2L4 10M0 6L8 6'],
  '±': [8, 'M4 3.5L4 11.5M0 7.5L8 7.5M0 1L8 1'],
  '=': [8, 'M0 4L8 4M0 8L8 8'],
  '<': [8, 'M8 11L0 6L8 1'],
  '>': [8, 'M0 11L8 6L0 1'],
  "'": [0, 'M0 14.5L0 10.5'],
  '’': [1, 'M1 14.5L0 11'],
  '"': [3, 'M0 14.5L0 10.5M3 14.5L3 10.5'],
  '“': [4, 'M1 14.5L0 11M4 14.5L3 11'],
  '”': [4, 'M1 14.5L0 11M4 14.5L3 11'],
  '#': [9, 'M2 0L4 14M5.5 0L7.5 14M0.5 9.5L9 9.5M0 4.5L8.5 4.5'],
  '&': [10, 'M10 0L2.4 10Q1.4 14 4.2 14Q7 14 6.6 11Q6.4 9 3 7.4Q0 6 0 3.4Q0 0 4 0Q8.6 0 9.4 6'],
  '*': [6, 'M3 14.5L3 8.5M0.4 13L5.6 10M5.6 13L0.4 10'],
  '@': [
    13,
    'M9.5 7Q9.5 9.6 6.8 9.6Q4 9.6 4 6.5Q4 3.6 6.4 3.6Q9.5 3.6 9.5 7Q9.5 3.6 11.3 3.6Q13 3.6 13 7.4Q13 14 6.7 14Q0 14 0 6Q0 -2 7 -2Q9.6 -2 11.2 -1',
  ],
  '·': [0, 'M0 5.5L0 6.1'],
  '…': [8, 'M0 0L0 0.6M4 0L4 0.6M8 0L8 0.6'],
  '×': [7, 'M0 9.5L7 2.5M0 2.5L7 9.5'],
  '°': [4, 'M2 14.5Q0 14.5 0 12.5Q0 10.5 2 10.5Q4 10.5 4 12.5Q4 14.5 2 14.5'],
};

const BOX: [number, string] = [8, 'M0 0L0 14L8 14L8 0L0 0'];

/** Marks over, or under, the middle of the letter before: what Unicode's decomposition (NFD) gives. */
const MARKS: Record<string, string> = {
  '\u0300': 'M-2 3L1 0.5',
  '\u0301': 'M2 3L-1 0.5',
  '\u0302': 'M-2.5 0.5L0 3L2.5 0.5',
  '\u0303': 'M-3 0.8Q-1.5 3 0 1.7Q1.5 0.4 3 2.6',
  '\u0308': 'M-2 1.2L-2 1.8M2 1.2L2 1.8',
  '\u030a': 'M0 3.4Q-1.6 3.4 -1.6 2Q-1.6 0.6 0 0.6Q1.6 0.6 1.6 2Q1.6 3.4 0 3.4',
  '\u030c': 'M-2.5 3L0 0.5L2.5 3',
};
const CEDILLA: [mark: string, path: string] = ['\u0327', 'M0.5 0Q0 -2 1.5 -2.4Q1.5 -4.6 -1 -4.2'];
/** Where marks begin, over small letters and over capitals. */
const [OVER_SMALL, OVER_CAPITAL] = [11, 15.2];

/** @param size of the font, in pixels; so is the width */
export function textWidth(text: string, size: number): number {
  return laidOut(text).width * unitOf(size);
}

/**
 * The strokes of a text from 0 on the base line to its width.
 * @param size of the font
 * @returns points in pixels, the second number upwards
 */
export function strokesOf(text: string, size: number): Point[][] {
  const unit = unitOf(size);
  return laidOut(text).glyphs.flatMap(({ at, up, path }) =>
    polylines(path).map((points) => points.map(([x, y]): Point => [unit * (at + x), unit * (up + y)])),
  );
}

function unitOf(size: number): number {
  return (CAPITAL_PART * size) / CAPITAL;
}

interface Placed {
  at: number;
  up: number;
  path: string;
}

function laidOut(text: string): { width: number; glyphs: Placed[] } {
  const glyphs: Placed[] = [];
  let at = 0;
  let middle = 0;
  let over = OVER_SMALL;
  for (const character of text.normalize('NFD')) {
    const mark = MARKS[character];
    if (mark !== undefined) glyphs.push({ at: middle, up: over, path: mark });
    else if (character === CEDILLA[0]) glyphs.push({ at: middle, up: 0, path: CEDILLA[1] });
    else if (/\s/.test(character)) at += SPACE;
    else {
      const [width, path] = (Object.hasOwn(GLYPHS, character) ? GLYPHS[character] : undefined) ?? BOX;
      glyphs.push({ at, up: 0, path });
      middle = at + width / 2;
      over = character === character.toLowerCase() ? OVER_SMALL : OVER_CAPITAL;
      at += width + GAP;
    }
  }
  return { width: Math.max(0, at - GAP), glyphs };
}

function polylines(path: string): Point[][] {
  const lines: Point[][] = [];
  for (const [, command, numbers = ''] of path.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.split(' ').map(Number);
    const line = lines.at(-1) ?? [];
    if (command === 'M') lines.push([[a, b]]);
    else if (command === 'L') line.push([a, b]);
    else {
      const [x, y] = line.at(-1) ?? [0, 0];
      for (let step = 1; step <= CURVE_STEPS; step++) {
        const s = step / CURVE_STEPS;
        const [first, second, third] = [(1 - s) ** 2, 2 * s * (1 - s), s * s];
        line.push([first * x + second * a + third * c, first * y + second * b + third * d]);
      }
    }
  }
  return lines;
}
