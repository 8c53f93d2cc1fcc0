/** What the pool's workers do: pure functions from bytes to values, by name. */
import { decodeImage as decode, type DecodedImage, type DecodeOptions } from '../image/decode.js';
import { resizeImage, type Resizing } from '../image/resize.js';

export interface ImageTask extends DecodeOptions {
  /** The image file. */
  bytes: Uint8Array;
  /** As it is without. */
  resizing?: Resizing;
}

/** @throws like image/decode.ts */
export function decodeImage({ bytes, channels, resizing }: ImageTask): DecodedImage {
  const image = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { channels });
  return resizing ? resizeImage(image, resizing) : image;
}

/** Many small images at once, since handing over each takes as long as decoding it. An image that fails is an error. */
export function decodeImages(tasks: ImageTask[]): (DecodedImage | { error: string })[] {
  return tasks.map((task) => {
    try {
      return decodeImage(task);
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
}
