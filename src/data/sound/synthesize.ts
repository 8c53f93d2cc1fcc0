/**
 * Spoken-like sounds that are always there: words of two vowels, said by several speakers, made by a seeded formant
 * synthesizer (Klatt 1980, "Software for a cascade/parallel formant synthesizer"). Words come in pairs of the same
 * vowels in either order, so that a class is known only by how its sound goes on. Sound i depends on the seed and i only.
 */
import { setImmediate } from 'node:timers/promises';
import { stream, type RandomStream } from '../../protocol/random.js';
import { writeFiles } from '../idxWrite.js';
import type { OpenOptions } from '../reader.js';
import { encodeWav } from './wavWrite.js';

/** In Hz. */
export const SPEECH_RATE = 8000;

/** First three formants in Hz, means of men (Peterson & Barney 1952, "Control methods used in a study of the vowels"). */
const vowels: Record<string, readonly number[]> = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [270, 2290, 3010],
  o: [570, 840, 2410],
  u: [300, 870, 2240],
};

/** The classes: their letters are their vowels. */
export const WORDS = ['ai', 'ia', 'au', 'ua', 'ei', 'ie', 'oi', 'io', 'ou', 'uo'] as const;

export interface Speaker {
  name: string;
  /** Mean of the voice's fundamental, in Hz. */
  pitch: number;
  /** Factor of the formants: above 1 for a shorter vocal tract than a man's. */
  formants: number;
  /** Mean length of a word, in seconds. */
  duration: number;
  /** Part of breath in the voice, 0..1. */
  breath: number;
  /** How dull the voice is: the pole of its low-pass, 0..1. */
  tilt: number;
  /** Noise in the room, relative to the loudest moment. */
  noise: number;
}

export const SPEAKERS: readonly Speaker[] = [
  { name: 'ada', pitch: 215, formants: 1.15, duration: 0.42, breath: 0.12, tilt: 0.8, noise: 0.01 },
  { name: 'ben', pitch: 105, formants: 0.97, duration: 0.5, breath: 0.05, tilt: 0.9, noise: 0.02 },
  { name: 'cora', pitch: 245, formants: 1.2, duration: 0.36, breath: 0.2, tilt: 0.75, noise: 0.005 },
  { name: 'dan', pitch: 130, formants: 1.03, duration: 0.33, breath: 0.08, tilt: 0.7, noise: 0.04 },
  { name: 'eva', pitch: 180, formants: 1.1, duration: 0.56, breath: 0.3, tilt: 0.88, noise: 0.015 },
  { name: 'finn', pitch: 90, formants: 0.92, duration: 0.45, breath: 0.04, tilt: 0.94, noise: 0.03 },
];

export interface SpeechOptions extends OpenOptions {
  /** 0..2^32 - 1. */
  seed?: number;
  /** How often each speaker says each word. */
  takes?: number;
}

/** Writes {word}_{speaker}_{take}.wav for every word, speaker and take. @returns their paths @throws DataError */
export async function writeSpeech(folder: string, options: SpeechOptions = {}): Promise<string[]> {
  const { seed = 1, takes = 10, signal, onProgress } = options;
  const files: { name: string; content: Buffer }[] = [];
  const count = WORDS.length * SPEAKERS.length * takes;
  for (const word of WORDS)
    for (const speaker of SPEAKERS) {
      signal?.throwIfAborted();
      for (let take = 0; take < takes; take++) {
        const data = speak(word, speaker, stream(seed, `speech ${word} ${speaker.name}`, take));
        const content = encodeWav({ sampleRate: SPEECH_RATE, channels: 1, data });
        files.push({ name: `${word}_${speaker.name}_${take}.wav`, content });
      }
      onProgress?.(files.length / count);
      await setImmediate();
    }
  return writeFiles(folder, files, signal);
}

/** One word at {@link SPEECH_RATE}, with a little room before and after; the largest value is 0.2..0.9. */
export function speak(word: (typeof WORDS)[number], speaker: Speaker, random: RandomStream): Float32Array {
  const length = Math.round(SPEECH_RATE * speaker.duration * Math.exp(0.12 * random.normal()));
  const before = random.integer(SPEECH_RATE / 10);
  const data = new Float32Array(before + length + random.integer(SPEECH_RATE / 10));
  data.set(voice(word, length, speaker, random), before);
  const loudest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const loudness = 0.2 + 0.6 * random.uniform();
  const noise = speaker.noise * Math.exp(0.5 * random.normal());
  return data.map((value) => Math.max(-0.9, Math.min(0.9, loudness * (value / loudest + noise * random.normal()))));
}

/** Pulses and breath through three resonators, whose frequencies go from the first vowel's to the second's. */
function voice(word: string, length: number, speaker: Speaker, random: RandomStream): Float32Array {
  const size = speaker.formants * Math.exp(0.03 * random.normal());
  const [first = [], second = []] = word
    .split('')
    .map((vowel) => vowels[vowel]?.map((hertz) => hertz * size * Math.exp(0.05 * random.normal())));
  const resonators = first.map((from, i) => new Resonator(from, second[i] ?? from, 50 + 40 * i));
  const pitch = speaker.pitch * Math.exp(0.08 * random.normal());
  const fall = 0.2 + 0.15 * random.normal();
  const middle = 0.5 + 0.07 * random.normal();
  const speed = 8 + 2 * random.normal();
  const out = new Float32Array(length);
  let phase = random.uniform();
  let dull = 0;
  for (let i = 0; i < length; i++) {
    const time = i / length;
    phase += (pitch * (1 + fall * (0.5 - time)) * (1 + 0.01 * random.normal())) / SPEECH_RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    dull = speaker.tilt * dull + (1 - speaker.tilt) * pulse + 0.01 * speaker.breath * random.normal();
    const along = 1 / (1 + Math.exp(-speed * (time - middle) * 2));
    let value = dull;
    for (const resonator of resonators) value = resonator.next(value, along);
    out[i] = value * Math.min(1, 8 * time, 5 * (1 - time));
  }
  return out;
}

/** A resonance of unit gain at 0 Hz that moves between two frequencies (Klatt 1980, equation 2). */
class Resonator {
  private last = 0;
  private lastButOne = 0;

  constructor(
    private readonly from: number,
    private readonly to: number,
    private readonly bandwidth: number,
  ) {}

  /** @param along 0 at the first frequency .. 1 at the second */
  next(input: number, along: number): number {
    const hertz = this.from + along * (this.to - this.from);
    const c = -Math.exp((-2 * Math.PI * this.bandwidth) / SPEECH_RATE);
    const b = 2 * Math.sqrt(-c) * Math.cos((2 * Math.PI * Math.min(hertz, 0.48 * SPEECH_RATE)) / SPEECH_RATE);
    const value = (1 - b - c) * input + b * this.last + c * this.lastButOne;
    this.lastButOne = this.last;
    this.last = value;
    return value;
  }
}
