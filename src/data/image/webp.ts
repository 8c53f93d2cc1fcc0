/** WebP by libwebp. */
import { t } from '../../protocol/l10n.js';
import { uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import type { Pixels } from './pixels.js';
import { allocate, copyIn, copyOut, unavailable, WasmLibrary, type WasmExports } from './wasmLibrary.js';

/** webp/decode.h. */
interface LibWebp extends WasmExports {
  WebPDecodeRGBA(bytes: number, length: number, width: number, height: number): number;
}

const library = new WasmLibrary<LibWebp>('@cwasm/webp/webp.wasm', {
  wasi_snapshot_preview1: { fd_close: unavailable, fd_seek: unavailable, fd_write: unavailable },
});

/** @throws Error when libwebp cannot decode it, for which it gives no reason */
export function decodeWebp(bytes: Buffer, header: ImageHeader): Pixels {
  const { width, height } = uprightSize(header.width, header.height, header.orientation);
  const length = 8 + bytes.readUInt32LE(4);
  if (bytes.length < length) throw new Error(t('it should have {0} bytes and has {1}', length, bytes.length));
  const data = library.use((webp) => {
    const input = copyIn(webp, bytes);
    const size = allocate(webp, 8);
    const output = webp.WebPDecodeRGBA(input, bytes.length, size, size + 4);
    if (output === 0) throw new Error(t('libwebp cannot decode it'));
    const [decodedWidth, decodedHeight] = new Uint32Array(webp.memory.buffer, size, 2);
    if (decodedWidth !== width || decodedHeight !== height) throw new Error(t('its parts differ in size'));
    const pixels = copyOut(webp, output, width * height * 4);
    webp.free(output);
    webp.free(size);
    webp.free(input);
    return pixels;
  });
  return { width, height, channels: 4, data };
}
