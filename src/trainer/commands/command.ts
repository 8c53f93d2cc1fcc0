import type { ParseArgsConfig } from 'node:util';
import { t } from '../../protocol/l10n.js';
import type { Output } from '../output.js';

/** One command of the command line. */
export interface Command {
  name: string;
  /** One sentence. */
  summary: string;
  /** What stands after the name, e.g. "RECIPE". */
  usage: string;
  /** How many words may stand there: [least, most]. */
  words: [number, number];
  options: Record<string, Option>;
  example: string;
  /** @returns the exit code: 0 only when the work is complete. */
  run(words: string[], options: Options, output: Output): Promise<number>;
}

export interface Option {
  type: 'string' | 'boolean';
  summary: string;
  /** What a string stands for, e.g. "N". */
  value?: string;
}

export type Options = Record<string, string | boolean | undefined>;

export const jsonOption: Record<string, Option> = {
  json: { type: 'boolean', summary: t('print one JSON object a line instead of text') },
};

export function parseConfig(options: Record<string, Option>): ParseArgsConfig['options'] {
  return Object.fromEntries(
    Object.entries({ ...options, help: { type: 'boolean' as const } }).map(([name, { type }]) => [name, { type }]),
  );
}
