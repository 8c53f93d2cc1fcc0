import { t } from '../protocol/l10n.js';
import type { CommandError } from '../protocol/trainer.js';
import { describeError } from './errors.js';

/** What a command says: pictures and sentences for people, or with --json one object a line. */
export class Output {
  private readonly stdout = process.stdout;

  constructor(readonly json: boolean) {
    // The window that started this process may close: its end of the pipe goes away, the run goes on. Where it had not
    // read all, the first error is another one: pipes between processes may be sockets.
    for (const stream of [process.stdout, process.stderr])
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
      });
  }

  get isTerminal(): boolean {
    return !this.json && this.stdout.isTTY;
  }

  /** For programs. */
  object(value: object): void {
    if (this.json) this.stdout.write(JSON.stringify(value) + '\n');
  }

  /** For people. */
  line(text = ''): void {
    if (!this.json) this.stdout.write(this.clear() + printable(text) + '\n');
  }

  /** A line that the next one replaces; only where somebody looks. */
  transient(text: string): void {
    if (this.isTerminal)
      this.stdout.write(this.clear() + printable(text).slice(0, Math.max(20, this.stdout.columns - 1)));
  }

  private clear(): string {
    return this.isTerminal ? '\r\u001b[K' : '';
  }

  error(error: unknown): void {
    const { told, stack } = describeError(error);
    const { message, ...rest } = told;
    if (this.json) return this.object({ error: message, ...rest } satisfies CommandError);
    const place = told.line === undefined ? '' : `${told.file ?? ''}:${told.line}:${told.column ?? 1} `;
    const more = told.more === undefined ? '' : t(' ("pretrain check" lists {0} more)', told.more);
    const text = `${place}${message}${more}${told.advice ? ` ${told.advice}` : ''}`;
    process.stderr.write(`${this.clear()}${printable(text)}\n`);
    if (stack !== null && process.env['PRETRAIN_DEBUG']) process.stderr.write(stack + '\n');
  }
}

/** Names of files and runs may come from anybody: none of them steers the terminal. Line ends and tabs stay. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
