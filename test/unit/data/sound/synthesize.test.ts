import * as assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { DataError } from '../../../../src/data/reader.js';
import { LogMel } from '../../../../src/data/sound/logMel.js';
import { SPEAKERS, SPEECH_RATE, speak, WORDS, writeSpeech } from '../../../../src/data/sound/synthesize.js';
import { decodeWav } from '../../../../src/data/sound/wav.js';
import { encodeWav } from '../../../../src/data/sound/wavWrite.js';
import { stream } from '../../../../src/protocol/random.js';
import { temporaryFolder } from '../make.js';

const TAKES = 6;
const PARTS = 12;
const MELS = 32;

interface Example {
  word: string;
  speaker: string;
  take: number;
  features: Float64Array;
}

/** The log-mel spectrogram's mean in each of 12 equal parts of the sound, without its own mean. */
function features(mel: LogMel, sound: Float32Array): Float64Array {
  const frames = mel.compute(sound);
  const count = frames.length / MELS;
  const out = new Float64Array(PARTS * MELS);
  for (let part = 0; part < PARTS; part++) {
    const [from, to] = [Math.floor((part * count) / PARTS), Math.ceil(((part + 1) * count) / PARTS)];
    for (let frame = from; frame < to; frame++)
      for (let i = 0; i < MELS; i++) out[part * MELS + i]! += frames[frame * MELS + i]! / (to - from);
  }
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  return out.map((value) => value - mean);
}

/** Which part of `tests` lies nearest to the mean of its own word among `train`. */
function nearestCentroid(train: Example[], tests: Example[]): number {
  const centroids = WORDS.map((word) => {
    const own = train.filter((example) => example.word === word);
    return Float64Array.from({ length: PARTS * MELS }, (_, i) =>
      own.reduce((sum, example) => sum + example.features[i]! / own.length, 0),
    );
  });
  const right = tests.filter(({ word, features: own }) => {
    const distances = centroids.map((centroid) => centroid.reduce((sum, value, i) => sum + (value - own[i]!) ** 2, 0));
    return WORDS[distances.indexOf(Math.min(...distances))] === word;
  });
  return right.length / tests.length;
}

describe('Synthesized speech', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const sounds = (seed: number): Float32Array[] => WORDS.map((word) => speak(word, SPEAKERS[0]!, stream(seed, 'test')));

  it('is the same for the same stream, and another for another', () => {
    assert.deepEqual(sounds(1), sounds(1));
    assert.notDeepEqual(sounds(1), sounds(2));
  });

  it('is as long and as loud as speech, and never cut off', () => {
    for (const sound of [...sounds(1), ...sounds(2)]) {
      const seconds = sound.length / SPEECH_RATE;
      const loudest = Math.max(...sound.map(Math.abs));
      assert.ok(seconds > 0.2 && seconds < 1, `${seconds} s`);
      assert.ok(loudest > 0.19 && loudest < 0.8999, `${loudest}`);
    }
  });

  it('can be learned, but not without effort: nearest centroids are right in 50 to 90 of 100, where chance is 10', () => {
    const mel = new LogMel({ sampleRate: SPEECH_RATE, fftSize: 256, hopLength: 80, mels: MELS });
    const examples = WORDS.flatMap((word) =>
      SPEAKERS.flatMap((speaker) =>
        Array.from({ length: TAKES }, (_, take): Example => {
          const sound = speak(word, speaker, stream(5, `${word} ${speaker.name}`, take));
          return { word, speaker: speaker.name, take, features: features(mel, sound) };
        }),
      ),
    );
    const isTest = ({ take }: Example): boolean => take < TAKES / 2;
    const known = nearestCentroid(
      examples.filter((example) => !isTest(example)),
      examples.filter(isTest),
    );
    assert.ok(known > 0.5 && known < 0.9, `${known} of takes`);
    const unknown = SPEAKERS.map(({ name }) =>
      nearestCentroid(
        examples.filter(({ speaker }) => speaker !== name),
        examples.filter(({ speaker }) => speaker === name),
      ),
    );
    assert.ok(Math.min(...unknown) > 0.3, `${unknown.join(', ')} of speakers that were never heard`);
  });

  it('is written as WAV files named by word, speaker and take', async () => {
    const folder = at('speech');
    const seen: number[] = [];
    const files = await writeSpeech(folder, { takes: 2, onProgress: (fraction) => seen.push(fraction) });
    assert.equal(files.length, 2 * WORDS.length * SPEAKERS.length);
    assert.deepEqual(files.map((file) => path.basename(file)).sort(), readdirSync(folder).sort());
    assert.ok(files.every((file) => /^[a-z]{2}_[a-z]+_[01]\.wav$/.test(path.basename(file))));
    assert.equal(seen.at(-1), 1);
    for (const file of files.slice(0, 20)) {
      const { sampleRate, channels, data } = decodeWav(readFileSync(file), file);
      assert.deepEqual([sampleRate, channels], [SPEECH_RATE, 1]);
      const [word, speaker, take] = path.basename(file, '.wav').split('_');
      const of = stream(1, `speech ${word} ${speaker}`, Number(take));
      const made = speak(
        WORDS.find((w) => w === word)!,
        SPEAKERS.find(({ name }) => name === speaker)!,
        of,
      );
      assert.ok(data.every((value, i) => Math.abs(value - made[i]!) <= 0.5001 / 0x8000));
    }
    await assert.rejects(writeSpeech(folder, { takes: 1 }), DataError);
  });

  it('is not written when it is stopped', async () => {
    await assert.rejects(writeSpeech(at('stopped'), { signal: AbortSignal.abort() }));
    assert.throws(() => readdirSync(at('stopped')));
  });

  it('is cut off, not turned over, beyond full scale', () => {
    const data = Float32Array.of(2, -2, 1, -1, 0.5);
    const read = decodeWav(encodeWav({ sampleRate: 44100, channels: 5, data }), 'a.wav');
    assert.deepEqual([read.sampleRate, read.channels], [44100, 5]);
    assert.deepEqual(
      Array.from(read.data, (value) => value * 0x8000),
      [0x7fff, -0x8000, 0x7fff, -0x8000, 0x4000],
    );
  });
});
