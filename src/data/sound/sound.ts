/** Sound as all decoders of this folder give it. */

export interface Sound {
  /** Frames a second, in Hz. */
  sampleRate: number;
  channels: number;
  /** [frames, channels], interleaved; full scale is -1..1, which floats in a file may exceed. */
  data: Float32Array;
}

/** The mean of the channels, [frames]; a sound of one channel is not copied. */
export function mixToMono({ channels, data }: Sound): Float32Array {
  if (channels === 1) return data;
  const mono = new Float32Array(data.length / channels);
  for (let frame = 0, at = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += data[at++] as number;
    mono[frame] = sum / channels;
  }
  return mono;
}
