import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { RunFile } from '../protocol/run.js';
import { decodeSafetensors } from '../protocol/safetensors.js';
import type { SampleView } from '../protocol/sample.js';
import { writeFileAtomic } from './files.js';

/** Small images are enlarged to about this many pixels. */
const TARGET_SIZE = 56;
const GAP = 4;

/**
 * Writes the last sample's reconstructions as `reconstructions.png` into the run folder: inputs above outputs.
 * @returns the picture's path; null when the run has nothing of the kind.
 */
export async function writeReconstructions(run: string): Promise<string | null> {
  const samples = path.join(run, RunFile.samples);
  const last = (await readdir(samples))
    .filter((name) => /^\d+\.safetensors$/.test(name))
    .sort()
    .pop();
  if (last === undefined) return null;
  const { tensors, metadata } = decodeSafetensors(await readFile(path.join(samples, last)));
  const view = (JSON.parse(metadata['views'] ?? '[]') as SampleView[]).find(
    (candidate) => candidate.kind === 'reconstruction',
  );
  if (!view) return null;
  const rows = [view.input, ...(view.seen ? [view.seen] : []), view.output]
    .map((name) => tensors[name])
    .filter((tensor) => tensor !== undefined);
  const [count, height, width, channels] = rows[0]?.shape as [number, number, number, number];
  const scale = Math.max(1, Math.round(TARGET_SIZE / Math.max(height, width)));
  const png = new PNG({
    width: count * (width * scale + GAP) + GAP,
    height: rows.length * (height * scale + GAP) + GAP,
  });
  png.data.fill(0x80);
  for (let i = 3; i < png.data.length; i += 4) png.data[i] = 255;
  rows.forEach(({ data }, row) => {
    for (let image = 0; image < count; image++)
      for (let y = 0; y < height * scale; y++)
        for (let x = 0; x < width * scale; x++) {
          const from = ((image * height + Math.floor(y / scale)) * width + Math.floor(x / scale)) * channels;
          const to =
            ((row * (height * scale + GAP) + GAP + y) * png.width + image * (width * scale + GAP) + GAP + x) * 4;
          for (let channel = 0; channel < 3; channel++)
            png.data[to + channel] = data[from + (channels === 3 ? channel : 0)] as number;
        }
  });
  const file = path.join(run, 'reconstructions.png');
  await writeFileAtomic(file, PNG.sync.write(png));
  return file;
}
