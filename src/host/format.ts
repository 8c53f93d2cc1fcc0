import { counted, t } from '../protocol/l10n.js';
import type { DataKind, Detection } from '../data/reader.js';
import type { Summary } from '../data/summary.js';
import type { EngineDiagnosis, StageCost } from '../protocol/trainer.js';
import type { RunRecord, RunState } from '../protocol/run.js';
import { formatDuration } from '../protocol/duration.js';

/** Short texts about runs, the same in trees, status bar and messages. */

/** A number as people write it in the given language, e.g. 50,992. */
export function formatCount(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/**
 * e.g. "IDX images · 60,000 + 10,000 · 28×28" for the splits of a dataset, "sounds · 20,000+" for more than were counted;
 * only the format where no more is known.
 */
export function datasetText(format: string, summary: Summary | null, locale?: string): string {
  const { counts = [], atLeast = false, shape = [], classes = null, bytes = null } = summary ?? {};
  return [
    format,
    counts.map((count) => formatCount(count, locale)).join(' + ') + (atLeast ? '+' : ''),
    shape.join('×'),
    classes === null ? '' : counted(classes, '{0} class', '{0} classes'),
    bytes === null ? '' : formatBytes(bytes, locale),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What a dataset is called in a list: the format where people know it by that, else the kind of data. */
export function formatText({ format, kind }: Pick<Detection, 'format' | 'kind'>): string {
  const formats: Record<string, string> = {
    idx: t('IDX images'),
    npy: t('NumPy arrays'),
    npz: t('NumPy arrays'),
    csv: 'CSV',
    jsonl: 'JSON Lines',
  };
  const kinds: Record<DataKind, string> = {
    image: t('images'),
    text: t('text'),
    sound: t('sound'),
    table: t('table'),
    array: t('array'),
  };
  return formats[format] ?? kinds[kind];
}

/** A loss: four digits that count, e.g. 0.0953. */
export function formatLoss(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, {
    maximumSignificantDigits: 3,
    minimumSignificantDigits: 3,
    useGrouping: false,
  }).format(value);
}

/** e.g. "about 400 MB"; two digits that count, decimal units as memory is sold and shown by system monitors. */
export function formatBytes(bytes: number, locale?: string): string {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, 'GB'] : bytes >= 1e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  return `${new Intl.NumberFormat(locale, { maximumSignificantDigits: 2, useGrouping: false }).format(value)} ${unit}`;
}

export function stateText(state: RunState): string {
  switch (state) {
    case 'preparing':
      return t('Preparing');
    case 'running':
      return t('Training');
    case 'paused':
      return t('Paused');
    case 'stopped':
      return t('Stopped');
    case 'completed':
      return t('Complete');
    case 'failed':
      return t('Failed');
    case 'interrupted':
      return t('Interrupted');
  }
}

/** e.g. "epoch 12 of 100". The epoch under way, not the ones finished. */
export function epochText(run: Pick<RunRecord, 'epoch' | 'epochs'>, locale?: string): string {
  const underWay = Math.min(run.epochs, Math.floor(run.epoch) + 1);
  return t('epoch {0} of {1}', formatCount(underWay, locale), formatCount(run.epochs, locale));
}

/** e.g. "test accuracy 78.3 %", of several labels an example "test macro F1 71.2 %"; null as long as nothing was measured. */
export function accuracyText(
  { testAccuracy, validationAccuracy, testMacroF1, validationMacroF1 }: Record<string, number>,
  locale?: string,
): string | null {
  const percent = (value: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(100 * value);
  if (testAccuracy !== undefined) return t('test accuracy {0} %', percent(testAccuracy));
  if (validationAccuracy !== undefined) return t('validation accuracy {0} %', percent(validationAccuracy));
  if (testMacroF1 !== undefined) return t('test macro F1 {0} %', percent(testMacroF1));
  return validationMacroF1 === undefined ? null : t('validation macro F1 {0} %', percent(validationMacroF1));
}

/** e.g. "epoch 12 of 100 · loss 0.0953"; of a complete fine-tuning "test accuracy 78.3 % · 100 labels". */
export function runText(run: RunRecord, state: RunState, locale?: string): string {
  const accuracy = run.stage === 'finetune' && state === 'completed' ? accuracyText(run.metrics, locale) : null;
  if (accuracy !== null && run.dataset !== null)
    return `${accuracy} · ${counted(run.dataset.trainingCount, '{0} label', '{0} labels')}`;
  const loss = run.metrics['loss'];
  const parts = state === 'running' || state === 'preparing' ? [] : [stateText(state)];
  if (run.epoch > 0 && state !== 'completed') parts.push(epochText(run, locale));
  if (loss !== undefined) parts.push(t('loss {0}', formatLoss(loss, locale)));
  return parts.length === 0 ? stateText(state) : parts.join(' · ');
}

/**
 * e.g. "mnist · epoch 12 of 100 · loss 0.0953 · 47 s left".
 *
 * @param secondsLeft null while it is not known
 */
export function statusText(run: RunRecord, state: RunState, secondsLeft: number | null, locale?: string): string {
  const text = `${run.name} · ${runText(run, state, locale)}`;
  if (state !== 'running' || secondsLeft === null) return text;
  return `${text} · ${t('{0} left', formatDuration(secondsLeft))}`;
}

/** e.g. "50,992 parameters · 23,500 steps · about 400 MB". */
export function costText(cost: StageCost, locale?: string): string {
  return [
    t('{0} parameters', formatCount(cost.parameters, locale)),
    t('{0} steps', formatCount(cost.epochs * cost.stepsPerEpoch, locale)),
    t('about {0}', formatBytes(cost.memoryBytes, locale)),
  ].join(' · ');
}

/** A document in Markdown that tells which engines load here. */
export function engineReport(engines: readonly EngineDiagnosis[], locale?: string): string {
  const decimals = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const titles = [t('Engine'), t('Loads'), t('Version'), t('Threads'), t('One training step')];
  const rows = engines.map(({ name, loads, version, threads, stepMilliseconds }) => [
    name,
    loads ? t('yes') : t('no'),
    version ?? '–',
    threads === null ? '–' : String(threads),
    stepMilliseconds === null ? '–' : `${decimals.format(stepMilliseconds)}\u00a0ms`,
  ]);
  const table = [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const reasons = engines.flatMap(({ name, loads, reason }) =>
    loads || reason === null ? [] : [`- **${name}**: ${reason}`],
  );
  const used = engines.find(({ loads }) => loads);
  return [
    `# ${t('Engines on this computer')}`,
    used === undefined ? t('No engine loads here.') : t('Recipes with "engine": "auto" use **{0}**.', used.name),
    table,
    ...(reasons.length === 0 ? [] : [`## ${t('Why an engine does not load')}`, reasons.join('\n')]),
    t('The time is that of one step of an autoencoder 784-32-784 with batches of 256.'),
    '',
  ].join('\n\n');
}
