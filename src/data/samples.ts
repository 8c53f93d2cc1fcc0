/** Writing sample data by seeded generators: the same files for the same seed. */
import type { SampleKind } from './sampleKinds.js';
import { writeFiles } from './idxWrite.js';
import type { OpenOptions } from './reader.js';
import { writeSpeech } from './sound/synthesize.js';
import { writeStrokeDigits } from './strokeDigits.js';
import { clusterCsv } from './table/clusters.js';
import { GRAMMAR_CLASSES, grammarSentences } from './text/grammar.js';

const SENTENCES = { train: 4000, test: 1000 };
const ROWS = { train: 1600, test: 400 };

export interface SampleOptions extends OpenOptions {
  /** 0..2^32 - 1. */
  seed?: number;
}

/** Into a folder that is made when it is missing. @returns the files' paths @throws DataError when one is there already */
export function writeSample(kind: SampleKind, folder: string, options: SampleOptions = {}): Promise<string[]> {
  return { digits: writeStrokeDigits, tones: writeSpeech, sentences: writeSentences, clusters: writeClusters }[kind](
    folder,
    options,
  );
}

function writeSentences(folder: string, { seed = 1, signal }: SampleOptions): Promise<string[]> {
  const { texts, labels } = grammarSentences(SENTENCES.train + SENTENCES.test, seed);
  const lines = texts.map((text, i) => `${JSON.stringify({ text, label: GRAMMAR_CLASSES[labels[i] ?? 0] })}\n`);
  const files = [
    { name: 'train.jsonl', content: Buffer.from(lines.slice(0, SENTENCES.train).join('')) },
    { name: 'test.jsonl', content: Buffer.from(lines.slice(SENTENCES.train).join('')) },
  ];
  return writeFiles(folder, files, signal);
}

function writeClusters(folder: string, { seed = 1, signal }: SampleOptions): Promise<string[]> {
  const [header = '', ...rows] = clusterCsv(ROWS.train + ROWS.test, seed)
    .trimEnd()
    .split('\n');
  const csv = (some: string[]): Buffer => Buffer.from(`${[header, ...some].join('\n')}\n`);
  const files = [
    { name: 'train.csv', content: csv(rows.slice(0, ROWS.train)) },
    { name: 'test.csv', content: csv(rows.slice(ROWS.train)) },
  ];
  return writeFiles(folder, files, signal);
}
