/** Decoders in C, compiled to WebAssembly: the same values on every machine, and no damaged file gets out of them. */
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';

/** The little that is needed here of what a browser's types would bring. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};

/** What every such library exports; addresses are bytes of its memory. */
export interface WasmExports {
  memory: { readonly buffer: ArrayBuffer };
  /** 0 when there is no memory. */
  malloc(bytes: number): number;
  free(address: number): void;
}

/** A memory that has grown beyond this for one large image is not kept for the next. */
const KEEP_BYTES = 64 * 2 ** 20;

export class WasmLibrary<Exports extends WasmExports> {
  private compiled: object | undefined;
  private instance: Exports | undefined;

  /**
   * @param file the module's path in node_modules; in a bundle it is in wasm/ beside it
   * @param imports by module and name
   */
  constructor(
    private readonly file: string,
    private readonly imports: Record<string, Record<string, () => number>>,
  ) {}

  /** Runs `action`. After an error, which leaves its memory and stack as they are, the library starts anew. */
  use<Result>(action: (library: Exports) => Result): Result {
    const library = (this.instance ??= this.fresh());
    try {
      const result = action(library);
      if (library.memory.buffer.byteLength > KEEP_BYTES) this.instance = undefined;
      return result;
    } catch (error) {
      this.instance = undefined;
      throw error;
    }
  }

  /** An instance in its first state. */
  fresh(): Exports {
    this.compiled ??= new WebAssembly.Module(readFileSync(this.path()));
    return new WebAssembly.Instance(this.compiled, this.imports).exports as Exports;
  }

  private path(): string {
    const bundled = path.join(__dirname, 'wasm', path.basename(this.file));
    return existsSync(bundled) ? bundled : path.join(__dirname, '../../../node_modules', this.file);
  }
}

/** @throws Error when there is no memory */
export function allocate(library: WasmExports, bytes: number): number {
  const address = library.malloc(bytes) >>> 0;
  if (address === 0) throw new Error(t('its {0} MiB do not fit into memory', Math.ceil(bytes / 2 ** 20)));
  return address;
}

/** Copies bytes into the library's memory. @returns their address */
export function copyIn(library: WasmExports, bytes: Uint8Array): number {
  const address = allocate(library, bytes.length);
  new Uint8Array(library.memory.buffer, address, bytes.length).set(bytes);
  return address;
}

/** Copies bytes out of the library's memory. */
export function copyOut(library: WasmExports, address: number, bytes: number): Uint8Array {
  return new Uint8Array(library.memory.buffer, address, bytes).slice();
}

/** For a function of the system that a decoder of bytes never needs. */
export function unavailable(): never {
  throw new Error(t('it asks for what only a program may'));
}
