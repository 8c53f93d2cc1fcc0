import { counted, formatCount, t } from '../../protocol/l10n.js';
import type { EfficiencyMean, EfficiencyMeasure, EfficiencyVerdict } from '../../protocol/efficiency.js';
import { labelsFor, SCRATCH } from './means.js';

/** What a measurement says, in words. */

/** Where nothing says which budget the reader has in mind. */
const USUAL_LABELS = 10;

/** At each budget where both were measured: whether a pretrained mode does better than scratch. */
export function verdictsOf(means: readonly EfficiencyMean[]): EfficiencyVerdict[] {
  return means
    .filter(({ mode }) => mode === SCRATCH)
    .flatMap((scratch): EfficiencyVerdict[] => {
      const { labelsPerClass } = scratch;
      const best = bestAt(means, labelsPerClass);
      if (!best) return [];
      return [{ labelsPerClass, verdict: helps(best) ? 'helps' : hurts(best) ? 'hurts' : 'unclear' }];
    });
}

/** Whether it is surely better than scratch. With one seed nothing is shown. */
function helps({ gain }: EfficiencyMean): boolean {
  return gain !== null && gain.low > 0;
}

function hurts({ gain }: EfficiencyMean): boolean {
  return gain !== null && gain.high < 0;
}

/** The pretrained mode of the highest mean. */
function bestAt(means: readonly EfficiencyMean[], labelsPerClass: number): EfficiencyMean | undefined {
  return means
    .filter((one) => one.mode !== SCRATCH && one.labelsPerClass === labelsPerClass)
    .reduce<EfficiencyMean | undefined>((best, one) => (best && best.mean >= one.mean ? best : one), undefined);
}

/**
 * e.g. "With 10 labels per class the pretrained encoder (linear probe) reaches 78 %; from scratch that takes about 60."; of
 * several labels an example "With 10 examples of each label ... reaches a macro F1 of 78 %".
 * @param wanted labels per class that the reader has in mind; the nearest that was measured is spoken of
 * @param nameOf a mode's name for people
 */
export function sentenceOf(
  means: readonly EfficiencyMean[],
  measure: EfficiencyMeasure,
  wanted: number | null,
  nameOf: (mode: string) => string,
): string {
  const pretrained = means.filter(({ mode }) => mode !== SCRATCH);
  const scratch = means.filter(({ mode }) => mode === SCRATCH);
  const both = scratch.filter(({ labelsPerClass }) => bestAt(means, labelsPerClass));
  const measured = both.length > 0 ? both : pretrained.length > 0 ? pretrained : scratch;
  const labels = nearest(
    measured.map(({ labelsPerClass }) => labelsPerClass),
    wanted ?? USUAL_LABELS,
  );
  if (labels === null) return t('Nothing was measured yet.');
  const isAccuracy = measure === 'accuracy';
  const with_ = isAccuracy
    ? counted(labels, 'With {0} label per class', 'With {0} labels per class')
    : counted(labels, 'With {0} example of each label', 'With {0} examples of each label');
  const scoreOf = (part: number): string => (isAccuracy ? percent(part) : t('a macro F1 of {0}', percent(part)));
  const best = bestAt(means, labels);
  const own = scratch.find(({ labelsPerClass }) => labelsPerClass === labels);
  if (!best)
    return t(
      '{0} a network reaches {1} from scratch. No pretrained mode was measured.',
      with_,
      scoreOf(own?.mean ?? 0),
    );
  const reaches = t('{0} the pretrained encoder ({1}) reaches {2}', with_, nameOf(best.mode), scoreOf(best.mean));
  if (!own) return t('{0}. It was not compared: add the mode "{1}".', reaches, SCRATCH);
  return [compared(reaches, best, own, scratch), elsewhere(verdictsOf(means), labels)]
    .filter((part) => part !== '')
    .join(' ');
}

function compared(
  reaches: string,
  best: EfficiencyMean,
  own: EfficiencyMean,
  scratch: readonly EfficiencyMean[],
): string {
  if (own.mean >= best.mean)
    return t('{0}, from scratch {1}: here pretraining does not help.', reaches, percent(own.mean));
  if (!helps(best))
    return best.gain === null
      ? t('{0}, from scratch {1}. One seed shows no more than that: add seeds.', reaches, percent(own.mean))
      : t(
          '{0}, from scratch {1}, but by these seeds that may be chance: that pretraining helps is not shown. More seeds may show it.',
          reaches,
          percent(own.mean),
        );
  const takes = labelsFor(best.mean, scratch);
  if (takes.type === 'moreThan')
    return t('{0}; from scratch that takes more than {1}.', reaches, formatCount(takes.labels));
  return t('{0}; from scratch that takes about {1}.', reaches, formatCount(rounded(takes.labels)));
}

/** What holds with other budgets, where it is not the same. */
function elsewhere(verdicts: readonly EfficiencyVerdict[], labels: number): string {
  const here = verdicts.find(({ labelsPerClass }) => labelsPerClass === labels)?.verdict;
  const others = (verdict: EfficiencyVerdict['verdict']): string =>
    verdicts
      .filter((one) => one.verdict === verdict && verdict !== here)
      .map(({ labelsPerClass }) => formatCount(labelsPerClass))
      .join(', ');
  const [better, worse, unclear] = [others('helps'), others('hurts'), others('unclear')];
  return [
    better && t('It helps with {0}.', better),
    worse && t('It does worse than scratch with {0}.', worse),
    unclear && here === 'helps' && t('With {0} it may be chance.', unclear),
  ]
    .filter(Boolean)
    .join(' ');
}

/** On the logarithmic axis. */
function nearest(budgets: readonly number[], wanted: number): number | null {
  const distance = (labels: number): number => Math.abs(Math.log(labels / wanted));
  return budgets.reduce<number | null>(
    (best, labels) => (best !== null && distance(best) <= distance(labels) ? best : labels),
    null,
  );
}

/** To two digits: more of an interpolated count mean nothing. */
function rounded(labels: number): number {
  return Number(labels.toPrecision(2));
}

/** e.g. "78 %"; with a digit more where whole percents would hide what differs. */
export function percent(part: number): string {
  const hundredths = 100 * part;
  return t('{0} %', hundredths > 95 ? hundredths.toFixed(1) : Math.round(hundredths));
}
