import { t } from '../protocol/l10n.js';
import { UserError } from './errors.js';
import { fileTrouble, writeFileAtomic } from './files.js';

/** Files whose place a person names by an option. */

/** @throws UserError when it cannot be written; nothing is left behind then */
export async function writeAsked(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(file, content);
  } catch (error) {
    throw writingTrouble(file, error);
  }
}

export function writingTrouble(file: string, error: unknown): UserError {
  const { reason } = fileTrouble(error);
  return new UserError(t('{0} could not be written: {1}.', file, reason), { file, advice: t('Choose another place.') });
}
