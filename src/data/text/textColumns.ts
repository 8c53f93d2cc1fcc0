/** Which column of a table of texts holds the text, and which the label. */

const TEXT_NAMES = [
  'text',
  'sentence',
  'content',
  'question',
  'document',
  'body',
  'message',
  'review',
  'query',
  'utterance',
  'title',
];
export const LABEL_NAMES: readonly string[] = [
  'label',
  'labels',
  'category',
  'class',
  'intent',
  'target',
  'topic',
  'sentiment',
  'species',
  'y',
];

export interface TextColumns {
  text: string;
  /** Null when there are no labels. */
  label: string | null;
}

/**
 * Columns by their usual names, in any case; of several the first in the list above. A single column without such a
 * name is the text; so is the one of two that is no label.
 * @returns null when nothing tells which the text is
 */
export function chooseTextColumns(names: readonly string[]): TextColumns | null {
  const label = named(names, LABEL_NAMES);
  const others = names.filter((name) => name !== label);
  const text = named(others, TEXT_NAMES) ?? (others.length === 1 ? others[0] : undefined);
  return text === undefined ? null : { text, label: label ?? null };
}

function named(names: readonly string[], usual: readonly string[]): string | undefined {
  for (const word of usual) {
    const found = names.find((name) => name.trim().toLowerCase() === word);
    if (found !== undefined) return found;
  }
  return undefined;
}
