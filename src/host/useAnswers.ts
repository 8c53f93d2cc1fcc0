import path from 'node:path';
import { t } from '../protocol/l10n.js';
import type { CommandError, TrainerLine } from '../protocol/trainer.js';
import {
  MOST_SHOWN,
  type ClassAnswer,
  type PredictionLine,
  type ShowUse,
  type SimilarLine,
  type UseAnswer,
  type UseSummary,
} from '../protocol/use.js';

/** Classes that are shown of an example, and from which probability. */
const MOST_CLASSES = 5;
const LEAST_PROBABILITY = 0.005;

/** Collects what a trainer says of examples, as it comes; however many there are, only the first are kept. */
export class UseAnswers {
  readonly answers: UseAnswer[] = [];
  readonly unreadable: ShowUse['unreadable'] = [];
  readonly notes: string[] = [];
  count = 0;
  private readonly counts = new Map<string, number>();

  /** @param nameOf what to call a file, e.g. its path within the workspace */
  constructor(private readonly nameOf: (file: string) => string) {}

  add(line: TrainerLine | PredictionLine | SimilarLine | UseSummary): void {
    if ('error' in line) this.addError(line);
    else if ('type' in line) {
      if (line.type === 'note') this.notes.push(line.message);
    } else if ('file' in line) this.addAnswer(line);
  }

  /** How many are of each class, the most first. */
  get classes(): ShowUse['classes'] {
    return [...this.counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  }

  private addAnswer(line: PredictionLine | SimilarLine): void {
    const { file, part, similar = [], shown } = line;
    const { label, labels, probabilities = {} }: Partial<ClassAnswer> = 'probabilities' in line ? line : {};
    this.count++;
    for (const given of labels ?? (typeof label === 'string' ? [label] : []))
      this.counts.set(given, (this.counts.get(given) ?? 0) + 1);
    if (this.answers.length === MOST_SHOWN) return;
    const name = this.nameOf(file);
    this.answers.push({
      file: path.resolve(file),
      title: part === undefined ? name : t('{0}, {1}', name, part),
      shown: shown ?? null,
      ...('prediction' in line && { prediction: line.prediction }),
      classes: Object.entries(probabilities)
        .map(([name, probability]) => ({ name, probability, ...(labels && { given: labels.includes(name) }) }))
        .sort((a, b) => b.probability - a.probability)
        .filter(({ probability }, i) => i === 0 || probability >= LEAST_PROBABILITY)
        .slice(0, Math.max(MOST_CLASSES, labels?.length ?? 0)),
      similar,
    });
  }

  private addError({ file, error, advice }: CommandError): void {
    const reason = advice === undefined ? error : `${error} ${advice}`;
    this.unreadable.push({ file: file === undefined ? '' : this.nameOf(file), reason });
  }
}
