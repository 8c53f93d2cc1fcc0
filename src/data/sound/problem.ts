/** Errors of sound files. */
import * as path from 'node:path';
import { formatCount, t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';

/** Makes the error that names file and byte. */
export type SoundProblem = (at: number, what: string, advice?: string) => DataError;

/** @param usually the advice where none is given */
export function problemIn(file: string, usually: string): SoundProblem {
  const name = path.basename(file);
  return (at, what, advice = usually) =>
    new DataError(t('{0}, byte {1}: {2}.', name, formatCount(at), what), file, advice);
}
