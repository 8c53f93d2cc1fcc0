import path from 'node:path';
import { t } from '../protocol/l10n.js';

/**
 * How the reader goes on with a run from where this program was called: a command that can be typed as it stands, or
 * the editor's own. @param folder the run's
 */
export function howToResume(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
  script = process.argv[1] ?? 'pretrain',
): string {
  if (env['PRETRAIN_LANGUAGE'] !== undefined) return t('Go on with "Pretrain: Resume" in the command palette.'); // a task of the editor
  const command = [programName(env, script), 'resume', quoted(path.relative('', folder) || '.')];
  return t('Go on with: {0}', command.join(' '));
}

/** The command that this program was called by, as it can be typed again. */
export function callAgain(
  env: NodeJS.ProcessEnv = process.env,
  [, script = 'pretrain', ...words]: readonly string[] = process.argv,
): string {
  return [programName(env, script), ...words.map(quoted)].join(' ');
}

/** What the reader types to call this program, e.g. "npx --no-install pretrain". */
export function programName(env: NodeJS.ProcessEnv = process.env, script = process.argv[1] ?? 'pretrain'): string {
  if (env['npm_command'] !== undefined) return 'npx --no-install pretrain';
  return path.extname(script) === '.js' ? `node ${quoted(path.relative('', script))}` : 'pretrain';
}

/**
 * How the reader names a command of this program, e.g. "pretrain run"; what `npm start` runs is "npm start --".
 * @param program how it is named, e.g. as {@link programName} says
 */
export function commandName(command: string, program = 'pretrain', env: NodeJS.ProcessEnv = process.env): string {
  return env['npm_lifecycle_event'] === 'start' && command === 'demo' ? 'npm start --' : `${program} ${command}`;
}

/** Double quotes are those that all shells know. */
function quoted(word: string): string {
  return /[^\w@%+=:,./\\-]/.test(word) ? JSON.stringify(word) : word;
}
