import { exampleTensor, VIEWS, viewTensor, type ShownViews } from '../../src/protocol/inspection.js';
import { decodeSafetensors, type NamedTensor, type TensorFile } from '../../src/protocol/safetensors.js';
import { element } from '../dom.js';
import type { Rgb, Theme } from '../theme.js';

/** Sides of pictures on the page, in CSS pixels: small images are drawn larger, so that their pixels are seen. */
const SMALL_SIDE = 56;
const LARGE_SIDE = 104;
/** What counts as small, in pixels. */
const SMALL_IMAGE = 40;
const WAVE_HEIGHT = 44;
const VALUES_HEIGHT = 64;
/** Of a spectrogram among views. */
const VIEW_WIDTH = 160;

/** Pictures of the examples, drawn from the file that came with the inspection. */
export class Pictures {
  private readonly file: TensorFile;
  private readonly redraws: (() => void)[] = [];

  constructor(
    bytes: Uint8Array | null,
    private readonly theme: () => Theme,
  ) {
    this.file = read(bytes);
  }

  /** After the theme has changed. */
  redraw(): void {
    for (const draw of this.redraws) draw();
  }

  image(position: number, label: string): HTMLCanvasElement | null {
    const tensor = this.file.tensors[exampleTensor.image(position)];
    return tensor ? imageCanvas(tensor, label) : null;
  }

  /** Null where they did not arrive, or an older trainer made none. */
  views(): ShownViews | null {
    const text = this.file.metadata[VIEWS];
    return text === undefined ? null : (JSON.parse(text) as ShownViews); // the trainer's own file
  }

  /** An image, a spectrogram or values of a view; null where it is none of these. */
  view(position: number, index: number, label: string): HTMLCanvasElement | null {
    const tensor = this.file.tensors[viewTensor(position, index)];
    if (!tensor) return null;
    if (tensor.shape.length === 3) return imageCanvas(tensor, label);
    if (tensor.shape.length === 1) return this.bars(tensor, label);
    const [bands = 0, frames = 0] = tensor.shape;
    const canvas = named(label, Math.max(VIEW_WIDTH, frames), 2 * bands);
    canvas.classList.add('view-spectrogram');
    this.drawn(() => {
      const pen = canvas.getContext('2d');
      if (pen && frames > 0) drawSpectrogram(pen, tensor, canvas.width, this.theme().ground, this.theme(), 0);
    });
    return canvas;
  }

  private bars(tensor: NamedTensor, label: string): HTMLCanvasElement {
    const data = Array.from(tensor.data);
    const canvas = named(label, Math.max(160, Math.min(512, data.length)), VALUES_HEIGHT);
    const low = Math.min(0, ...data);
    const high = Math.max(0, ...data);
    const height = (value: number): number => ((value - low) / (high - low || 1)) * VALUES_HEIGHT;
    this.drawn(() => {
      const pen = canvas.getContext('2d');
      if (!pen) return;
      const width = canvas.width / data.length;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = this.theme().training;
      data.forEach((value, i) => {
        const [bottom, top] = [Math.min(height(0), height(value)), Math.max(height(0), height(value))];
        pen.fillRect(i * width, VALUES_HEIGHT - top, Math.max(1, width - 0.5), Math.max(1, top - bottom));
      });
    });
    return canvas;
  }

  /** The waveform above the spectrogram. */
  sound(position: number, label: string): HTMLCanvasElement | null {
    const wave = this.file.tensors[exampleTensor.wave(position)];
    if (!wave) return null;
    const spectrogram = this.file.tensors[exampleTensor.spectrogram(position)];
    const [mels = 0, frames = 0] = spectrogram?.shape ?? [];
    const canvas = named(label, 320, WAVE_HEIGHT + 2 * mels);
    canvas.classList.add('sound-picture');
    this.drawn(() => {
      const pen = canvas.getContext('2d');
      if (!pen) return;
      const { ground, training } = this.theme();
      pen.clearRect(0, 0, canvas.width, canvas.height);
      drawWave(pen, wave, canvas.width, training);
      if (spectrogram && frames > 0) drawSpectrogram(pen, spectrogram, canvas.width, ground, this.theme());
    });
    return canvas;
  }

  /** An array's values as bars. */
  values(position: number, label: (count: number) => string): HTMLCanvasElement | null {
    const tensor = this.file.tensors[exampleTensor.values(position)];
    if (!tensor || tensor.data.length === 0) return null;
    return this.bars(tensor, label(tensor.data.length));
  }

  /** The samples of a sound, -1..1, and their rate in Hz. */
  samples(position: number): { samples: Float32Array<ArrayBuffer>; rate: number } | null {
    const name = exampleTensor.sound(position);
    const tensor = this.file.tensors[name];
    const rate = Number(this.file.metadata[name]);
    if (!tensor || !(rate > 0)) return null;
    const view = new DataView(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    const samples = new Float32Array(tensor.data.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
    return { samples, rate };
  }

  private drawn(draw: () => void): void {
    draw();
    this.redraws.push(draw);
  }
}

function read(bytes: Uint8Array | null): TensorFile {
  const nothing: TensorFile = { tensors: {}, metadata: {} };
  try {
    return bytes ? decodeSafetensors(bytes) : nothing;
  } catch {
    return nothing; // words and bars are of use without pictures: each card then says that its own is not there
  }
}

function named(label: string, width: number, height: number): HTMLCanvasElement {
  return element('canvas', { role: 'img', 'aria-label': label, width: String(width), height: String(height) });
}

function imageCanvas(tensor: NamedTensor, label: string): HTMLCanvasElement | null {
  const [height = 0, width = 0, channels = 1] = tensor.shape;
  if (height === 0 || width === 0) return null;
  const canvas = named(label, width, height);
  drawImage(canvas, tensor, channels);
  const side = Math.max(width, height);
  const scale = side <= SMALL_IMAGE ? Math.max(1, Math.round(SMALL_SIDE / side)) : Math.min(1, LARGE_SIDE / side);
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  if (scale > 1) canvas.classList.add('pixels');
  return canvas;
}

function drawImage(canvas: HTMLCanvasElement, { shape, data }: NamedTensor, channels: number): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const [height = 0, width = 0] = shape;
  const picture = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const red = data[at] ?? 0;
    picture.data[4 * i] = red;
    picture.data[4 * i + 1] = channels === 3 ? (data[at + 1] ?? 0) : red;
    picture.data[4 * i + 2] = channels === 3 ? (data[at + 2] ?? 0) : red;
    picture.data[4 * i + 3] = 255;
  }
  pen.putImageData(picture, 0, 0);
}

function drawWave(pen: CanvasRenderingContext2D, { shape, data }: NamedTensor, width: number, colour: string): void {
  const [columns = 0] = shape;
  const middle = WAVE_HEIGHT / 2;
  let loudest = 1e-6;
  for (const value of data) loudest = Math.max(loudest, Math.abs(value));
  const step = width / columns;
  pen.fillStyle = colour;
  for (let i = 0; i < columns; i++) {
    const low = ((data[2 * i] ?? 0) / loudest) * (middle - 2);
    const high = ((data[2 * i + 1] ?? 0) / loudest) * (middle - 2);
    pen.fillRect(i * step, middle - high, Math.max(1, step), Math.max(1, high - low));
  }
}

/** From the page's ground (80 dB below the loudest) through the theme's blue to its strongest contrast. */
function drawSpectrogram(
  pen: CanvasRenderingContext2D,
  { shape, data }: NamedTensor,
  width: number,
  ground: Rgb,
  { negative, positive }: Theme,
  top = WAVE_HEIGHT,
): void {
  const [mels = 0, frames = 0] = shape;
  const picture = new ImageData(frames, mels);
  for (let mel = 0; mel < mels; mel++)
    for (let frame = 0; frame < frames; frame++) {
      const share = (data[mel * frames + frame] ?? 0) / 255;
      const at = 4 * ((mels - 1 - mel) * frames + frame);
      const [from, to, part] =
        share < 0.6 ? [ground, negative, share / 0.6] : [negative, positive, (share - 0.6) / 0.4];
      for (let i = 0; i < 3; i++) picture.data[at + i] = (from[i] ?? 0) * (1 - part) + (to[i] ?? 0) * part;
      picture.data[at + 3] = 255;
    }
  const small = document.createElement('canvas');
  small.width = frames;
  small.height = mels;
  small.getContext('2d')?.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, top, width, 2 * mels);
}
