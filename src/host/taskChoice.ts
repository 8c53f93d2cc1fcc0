import { counted, t } from '../protocol/l10n.js';
import { parseDocument } from '../recipe/document.js';
import { modes, type ModeChoice } from './methods.js';

/** What is chosen when a fine-tuning starts: what of the network learns, and from how many labels. */
export interface TaskChoice {
  mode: ModeChoice;
  labels: Labels;
}

export interface Labels {
  /** Labelled examples of each class; null for all, or for a part of them. */
  perClass: number | null;
  /** 0..1 of the labelled examples of each class; null for all, or for a number. */
  fraction: number | null;
}

export const ALL_LABELS: Labels = { perClass: null, fraction: null };

/** What a recipe's text says of its fine-tuning, or leaves to the defaults; its own check tells what of it is wrong. */
export async function writtenTask(text: string): Promise<TaskChoice> {
  const { document } = parseDocument(text);
  const name = document.valueAt(['finetune', 'mode']);
  const known = await modes();
  const mode = known.find((one) => one.name === name) ?? known[0];
  if (mode === undefined) throw new Error('The schema has no mode.');
  const perClass = document.valueAt(['finetune', 'labelsPerClass']);
  const fraction = document.valueAt(['finetune', 'labelFraction']);
  return {
    mode,
    labels: {
      perClass: typeof perClass === 'number' ? perClass : null,
      fraction: typeof fraction === 'number' ? fraction : null,
    },
  };
}

/** e.g. "10 labels per class". */
export function labelsText({ perClass, fraction }: Labels, locale?: string): string {
  if (perClass !== null) return counted(perClass, '{0} label per class', '{0} labels per class');
  if (fraction === null) return t('all labels');
  const percent = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(100 * fraction);
  return t('{0} % of the labels', percent);
}

/** e.g. "Full · 10 labels per class". */
export function taskText({ mode, labels }: TaskChoice, locale?: string): string {
  return `${mode.title} · ${labelsText(labels, locale)}`;
}

/** What the trainer is told to do so, whatever the recipe says; nothing of what it says already. */
export function taskArguments({ mode, labels }: TaskChoice, written: TaskChoice): string[] {
  const args = mode.name === written.mode.name ? [] : ['--mode', mode.name];
  const { perClass, fraction } = labels;
  if (perClass === written.labels.perClass && fraction === written.labels.fraction) return args;
  if (perClass !== null) return [...args, '--labels-per-class', String(perClass)];
  return [...args, '--label-fraction', String(fraction ?? 1)];
}
