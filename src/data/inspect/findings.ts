/** What a person should know of a dataset before training on it. */
import { formatCount, t } from '../../protocol/l10n.js';
import type { Duplicates, Finding, Inspection } from '../../protocol/inspection.js';
import { STRONG_IMBALANCE } from './classes.js';

/** Fewer training examples of a class than this are few. */
const FEW = 10;
const NAMED = 5;
const LOOK_ALIKE = 0.01;

/** Warnings first. @param remarks what its reader has to tell */
export function findingsOf(inspection: Omit<Inspection, 'findings'>, remarks: readonly string[] = []): Finding[] {
  const found = [
    ...sampled(inspection),
    ...problems(inspection),
    ...remarks.map(warning),
    ...duplicates(inspection.duplicates.exact, exactTexts, 0),
    ...(inspection.duplicates.near ? duplicates(inspection.duplicates.near, nearTexts, likeFew(inspection)) : []),
    ...classes(inspection),
    ...values(inspection),
    ...(inspection.prepared?.notes.map((text): Finding => ({ severity: 'information', text })) ?? []),
  ];
  return [
    ...found.filter(({ severity }) => severity === 'warning'),
    ...found.filter(({ severity }) => severity === 'information'),
  ];
}

const warning = (text: string): Finding => ({ severity: 'warning', text });
const information = (text: string): Finding => ({ severity: 'information', text });

function sampled({ examined, count }: Pick<Inspection, 'examined' | 'count'>): Finding[] {
  if (examined === count) return [];
  if (examined === 0) return [information(t('This version cannot look into examples of this kind.'))];
  return [
    information(
      t(
        'Values and duplicates are those of {0} examples, chosen at random from {1}; classes, splits and sizes are those of all.',
        formatCount(examined),
        formatCount(count),
      ),
    ),
  ];
}

function problems({ problemCount }: Pick<Inspection, 'problemCount'>): Finding[] {
  if (problemCount === 0) return [];
  return [
    warning(
      problemCount === 1
        ? t('1 file or part cannot be used and is left out.')
        : t('{0} files or parts cannot be used and are left out.', formatCount(problemCount)),
    ),
  ];
}

interface DuplicateTexts {
  betweenSplits: (count: string) => string;
  otherClass: (count: string) => string;
  examples: (count: string) => string;
  incomplete: () => string;
}

const exactTexts: DuplicateTexts = {
  betweenSplits: (count) =>
    t(
      'Examples outside of the training split that are in it too: {0}. Measures on them are better than they should be: remove them from one of the two.',
      count,
    ),
  otherClass: (count) => t('Examples that are there twice with different labels: {0}. Some labels are wrong.', count),
  examples: (count) => t('Exact duplicates that could be left out: {0}.', count),
  incomplete: () => t('There may be more exact duplicates.'),
};

const nearTexts: DuplicateTexts = {
  betweenSplits: (count) =>
    t(
      'Images outside of the training split that are nearly identical to one in it: {0}. Measures on them may be better than they should be: compare the pairs below, and remove what is the same from one of the two.',
      count,
    ),
  otherClass: (count) => t('Nearly identical images with different labels: {0}. Some labels may be wrong.', count),
  examples: (count) => t('Nearly identical images that could be left out: {0}.', count),
  incomplete: () => t('So many images look alike that not all could be compared: there may be more near duplicates.'),
};

/** Simple drawings look alike by chance: so many between splits are no reason to warn. */
function likeFew({ splits }: Pick<Inspection, 'splits'>): number {
  return LOOK_ALIKE * (splits.validation + splits.test);
}

/** @param few so many between splits are no warning */
function duplicates(found: Duplicates, texts: DuplicateTexts, few: number): Finding[] {
  const { examples, betweenSplits, otherClass, complete } = found;
  const between = betweenSplits > few ? warning : information;
  return [
    ...(betweenSplits > 0 ? [between(texts.betweenSplits(formatCount(betweenSplits)))] : []),
    ...(otherClass > 0 ? [warning(texts.otherClass(formatCount(otherClass)))] : []),
    ...(examples > 0 ? [information(texts.examples(formatCount(examples)))] : []),
    ...(complete ? [] : [information(texts.incomplete())]),
  ];
}

function classes({ classes, classesBySplit, unlabelled, quantities, imbalance }: Inspectable): Finding[] {
  const names = Object.keys(classes);
  if (names.length === 0)
    return [information(t('There are no labels: enough for pretraining, while fine-tuning needs some.'))];
  const without = unlabelled > 0 ? [information(t('Examples without a label: {0}.', formatCount(unlabelled)))] : [];
  if (quantities)
    return [
      information(
        t('The labels are numbers: fine-tuning learns these, unless its "task" in the recipe is "classification".'),
      ),
      ...without,
    ];
  const training = classesBySplit.train ?? classes;
  const absent = names.filter((name) => training[name] === 0);
  const few = names.filter((name) => (training[name] ?? 0) > 0 && (training[name] ?? 0) < FEW);
  return [
    ...(absent.length > 0 ? [warning(t('Classes without a training example: {0}.', listed(absent)))] : []),
    ...(few.length > 0 ? [warning(t('Classes with fewer than {0} training examples: {1}.', FEW, listed(few)))] : []),
    ...(imbalance?.ratio !== undefined && imbalance.ratio !== null
      ? [imbalance.ratio >= STRONG_IMBALANCE ? warning(imbalance.sentence) : information(imbalance.sentence)]
      : []),
    ...without,
  ];
}

type Inspectable = Pick<Inspection, 'classes' | 'classesBySplit' | 'unlabelled' | 'quantities' | 'imbalance'>;

function values({ values, blank, kind }: Pick<Inspection, 'values' | 'blank' | 'kind'>): Finding[] {
  const empty: Record<string, (count: string) => string> = {
    image: (count) => t('Images of one colour: {0}.', count),
    sound: (count) => t('Sounds without any sound: {0}.', count),
    text: (count) => t('Texts without any letters: {0}.', count),
    table: (count) => t('Rows without any value: {0}.', count),
  };
  const say = empty[kind] ?? ((count: string) => t('Examples whose values are all the same: {0}.', count));
  return [
    ...(values && values.notFinite > 0
      ? [warning(t('Values that are not finite (NaN or infinite): {0}.', formatCount(values.notFinite)))]
      : []),
    ...(blank.count > 0 ? [warning(say(formatCount(blank.count)))] : []),
  ];
}

function listed(names: string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? t('{0} and {1} more', shown, formatCount(names.length - NAMED)) : shown;
}
