import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Host } from './host.js';
import { reason } from './message.js';

/** A file in which a trainer hands over what examples look or sound like. */
export class SamplesFile {
  readonly path = path.join(os.tmpdir(), `pretrain-${randomUUID()}.safetensors`);

  /** Null, and a word in the log, where it cannot be read: what is in words is of use without it. */
  async read({ log }: Host): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await fs.readFile(this.path)); // a Buffer would travel to the page as JSON
    } catch (error) {
      log.warn(`the pictures of the examples cannot be read: ${reason(error)}`);
      return null;
    }
  }

  remove(): Promise<void> {
    return fs.rm(this.path, { force: true });
  }
}
