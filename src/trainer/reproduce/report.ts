import path from 'node:path';
import { counted, decimal, formatCount, t } from '../../protocol/l10n.js';
import type {
  CheckpointComparison,
  MetricComparison,
  ReproductionRecord,
  TensorDifference,
} from '../../protocol/reproduction.js';

/** A reproduction in words. */

/** Digits by which two numbers are told apart; those of float32 are about 7, of the sums of epochs 17. */
const DIGITS = 17;

/** What was found; the sentences are made of it. */
export type Findings = Pick<ReproductionRecord, 'of' | 'complete' | 'lastSteps' | 'metrics' | 'checkpoints'> & {
  /** Whether evaluation and predictions are the same; null where one of the runs has none. */
  evaluation: boolean | null;
};

export function isSame({ lastSteps, metrics, checkpoints, evaluation }: Findings): boolean {
  const asFar = lastSteps.recorded === lastSteps.reproduced;
  return (
    metrics.first === null &&
    asFar &&
    evaluation !== false &&
    checkpoints.every((checkpoint) => checkpoint.first === null)
  );
}

export function verdict(findings: Findings): string {
  const { of, complete, lastSteps, metrics, checkpoints } = findings;
  const { values, first } = metrics;
  const networks = counted(checkpoints.length, '{0} checkpoint', '{0} checkpoints');
  if (isSame(findings)) {
    const numbers = counted(values, '{0} measured value', '{0} measured values');
    if (!complete)
      return t(
        'Stopped at step {0}, before the run {1} was reproduced to its end. Up to there it is the same, bit by bit: {2} and the weights of {3}.',
        formatCount(lastSteps.reproduced),
        of.id,
        numbers,
        networks,
      );
    return t(
      'The run {0} was reproduced, bit by bit: {1} and the weights of {2} are the same.',
      of.id,
      numbers,
      networks,
    );
  }
  const where = first
    ? t('from step {0} on its values differ', formatCount(first.step))
    : firstCheckpoint(checkpoints)
      ? t('the weights of step {0} differ', formatCount(firstCheckpoint(checkpoints)?.step ?? 0))
      : lastSteps.recorded !== lastSteps.reproduced
        ? t(
            'it ended after step {0} instead of {1}',
            formatCount(lastSteps.reproduced),
            formatCount(lastSteps.recorded),
          )
        : t('its evaluation differs');
  return t('The run {0} was not reproduced: {1}.', of.id, where);
}

/** What was compared and how it came out. */
export function comparedSentences({ lastSteps, metrics, checkpoints, evaluation }: Findings): string[] {
  const sentences = [metricSentence(metrics)];
  const { recorded, reproduced } = lastSteps;
  if (recorded !== reproduced)
    sentences.push(t('Its last step was {0}, and is {1} now.', formatCount(recorded), formatCount(reproduced)));
  sentences.push(checkpointSentence(checkpoints));
  if (evaluation !== null)
    sentences.push(
      evaluation
        ? t('Evaluation and predictions of the task are the same.')
        : t('Evaluation or predictions of the task differ.'),
    );
  return sentences;
}

function metricSentence({ values, steps, differing, first }: MetricComparison): string {
  if (values === 0) return t('There are no measured values that both have.');
  if (first === null)
    return t(
      '{0} of {1} are the same.',
      counted(values, '{0} measured value', '{0} measured values'),
      stepCount(steps),
    );
  const { step, name, recorded, reproduced } = first;
  const by = recorded === null || reproduced === null ? null : Math.abs(reproduced - recorded);
  const difference = by === null ? '' : t(', a difference of {0}', decimal(by, 3));
  return t(
    'The first value that differs is {0} of step {1}: {2} then, {3} now{4}. {5} of {6} measured values differ.',
    name,
    formatCount(step),
    shown(recorded),
    shown(reproduced),
    difference,
    formatCount(differing),
    formatCount(values),
  );
}

function checkpointSentence(checkpoints: readonly CheckpointComparison[]): string {
  if (checkpoints.length === 0) return t('There is no checkpoint that both have.');
  const steps = checkpoints.map(({ step }) => formatCount(step)).join(', ');
  const found = firstCheckpoint(checkpoints);
  if (!found)
    return t(
      'Weights and optimizer of {0} are the same (steps {1}).',
      counted(checkpoints.length, '{0} checkpoint', '{0} checkpoints'),
      steps,
    );
  return t(
    'The first tensor that differs is {0} ({1}) of step {2}: {3}.',
    found.first.tensor,
    found.first.file,
    formatCount(found.step),
    tensorText(found.first),
  );
}

function tensorText({ differing, count, largest }: TensorDifference): string {
  if (largest === null) return t('{0} of {1} values differ', formatCount(differing), formatCount(count));
  return t('{0} of {1} values differ, by at most {2}', formatCount(differing), formatCount(count), decimal(largest, 3));
}

function firstCheckpoint(
  checkpoints: readonly CheckpointComparison[],
): { step: number; first: TensorDifference } | undefined {
  return checkpoints.find((one): one is { step: number; first: TensorDifference } => one.first !== null);
}

function stepCount(steps: number): string {
  return counted(steps, '{0} step', '{0} steps');
}

function shown(value: number | null): string {
  return value === null ? t('no number') : decimal(value, DIGITS);
}

/** What to say where nothing else is known to be otherwise. */
export function noDeviation(): string {
  return t('Data, versions, engine, threads and platform are those of then.');
}

/** `reproduction.md`. */
export function reportMarkdown({ of, run, verdict, compared, circumstances }: ReproductionRecord): string {
  const list = (sentences: readonly string[]) => sentences.map((sentence) => `- ${escaped(sentence)}`).join('\n');
  return [
    `# ${t('Reproduction of {0}', escaped(of.id))}`,
    escaped(verdict),
    `## ${t('What was compared')}`,
    list(compared),
    `## ${t('What is otherwise than then')}`,
    list(circumstances.length > 0 ? circumstances : [noDeviation()]),
    `## ${t('The runs')}`,
    list([t('then: {0}', of.folder), t('now: {0}', path.resolve(run))]),
    '',
  ].join('\n\n');
}

/** Names come from anybody: none of them is markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
