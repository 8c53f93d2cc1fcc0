/** What the tests' workers do. */
import { isMainThread, threadId } from 'node:worker_threads';
import { t } from '../../../../src/protocol/l10n.js';

export function double({ values }: { values: Uint8Array }): { values: Uint8Array; size: number } {
  return { values: values.map((value) => 2 * value), size: values.buffer.byteLength };
}

/** Which thread computes it, after `milliseconds`; 0 is the tests' own. */
export function where({ milliseconds }: { milliseconds: number }): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  return isMainThread ? 0 : threadId;
}

export function fail({ why }: { why: string }): never {
  throw new Error(why);
}

/** Fails in the language that was set. */
export function failInWords(): never {
  throw new Error(t('it is empty (0 bytes)'));
}

/** Ends the thread as a fault in a library would. */
export function crash(): never {
  process.exit(1);
}

/** What cannot be sent back. */
export function uncloneable(): () => void {
  return () => undefined;
}
