/** Examples as they are shown to people: small pictures, spectrograms with their sound, beginnings of texts. */
import { formatCount, t } from '../../protocol/l10n.js';
import { exampleTensor, type ShownExample } from '../../protocol/inspection.js';
import type { NamedTensor, TensorFile } from '../../protocol/safetensors.js';
import { resizeImage } from '../image/resize.js';
import type { Collection, DataKind, ExampleData, OpenOptions, Reader } from '../reader.js';
import { LogMel } from '../sound/logMel.js';
import { mixToMono } from '../sound/sound.js';
import { asPicture } from './perceptual.js';
import { splitAt } from './survey.js';
import type { Example } from './example.js';
import { visitExamples } from './visit.js';
import { countCharacters } from './characters.js';

/** How many examples of each kind are shown as typical. */
export const TYPICAL: Record<DataKind, number> = { image: 60, array: 24, sound: 12, text: 20, table: 20 };

/** Larger images are scaled down to this, in pixels. */
const MAX_SIDE = 128;
const MAX_TEXT = 600;
const MAX_CELLS = 100;
const MAX_CELL = 120;
export const MAX_VALUES = 512;
/** Of a sound, so much can be heard. */
const HEARD_SECONDS = 8;
const WAVE_COLUMNS = 320;
const MELS = 48;
const SPECTROGRAM_COLUMNS = 320;
const RANGE_DB = 80;

/** @param positions ascending. Those that cannot be read are left out. */
export async function showExamples(
  dataset: Reader | Collection,
  positions: number[],
  options: OpenOptions,
): Promise<{ examples: ShownExample[]; pictures: TensorFile }> {
  const { info, labels } = dataset;
  const examples: ShownExample[] = [];
  const pictures: TensorFile = { tensors: {}, metadata: {} };
  await visitExamples(
    dataset,
    Int32Array.from(positions),
    (position, example) => {
      if ('reason' in example) return;
      examples.push({
        position,
        name: dataset.name(position),
        class: info.classes?.[labels?.[position] ?? -1] ?? null,
        split: splitAt(info, position),
        ...described(example),
      });
      draw(position, example, info.kind === 'image', pictures);
    },
    options,
  );
  return { examples: examples.sort((a, b) => a.position - b.position), pictures };
}

function described(example: Example): Pick<ShownExample, 'size' | 'text' | 'cells'> {
  switch (example.is) {
    case 'values':
      return { size: example.shape.slice(0, Math.max(1, example.shape.length === 3 ? 2 : 3)).join(' × ') };
    case 'sound':
      return {
        size: t(
          '{0} s at {1} Hz',
          (example.sound.data.length / example.sound.channels / example.sound.sampleRate).toFixed(2),
          example.sound.sampleRate,
        ),
      };
    case 'text':
      return {
        size: t('{0} characters', formatCount(countCharacters(example.text))),
        text: beginning(example.text, MAX_TEXT),
      };
    case 'row':
      return {
        size: t('{0} cells', example.cells.length),
        cells: example.cells.slice(0, MAX_CELLS).map((cell) => beginning(cell, MAX_CELL)),
      };
  }
}

/** The beginning of a text without the mark that it is not all. */
export function uncut(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}

function beginning(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function draw(position: number, example: Example, isImage: boolean, { tensors, metadata }: TensorFile): void {
  if (example.is === 'values') {
    if (isImage) tensors[exampleTensor.image(position)] = thumbnail(example.values, example.shape);
    else {
      const values = Float32Array.from(example.values.subarray(0, MAX_VALUES));
      tensors[exampleTensor.values(position)] = { shape: [values.length], data: values };
    }
  } else if (example.is === 'sound') {
    const { sampleRate } = example.sound;
    const mono = mixToMono(example.sound).subarray(0, HEARD_SECONDS * sampleRate);
    if (mono.length === 0) return;
    tensors[exampleTensor.wave(position)] = wave(mono);
    const picture = spectrogram(mono, sampleRate);
    if (picture) tensors[exampleTensor.spectrogram(position)] = picture;
    tensors[exampleTensor.sound(position)] = sixteenBits(mono);
    metadata[exampleTensor.sound(position)] = String(sampleRate);
  }
}

/** @param shape [height, width, channels] */
export function thumbnail(values: ExampleData, shape: readonly number[]): NamedTensor {
  const picture = asPicture(values, shape);
  const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const small = scale < 1 ? resizeImage(picture, { width, height, fit: 'stretch' }) : picture;
  // A copy: a batch's data is not kept for one of its rows.
  return { shape: [height, width, small.channels], data: small.data.slice() };
}

function wave(mono: Float32Array): NamedTensor {
  const columns = Math.min(WAVE_COLUMNS, mono.length);
  const data = new Float32Array(2 * columns);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * mono.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * mono.length) / columns));
    let low = Infinity;
    let high = -Infinity;
    for (let i = from; i < to; i++) {
      const value = mono[i] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    data[2 * column] = low;
    data[2 * column + 1] = high;
  }
  return { shape: [columns, 2], data };
}

function spectrogram(mono: Float32Array, sampleRate: number): NamedTensor | null {
  const fftSize = 2 ** Math.ceil(Math.log2(0.03 * sampleRate));
  const hopLength = Math.max(1, fftSize >> 2, Math.ceil(mono.length / SPECTROGRAM_COLUMNS));
  if (fftSize < 64) return null;
  const mels = new LogMel({ sampleRate, fftSize, hopLength, mels: MELS, fmin: 0, ref: 'max', topDb: RANGE_DB });
  const values = mels.compute(mono);
  const frames = values.length / MELS;
  const isSilent = mono.every((value) => value === 0); // of which each bin is as loud as the loudest
  const data = new Uint8Array(values.length);
  for (let frame = 0; !isSilent && frame < frames; frame++)
    for (let mel = 0; mel < MELS; mel++)
      data[mel * frames + frame] = Math.round(255 * (1 + (values[frame * MELS + mel] as number) / RANGE_DB));
  return { shape: [MELS, frames], data };
}

function sixteenBits(mono: Float32Array): NamedTensor {
  const samples = Int16Array.from(mono, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32767))));
  return { shape: [2 * samples.length], data: new Uint8Array(samples.buffer) };
}
