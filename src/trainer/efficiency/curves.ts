import { counted, formatCount, t } from '../../protocol/l10n.js';
import {
  EFFICIENCY_HEADING,
  EfficiencyColour,
  type EfficiencyMean,
  type EfficiencyRecord,
} from '../../protocol/efficiency.js';
import type { Drawing, Point, Shape } from './drawing.js';
import { SCRATCH } from './means.js';
import { percent } from './sentence.js';
import { textWidth } from './strokeFont.js';

/** The measure against labels: a line for each mode with the band of its intervals, and its name at its end. */

const [WIDTH, HEIGHT] = [760, 496];
const PLOT = { left: 64, top: EFFICIENCY_HEADING + 14, right: 580, bottom: 432 };
/** The font that shows the SVG may be so much wider than the one that is measured here. */
const WIDER = 1.2;
const { paper: PAPER, ink: INK, faint: FAINT, grid: GRID } = EfficiencyColour;

/** The dashes tell them apart in print without colours. */
const STYLES: { colour: string; dash?: readonly number[] }[] = [
  { colour: EfficiencyColour.first },
  { colour: EfficiencyColour.second, dash: [10, 4] },
  { colour: EfficiencyColour.third, dash: [3, 3] },
  { colour: EfficiencyColour.fourth, dash: [10, 3, 2, 3] },
  { colour: EfficiencyColour.fifth, dash: [6, 3] },
];
/** What the others must beat is not one of them. */
const SCRATCH_STYLE = { colour: EfficiencyColour.scratch, dash: [6, 4] };

export function drawCurves(record: EfficiencyRecord, nameOf: (mode: string) => string): Drawing {
  const { means, name, sentence } = record;
  const xOf = horizontal(means.map(({ labelsPerClass }) => labelsPerClass));
  const { yOf, ticks } = vertical(means);
  const modes = [...new Set(means.map(({ mode }) => mode))];
  const pretrained = modes.filter((mode) => mode !== SCRATCH);
  const styleOf = (mode: string) =>
    mode === SCRATCH ? SCRATCH_STYLE : (STYLES[pretrained.indexOf(mode) % STYLES.length] ?? SCRATCH_STYLE);
  const curves = modes.map((mode) => ({
    name: nameOf(mode),
    ...styleOf(mode),
    points: means.filter((mean) => mean.mode === mode),
  }));
  const title = t('Label efficiency of {0}', name);
  const seeds = Math.max(0, ...means.map((mean) => mean.seeds));
  return {
    width: WIDTH,
    height: HEIGHT,
    background: PAPER,
    title: `${title}. ${sentence}`,
    shapes: [
      text([PLOT.left, 30], shortened(title, WIDTH - PLOT.left - 24, 17), { size: 17, isBold: true }),
      ...wrapped(sentence, WIDTH - PLOT.left - 24, 13).map((line, i) =>
        text([PLOT.left, 52 + 18 * i], line, { size: 13, colour: FAINT }),
      ),
      ...ticks.flatMap((tick): Shape[] => [
        line(
          [
            [PLOT.left, yOf(tick)],
            [PLOT.right, yOf(tick)],
          ],
          GRID,
          1,
        ),
        text([PLOT.left - 8, yOf(tick) + 4], t('{0} %', Math.round(100 * tick)), { anchor: 'end', colour: FAINT }),
      ]),
      line(
        [
          [PLOT.left, PLOT.bottom],
          [PLOT.right, PLOT.bottom],
        ],
        INK,
        1,
      ),
      ...record.labelsPerClass.flatMap((labels): Shape[] => [
        line(
          [
            [xOf(labels), PLOT.bottom],
            [xOf(labels), PLOT.bottom + 5],
          ],
          INK,
          1,
        ),
      ]),
      ...apart(record.labelsPerClass, xOf).map((labels) =>
        text([xOf(labels), PLOT.bottom + 20], formatCount(labels), { anchor: 'middle', colour: FAINT }),
      ),
      text([(PLOT.left + PLOT.right) / 2, PLOT.bottom + 40], acrossOf(record), { anchor: 'middle' }),
      text([20, (PLOT.top + PLOT.bottom) / 2], upwardsOf(record), { anchor: 'middle', isUpright: true }),
      ...(seeds > 1
        ? [
            text(
              [PLOT.left, HEIGHT - 8],
              counted(seeds, 'Mean of {0} seed.', 'Means of {0} seeds; bands are 95 % intervals of the mean.'),
              { size: 11, colour: FAINT },
            ),
          ]
        : []),
      ...curves.flatMap(({ points, colour }) => band(points, colour, xOf, yOf)),
      ...curves.flatMap(({ points, colour, dash }): Shape[] => {
        const path = points.map(({ labelsPerClass, mean }): Point => [xOf(labelsPerClass), yOf(mean)]);
        return [
          line(path, colour, 2.25, dash),
          ...path.map((at): Shape => ({ type: 'disc', at, radius: 3.5, colour })),
        ];
      }),
      ...labelled(curves, xOf, yOf),
    ],
  };
}

function acrossOf({ measure }: EfficiencyRecord): string {
  return measure === 'accuracy' ? t('labels per class (logarithmic)') : t('examples of each label (logarithmic)');
}

function upwardsOf({ measure, from, count }: EfficiencyRecord): string {
  const examples = formatCount(count);
  if (measure === 'accuracy')
    return from === 'test'
      ? t('accuracy on {0} test examples', examples)
      : t('accuracy on {0} validation examples', examples);
  return from === 'test'
    ? t('macro F1 on {0} test examples', examples)
    : t('macro F1 on {0} validation examples', examples);
}

/** Logarithmic; with a margin, so that no point lies on the axis. */
function horizontal(labels: readonly number[]): (labels: number) => number {
  const logs = labels.map((one) => Math.log(one));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const margin = 14;
  return (one) =>
    high === low
      ? (PLOT.left + PLOT.right) / 2
      : PLOT.left + margin + ((Math.log(one) - low) / (high - low)) * (PLOT.right - PLOT.left - 2 * margin);
}

/** Linear, from round number to round number around all that is drawn. */
function vertical(means: readonly EfficiencyMean[]): { yOf: (part: number) => number; ticks: number[] } {
  const least = Math.min(...means.map(({ mean, low }) => low ?? mean));
  const most = Math.max(...means.map(({ mean, high }) => high ?? mean));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((one) => (most - least) / one <= 8) ?? 0.2;
  const bottom = Math.max(0, Math.floor(least / step) * step);
  const top = Math.min(1, Math.max(bottom + step, Math.ceil(most / step) * step));
  const count = Math.floor((top - bottom) / step + 1e-6);
  return {
    yOf: (part) => PLOT.bottom - ((part - bottom) / (top - bottom)) * (PLOT.bottom - PLOT.top),
    ticks: Array.from({ length: count + 1 }, (_, i) => bottom + i * step),
  };
}

/** Budgets whose numbers have room beside each other, from the fewest on. */
function apart(labels: readonly number[], xOf: (labels: number) => number): number[] {
  return labels.reduce<number[]>((shown, one) => {
    const last = shown.at(-1);
    const room = last === undefined ? Infinity : xOf(one) - xOf(last);
    return room > 10 + textWidth(formatCount(one), 12) ? [...shown, one] : shown;
  }, []);
}

function band(
  means: readonly EfficiencyMean[],
  colour: string,
  xOf: (labels: number) => number,
  yOf: (part: number) => number,
): Shape[] {
  const [upper, lower]: [Point[], Point[]] = [[], []];
  for (const { labelsPerClass, low, high } of means) {
    if (low === null || high === null) continue;
    upper.push([xOf(labelsPerClass), yOf(high)]);
    lower.unshift([xOf(labelsPerClass), yOf(low)]);
  }
  return upper.length < 2 ? [] : [{ type: 'area', points: [...upper, ...lower], colour, opacity: 0.13 }];
}

interface Curve {
  name: string;
  colour: string;
  points: EfficiencyMean[];
}

/** Each name at the end of its line, moved where two would lie on each other. */
function labelled(curves: Curve[], xOf: (labels: number) => number, yOf: (part: number) => number): Shape[] {
  const gap = 32;
  const places = curves
    .flatMap(({ name, colour, points }) => {
      const last = points.at(-1);
      return last ? [{ name, colour, last, y: yOf(last.mean) }] : [];
    })
    .sort((a, b) => a.y - b.y);
  for (let i = 1; i < places.length; i++) {
    const [above, own] = [places[i - 1], places[i]];
    if (above && own) own.y = Math.max(own.y, above.y + gap);
  }
  const excess = (places.at(-1)?.y ?? 0) - (PLOT.bottom - 4);
  if (excess > 0) {
    let limit = PLOT.bottom - 4;
    for (const place of [...places].reverse()) {
      place.y = Math.min(place.y, limit);
      limit = place.y - gap;
    }
  }
  return places.flatMap(({ name, colour, last, y }): Shape[] => [
    line(
      [
        [xOf(last.labelsPerClass) + 6, yOf(last.mean)],
        [PLOT.right + 6, y],
      ],
      colour,
      0.75,
    ),
    text([PLOT.right + 10, y], name, { colour, isBold: true, size: 13 }),
    text([PLOT.right + 10, y + 14], t('{0} with {1}', percent(last.mean), formatCount(last.labelsPerClass)), {
      colour: FAINT,
      size: 11,
    }),
  ]);
}

function line(points: readonly Point[], colour: string, width: number, dash?: readonly number[]): Shape {
  return { type: 'line', points, colour, width, ...(dash && { dash }) };
}

type Text = Extract<Shape, { type: 'text' }>;

function text(at: Point, content: string, style: Partial<Omit<Text, 'type' | 'at' | 'text'>> = {}): Text {
  return { type: 'text', at, text: content, size: 12, colour: INK, anchor: 'start', ...style };
}

/** Lines that are not wider, broken at spaces. */
function wrapped(content: string, width: number, size: number): string[] {
  return content.split(' ').reduce<string[]>((lines, word) => {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && WIDER * textWidth(longer, size) <= width) return [...lines.slice(0, -1), longer];
    return [...lines, word];
  }, []);
}

/** Its end left out where it is wider. */
function shortened(content: string, width: number, size: number): string {
  if (WIDER * textWidth(content, size) <= width) return content;
  let length = content.length;
  while (length > 0 && WIDER * textWidth(`${content.slice(0, length)}…`, size) > width) length--;
  return `${content.slice(0, length)}…`;
}
