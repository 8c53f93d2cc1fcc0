/** When several columns of a table could be its label: which is taken, and how a recipe chooses another. */
import { t } from '../protocol/l10n.js';
import { NO_READINGS, type NameReadings } from './otherReadings.js';
import { DataError } from './reader.js';
import { profileColumns } from './table/columns.js';
import { openCsv } from './table/csv.js';
import { textColumns } from './table/dataset.js';
import { labelColumns, possibleLabels } from './table/labelColumns.js';

/** Of a file: enough for its first rows, and quickly looked at, as the extension host does this. */
const LOOKED_BYTES = 4096;

/** @param startOf gives the first so many bytes of a CSV file */
export async function readingsOfColumns(startOf: (bytes: number) => Promise<Buffer>): Promise<NameReadings> {
  try {
    const start = await startOf(LOOKED_BYTES);
    // A row that is cut off is none.
    const end = start.length < LOOKED_BYTES ? start.length : start.lastIndexOf('\n');
    const profiles = await profileColumns(await openCsv(once(start.subarray(0, end)), ''));
    if (textColumns(profiles, {})) return NO_READINGS;
    const [taken] = labelColumns(profiles);
    const others = possibleLabels(profiles).filter((name) => name !== taken);
    return {
      taken:
        taken === undefined
          ? null
          : {
              title: fromColumn(taken),
              reason: t('The label is taken from the column "{0}".', taken),
              data: { labelColumn: taken },
            },
      others: others.map((name) => ({
        title: fromColumn(name),
        reason: t('The label could also be the column "{0}".', name),
        data: { labelColumn: name },
      })),
    };
  } catch (error) {
    if (error instanceof DataError) return NO_READINGS; // opening it tells what is wrong
    throw error;
  }
}

function fromColumn(name: string): string {
  return t('Label from the column "{0}"', name);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
