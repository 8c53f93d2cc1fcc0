/** An example of any dataset, in the form in which it is examined. */
import { decodeImage } from '../image/decode.js';
import type { Collection, ExampleData, Stored } from '../reader.js';
import { decodeSound } from '../sound/decode.js';
import type { Sound } from '../sound/sound.js';

export type Example =
  /** [height, width, channels], or an array of any shape. */
  | { is: 'values'; values: ExampleData; shape: number[] }
  | { is: 'sound'; sound: Sound }
  | { is: 'text'; text: string }
  | { is: 'row'; cells: string[] };

/** Of files. @param channels of images: 1 or 3 @throws Error with the reason when it cannot be decoded */
export const decoders: Record<'image' | 'sound', (file: Buffer, name: string, channels: number) => Example> = {
  image: (file, _name, channels) => {
    const { width, height, data, channels: depth } = decodeImage(file, { channels: channels === 1 ? 1 : 3 });
    return { is: 'values', values: data, shape: [height, width, depth] };
  },
  sound: (file, name) => ({ is: 'sound', sound: decodeSound(file, name) }),
};

/** How what is stored becomes what is examined; null for a kind that a newer reader has. */
export function exampleOf({ kind, info }: Collection): ((stored: unknown, name: string) => Example) | null {
  switch (kind as string) {
    case 'image':
    case 'sound': {
      const decode = decoders[kind as 'image' | 'sound'];
      return (stored, name) => decode(stored as Buffer, name, info.shape[2] ?? 1);
    }
    case 'text':
      return (stored) => ({ is: 'text', text: stored as string });
    case 'table':
      return (stored) => ({
        is: 'row',
        cells: (stored as Stored['table']).map((cell) => (cell === null ? '' : String(cell))),
      });
    default:
      return null;
  }
}
