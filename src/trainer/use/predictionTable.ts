import { open, type FileHandle } from 'node:fs/promises';
import type { Predicting } from '../../learn/evaluate/predict.js';
import type { PredictionLine } from '../../protocol/use.js';
import { writingTrouble } from '../askedFile.js';
import { quoted } from './codeFile.js';

/**
 * Predictions as CSV (RFC 4180): file, part, and the predicted number; or label and its probability, or labels where an
 * example may have several, as JSON, then the probability of each class. Written as they come, so there is no bound to
 * how many there are.
 */
export class PredictionTable {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly classes: readonly string[],
  ) {}

  /** @param learner who predicts @throws UserError when it cannot be written */
  static async open(file: string, learner: Predicting['learner']): Promise<PredictionTable> {
    const classes = learner.task === 'regression' ? [] : learner.classes;
    try {
      const table = new PredictionTable(file, await open(file, 'w'), classes);
      const probabilities = classes.map((name) => `probability ${name}`);
      await table.write([['file', 'part', ...heads[learner.task], ...probabilities]]);
      return table;
    } catch (error) {
      throw writingTrouble(file, error);
    }
  }

  /** @throws UserError as {@link open} */
  async add(lines: readonly PredictionLine[]): Promise<void> {
    try {
      await this.write(lines.map((line) => [line.file, line.part ?? '', ...this.cellsOf(line)]));
    } catch (error) {
      throw writingTrouble(this.file, error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private cellsOf(line: PredictionLine): string[] {
    if ('prediction' in line) return [String(line.prediction)];
    const { label, labels, probabilities } = line;
    const given = labels ? [JSON.stringify(labels)] : [label ?? '', String(probabilities[label ?? ''] ?? '')];
    return [...given, ...this.classes.map((name) => String(probabilities[name] ?? ''))];
  }

  private async write(rows: readonly string[][]): Promise<void> {
    await this.handle.writeFile(rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join(''));
  }
}

const heads: Record<Predicting['learner']['task'], string[]> = {
  classification: ['label', 'probability'],
  multiLabel: ['labels'],
  regression: ['prediction'],
};
