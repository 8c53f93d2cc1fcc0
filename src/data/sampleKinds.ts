/** Sample data that can be made: one kind for each kind of data. Light: the extension host imports this file. */
import { t } from '../protocol/l10n.js';

export const SAMPLE_KINDS = ['digits', 'tones', 'sentences', 'clusters'] as const;
export type SampleKind = (typeof SAMPLE_KINDS)[number];

export function isSampleKind(name: unknown): name is SampleKind {
  return SAMPLE_KINDS.some((kind) => kind === name);
}

/** What is made, in one sentence. */
export function sampleDescription(kind: SampleKind): string {
  const texts: Record<SampleKind, () => string> = {
    digits: () => t('6,000 drawn digits of 28 × 28 pixels, with labels, in the files of MNIST.'),
    tones: () => t('600 spoken-like words by six voices, as WAV files whose names tell word and voice.'),
    sentences: () => t('5,000 sentences to a household assistant, with what is wished, as JSON Lines.'),
    clusters: () => t('2,000 pieces of fruit with their measures, colour, origin and kind, as CSV.'),
  };
  return texts[kind]();
}
