import { open, type FileHandle } from 'node:fs/promises';
import type { PredictionLine } from '../../protocol/use.js';
import { writingTrouble } from '../askedFile.js';
import { quoted } from './codeFile.js';

/**
 * Predictions as CSV (RFC 4180): file, part, label and its probability, or labels where an example may have several, as
 * JSON, then the probability of each class. Written as
 * they come, so there is no bound to how many there are.
 */
export class PredictionTable {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly classes: readonly string[],
    private readonly isSeveral: boolean,
  ) {}

  /** @throws UserError when it cannot be written */
  static async open(file: string, classes: readonly string[], isSeveral = false): Promise<PredictionTable> {
    try {
      const table = new PredictionTable(file, await open(file, 'w'), classes, isSeveral);
      await table.write([
        [
          'file',
          'part',
          ...(isSeveral ? ['labels'] : ['label', 'probability']),
          ...classes.map((name) => `probability ${name}`),
        ],
      ]);
      return table;
    } catch (error) {
      throw writingTrouble(file, error);
    }
  }

  /** @throws UserError as {@link open} */
  async add(lines: readonly PredictionLine[]): Promise<void> {
    try {
      await this.write(
        lines.map(({ file, part = '', label, labels = [], probabilities }) => {
          const values = this.classes.map((name) => String(probabilities[name] ?? ''));
          const given = this.isSeveral
            ? [JSON.stringify(labels)]
            : [label ?? '', String(probabilities[label ?? ''] ?? '')];
          return [file, part, ...given, ...values];
        }),
      );
    } catch (error) {
      throw writingTrouble(this.file, error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async write(rows: readonly string[][]): Promise<void> {
    await this.handle.writeFile(rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join(''));
  }
}
