/** What is wrong within a Parquet file; where it was read, it is told with file and place. */
import { t } from '../../protocol/l10n.js';

/** @param advice other than to write or copy the file again */
export class Damage extends Error {
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message);
    this.name = 'Damage';
  }
}

/** The bytes end before what they hold does. */
export class CutOff extends Damage {
  constructor() {
    super(t('it is cut off'));
  }
}
