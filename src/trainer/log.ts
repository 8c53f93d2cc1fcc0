import { appendFile } from 'node:fs/promises';
import { APPEND } from './files.js';

/** Adds to a run's log. The log is for details that nobody waits for: when it cannot be written, the message itself still reaches people. */
export async function appendLog(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, `${new Date().toISOString()} ${text}\n`, { flag: APPEND });
  } catch (error) {
    process.stderr.write(`${file} could not be written: ${String(error)}\n${text}\n`);
  }
}
