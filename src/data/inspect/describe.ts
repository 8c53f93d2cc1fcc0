/** An inspection in words: the same in the terminal, in Markdown and on the page. Light: the extension host imports it. */
import { formatDuration } from '../../protocol/duration.js';
import { counted, decimal, formatCount, grouped, t } from '../../protocol/l10n.js';
import type { Duplicates, Inspection } from '../../protocol/inspection.js';

export interface Fact {
  label: string;
  value: string;
}

/** What there is to say, in the order in which it is read; nothing of what there is not. */
export function factsOf(inspection: Inspection): Fact[] {
  const { duplicates } = inspection;
  const facts: [label: string, value: string | null][] = [
    [t('Kind'), kindText(inspection.kind)],
    [t('Format'), inspection.reason === '' ? inspection.title : `${inspection.title}. ${inspection.reason}`],
    [t('Examples'), examplesText(inspection)],
    [t('Splits in the data'), splitsText(inspection)],
    [t('A run would draw'), drawnText(inspection)],
    [t('A network would see'), inspection.prepared && shapeText(inspection.prepared.shape)],
    [t('Augmentation'), inspection.augmentation?.sentence ?? null],
    [t('Sizes'), sizesText(inspection)],
    [t('Lengths'), lengthsText(inspection)],
    [t('Sampling rates'), ratesText(inspection)],
    [t('Characters'), charactersText(inspection)],
    [t('Classes'), classesText(inspection)],
    [t('Groups'), groupsText(inspection)],
    [t('Values'), valuesText(inspection)],
    [t('Scaled to 0..1'), scaledText(inspection)],
    [t('By colour channel'), channelsText(inspection)],
    [t('Constant pixels'), constantText(inspection)],
    [t('Exact duplicates'), inspection.examined === 0 ? null : duplicatesText(duplicates.exact)],
    [t('Near duplicates'), duplicates.near && duplicatesText(duplicates.near)],
    [t('Cannot be used'), inspection.problemCount === 0 ? t('none') : formatCount(inspection.problemCount)],
  ];
  return facts.flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label, value }]));
}

export function kindText(kind: string): string {
  const texts: Record<string, string> = {
    image: t('images'),
    text: t('text'),
    sound: t('sound'),
    table: t('table'),
    array: t('array'),
  };
  return texts[kind] ?? kind;
}

/** e.g. "28 × 28 × 1"; what differs between examples is "any". */
export function shapeText(shape: readonly number[]): string {
  const [only] = shape;
  if (only !== undefined && only >= 0 && shape.length === 1) return counted(only, '{0} value', '{0} values');
  return shape.map((dimension) => (dimension < 0 ? t('any') : grouped(dimension))).join(' × ');
}

export function percent(share: number): string {
  return `${decimal(100 * share, 2)} %`;
}

function examplesText({ count, shape, examined }: Inspection): string {
  const text =
    shape.length === 0 || shape.includes(-1)
      ? formatCount(count)
      : t('{0} of {1}', formatCount(count), shapeText(shape));
  return examined > 0 && examined < count ? `${text} (${t('{0} looked into', formatCount(examined))})` : text;
}

function splitsText({ splits }: Inspection): string {
  const names = [
    [t('training'), splits.train],
    [t('validation'), splits.validation],
    [t('test'), splits.test],
  ] as const;
  const given = names.filter(([, count]) => count > 0);
  if (given.length === 1 && splits.train > 0) return t('none');
  return given.map(([name, count]) => `${formatCount(count)} ${name}`).join(' · ');
}

function drawnText({ drawn }: Inspection): string | null {
  if (!drawn) return null;
  const { training, validation, test, validationFrom } = drawn;
  const from =
    validationFrom === 'fraction' ? t('drawn from the training examples') : t('the data’s "{0}"', validationFrom);
  const counts = [formatCount(training), formatCount(validation)];
  if (test > 0)
    return t('{0} for training, {1} for validation ({2}), {3} for the test', ...counts, from, formatCount(test));
  return t('{0} for training, {1} for validation ({2})', ...counts, from);
}

function sizesText({ sizes }: Inspection): string | null {
  if (!sizes) return null;
  const { smallest, largest, mostFrequent, distinct } = sizes;
  const text = ({ height, width }: { height: number; width: number }): string => `${height} × ${width}`;
  if (distinct === 1) return t('all {0} pixels (height × width)', text(mostFrequent));
  return t(
    '{0} to {1} pixels (height × width), most often {2} ({3} images); {4} sizes',
    text(smallest),
    text(largest),
    text(mostFrequent),
    formatCount(mostFrequent.count),
    formatCount(distinct),
  );
}

function lengthsText({ lengths }: Inspection): string | null {
  if (!lengths) return null;
  const { shortest, longest, mean, median, total } = lengths;
  const values = [shortest.value, longest.value, mean, median].map((value) => decimal(value, 3));
  const [first = '', last = '', average = '', middle = ''] = values;
  if (lengths.unit === 'seconds')
    return t('{0} to {1} s, mean {2} s, median {3} s; {4} in all', first, last, average, middle, formatDuration(total));
  return t(
    '{0} to {1} characters, mean {2}, median {3}; {4} in all',
    formatCount(shortest.value),
    formatCount(longest.value),
    average,
    middle,
    formatCount(total),
  );
}

function ratesText({ rates, channels }: Inspection): string | null {
  if (rates.length === 0) return null;
  const shown = rates
    .slice(0, 4)
    .map(({ value, count }) => t('{0} Hz ({1} sounds)', grouped(value), formatCount(count)));
  if (rates.length > 4) shown.push('…');
  const [only] = channels;
  if (only) shown.push(only.value === 1 ? t('1 channel') : t('{0} channels', only.value));
  return shown.join(' · ');
}

function charactersText({ characters }: Inspection): string | null {
  if (!characters) return null;
  const { distinct, words, frequent } = characters;
  const most = frequent.slice(0, 8).map(({ character }) => JSON.stringify(character));
  return t(
    '{0} different ones in {1} words; most often {2}',
    formatCount(distinct),
    formatCount(words),
    most.join(' ') || t('none'),
  );
}

function classesText({ classes, quantities, imbalance }: Inspection): string {
  const count = Object.keys(classes).length;
  if (quantities)
    return t(
      'none: the labels are numbers, {0} different ones from {1} to {2}',
      formatCount(count),
      quantities.least,
      quantities.most,
    );
  if (count === 0) return t('none: the examples have no labels');
  return imbalance ? `${formatCount(count)}. ${imbalance.sentence}` : formatCount(count);
}

function groupsText({ groups }: Inspection): string | null {
  const names = Object.keys(groups);
  if (names.length === 0) return null;
  return `${formatCount(names.length)}: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}

function valuesText({ values }: Inspection): string | null {
  if (!values) return null;
  const { minimum, maximum, mean, deviation, notFinite } = values;
  const text = t(
    '{0} to {1}, mean {2}, standard deviation {3} (training examples)',
    decimal(minimum),
    decimal(maximum),
    decimal(mean),
    decimal(deviation),
  );
  return notFinite === 0 ? text : `${text}; ${t('{0} are not finite', formatCount(notFinite))}`;
}

function scaledText({ values }: Inspection): string | null {
  if (!values?.scaled) return null;
  return t('mean {0}, standard deviation {1}', decimal(values.scaled.mean), decimal(values.scaled.deviation));
}

function channelsText({ values }: Inspection): string | null {
  if (!values || values.perChannel.length === 0) return null;
  const join = (of: (channel: { mean: number; deviation: number }) => number): string =>
    values.perChannel.map((channel) => decimal(of(channel))).join(', ');
  return t(
    'mean {0}; standard deviation {1}',
    join(({ mean }) => mean),
    join(({ deviation }) => deviation),
  );
}

function constantText({ constant }: Inspection): string | null {
  if (!constant) return null;
  const { pixels, of, share, images } = constant;
  return t(
    '{0} of {1} ({2}) are the same in all {3} training images',
    formatCount(pixels),
    formatCount(of),
    percent(share),
    formatCount(images),
  );
}

function duplicatesText({ examples, groups, betweenSplits, otherClass, complete }: Duplicates): string {
  if (examples === 0) return complete ? t('none') : t('none among those that were compared');
  const parts = [
    groups === 1
      ? t('{0} in 1 group', formatCount(examples))
      : t('{0} in {1} groups', formatCount(examples), formatCount(groups)),
  ];
  if (betweenSplits > 0) parts.push(t('{0} between splits', formatCount(betweenSplits)));
  if (otherClass > 0) parts.push(t('{0} with different labels', formatCount(otherClass)));
  if (!complete) parts.push(t('not all were compared'));
  return parts.join(' · ');
}
