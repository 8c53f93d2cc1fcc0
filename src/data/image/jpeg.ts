/** JPEG by libjpeg-turbo, the library of Pillow and OpenCV: the same values to the bit. */
import { t } from '../../protocol/l10n.js';
import { uprightSize } from './exif.js';
import type { ImageHeader } from './header.js';
import type { Pixels } from './pixels.js';
import { allocate, copyIn, copyOut, unavailable, WasmLibrary, type WasmExports } from './wasmLibrary.js';

/** TurboJPEG's interface, turbojpeg.h. */
interface TurboJpeg extends WasmExports {
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompress2(
    handle: number,
    bytes: number,
    length: number,
    out: number,
    width: number,
    rowBytes: number,
    height: number,
    format: number,
    flags: number,
  ): number;
}

const [RGB, GREY, CMYK] = [0, 6, 11];
/** A file has some ten scans, a hostile one thousands, each of which goes over the whole image. */
const MAX_SCANS = 500;
/** What libjpeg warns of though the image is whole: any other warning means that pixels are missing. */
const HARMLESS = /extraneous bytes before marker 0xd9|unknown JFIF revision|Unknown Adobe color transform/;
const NO_ERROR = 'No error\0';

const library = new WasmLibrary<TurboJpeg>('@cwasm/jpeg-turbo/jpeg-turbo.wasm', {
  env: { setjmp: () => 0, longjmp: unavailable },
  wasi_snapshot_preview1: {
    environ_sizes_get: () => 0,
    environ_get: unavailable,
    proc_exit: unavailable,
    fd_close: unavailable,
    fd_seek: unavailable,
    fd_write: unavailable,
  },
});
let messageAddress: number | undefined;

/** @throws Error with libjpeg's reason */
export function decodeJpeg(bytes: Buffer, header: ImageHeader): Pixels {
  const { width, height } = uprightSize(header.width, header.height, header.orientation);
  // A block of 8 × 8 takes a bit at least, so a header that claims too much is found before any memory is taken.
  if (bytes.length * 8 < Math.ceil(width / 8) * Math.ceil(height / 8))
    throw new Error(t('it is too short for {0} × {1}', width, height));
  if (count(bytes, 0xda) > MAX_SCANS) throw new Error(t('it has more than {0} scans', MAX_SCANS));
  const channels = header.cmyk ? 4 : header.channels;
  const format = header.cmyk ? CMYK : channels === 1 ? GREY : RGB;
  const data = library.use((turbo) => {
    const input = copyIn(turbo, bytes);
    const size = width * height * channels;
    const output = allocate(turbo, size);
    const handle = turbo.tjInitDecompress();
    const status = attempt(turbo, () =>
      turbo.tjDecompress2(handle, input, bytes.length, output, width, width * channels, height, format, 0),
    );
    if (status !== 0) checkWarning(message(turbo), bytes);
    const pixels = copyOut(turbo, output, size);
    turbo.tjDestroy(handle);
    turbo.free(output);
    turbo.free(input);
    return pixels;
  });
  return header.cmyk
    ? { width, height, channels: 3, data: fromCmyk(data) }
    : { width, height, channels: header.channels, data };
}

/** An error of the library itself comes as one of its long jump, which it means to leave by. */
function attempt(turbo: TurboJpeg, decode: () => number): number {
  try {
    return decode();
  } catch (error) {
    throw new Error(message(turbo), { cause: error });
  }
}

function checkWarning(warning: string, bytes: Buffer): void {
  if (!HARMLESS.test(warning)) throw new Error(warning);
  const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]));
  if (end < bytes.lastIndexOf(Buffer.from([0xff, 0xda]))) throw new Error('Premature end of JPEG file');
}

/** The library's last message, which it keeps where "No error" is at first. */
function message(turbo: TurboJpeg): string {
  messageAddress ??= Buffer.from(library.fresh().memory.buffer).lastIndexOf(NO_ERROR);
  const memory = Buffer.from(turbo.memory.buffer);
  return memory.toString('latin1', messageAddress, memory.indexOf(0, messageAddress));
}

function count(bytes: Buffer, marker: number): number {
  let found = 0;
  const pattern = Buffer.from([0xff, marker]);
  for (let at = bytes.indexOf(pattern); at >= 0 && found <= MAX_SCANS; at = bytes.indexOf(pattern, at + 2)) found++;
  return found;
}

/** CMYK is stored inverted, as Adobe does; converted without a colour profile, as Pillow's `convert("RGB")` does. */
function fromCmyk(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((data.length / 4) * 3);
  for (let at = 0, to = 0; at < data.length; at += 4) {
    const notBlack = data[at + 3] as number;
    for (let c = 0; c < 3; c++) out[to++] = notBlack - Math.round(((255 - (data[at + c] as number)) * notBlack) / 255);
  }
  return out;
}
