/** What cannot be read of a dataset: an error, or left out and told where its recipe says "onError": "skip". */
import { formatCount, t } from '../protocol/l10n.js';
import { DataError, type DatasetOptions, type UnreadableFile } from './reader.js';

/** Of each file, so many of its lines are told one by one. */
const TOLD = 100;

/** Hears what is wrong with a line, which then is passed over; throws where it is not to be. */
export type LeaveOut = (error: DataError) => void;

export const raise: LeaveOut = (error) => {
  throw error;
};

export class LeftOut {
  private readonly reasons = new Map<string, Set<string>>();
  private readonly more = new Map<string, number>();
  private readonly isSkipping: boolean;

  constructor({ onError }: DatasetOptions) {
    this.isSkipping = onError === 'skip';
  }

  /** Notes a line; of one that is read again, once. @throws DataError unless such are skipped */
  readonly line: LeaveOut = (error) =>
    this.note(error, t('Or set "onError": "skip" in the recipe’s data to leave such lines out.'));

  /** Notes a file. @throws the error unless such are skipped, or when it is none of the data */
  file(error: unknown): void {
    if (!(error instanceof DataError)) throw error;
    this.note(error, t('Or set "onError": "skip" in the recipe’s data to leave such files out.'));
  }

  /** Notes a row, as {@link line} does. @throws DataError unless such are skipped */
  row(error: DataError): void {
    this.note(error, t('Or set "onError": "skip" in the recipe’s data to leave such rows out.'));
  }

  /** Notes rows that follow each other, and are left out for one reason. @throws DataError unless such are skipped */
  rows({ message, file, advice }: DataError, { first, rows }: { first: number; rows: number }): void {
    const all = t('Rows {0} to {1} are left out: {2}', formatCount(first + 1), formatCount(first + rows), message);
    this.row(new DataError(this.isSkipping ? all : message, file, advice));
  }

  /** @throws DataError where all was left out @param count of examples that were read @param files that alone are meant */
  checkAny(count: number, path: string, files?: ReadonlySet<string>): void {
    const [first] = this.problems().filter(({ file }) => !files || files.has(file));
    if (count === 0 && first)
      throw new DataError(
        t('Nothing in {0} can be read. {1}', path, first.reason),
        first.file,
        t('Check that it opens in another program.'),
      );
  }

  problems(): UnreadableFile[] {
    return [...this.reasons].flatMap(([file, reasons]) => {
      const more = this.more.get(file) ?? 0;
      const told = [...reasons, ...(more > 0 ? [t('Left out: {0} more lines or rows.', formatCount(more))] : [])];
      return told.map((reason) => ({ file, reason }));
    });
  }

  private note({ message, file, advice }: DataError, otherwise: string): void {
    if (!this.isSkipping)
      throw new DataError(message, file, advice === undefined ? otherwise : `${advice} ${otherwise}`);
    const reasons = this.reasons.get(file) ?? new Set();
    this.reasons.set(file, reasons);
    if (reasons.size < TOLD) reasons.add(message);
    else if (!reasons.has(message)) this.more.set(file, (this.more.get(file) ?? 0) + 1);
  }
}
