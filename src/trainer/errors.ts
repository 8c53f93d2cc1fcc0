import { t } from '../protocol/l10n.js';
import { DataError } from '../data/reader.js';
import { EngineError } from '../learn/engine/index.js';
import { TrainingError } from '../learn/explosion.js';
import type { RunError } from '../protocol/run.js';
import type { CommandError } from '../protocol/trainer.js';

/** Something that a person can understand and mend: what happened, where, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    message: string,
    readonly details: {
      file?: string;
      line?: number;
      column?: number;
      more?: number;
      advice?: string;
      anyway?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/** The person stopped what was asked for before there was anything to keep. */
export class Stopped extends UserError {}

/** Exit code of what was stopped, as shells have it for a program that Ctrl-C ended. */
export const STOPPED = 130;

/** What an error says, within a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any error as it is told to people. Only one that was not foreseen keeps its stack, for the log. */
export function describeError(error: unknown): {
  told: RunError & Pick<CommandError, 'column' | 'more' | 'anyway'>;
  stack: string | null;
} {
  if (error instanceof UserError) return { told: { message: error.message, ...error.details }, stack: null };
  if (error instanceof DataError)
    return {
      told: {
        message: error.message,
        file: error.file,
        ...(error.advice === undefined ? {} : { advice: error.advice }),
      },
      stack: null,
    };
  if (error instanceof TrainingError || error instanceof EngineError)
    return { told: { message: error.message }, stack: null };
  const message = error instanceof Error ? error.message : String(error);
  return {
    told: {
      message: t('This failed unexpectedly: {0}', message),
      advice: t('The log in the run folder has the details.'),
    },
    stack: error instanceof Error ? (error.stack ?? message) : message,
  };
}
