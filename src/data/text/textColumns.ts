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
 * @param asked for; null or nothing to choose
 * @returns null when nothing tells which the text is
 */
export function chooseTextColumns(
  names: readonly string[],
  asked: { text?: string | null | undefined; label?: string | null | undefined } = {},
): TextColumns | null {
  const notText = names.filter((name) => name !== asked.text);
  const label = asked.label ?? named(notText, LABEL_NAMES) ?? null;
  const others = names.filter((name) => name !== label);
  const text = asked.text ?? named(others, TEXT_NAMES) ?? (others.length === 1 ? others[0] : undefined);
  return text === undefined ? null : { text, label };
}

function named(names: readonly string[], usual: readonly string[]): string | undefined {
  for (const word of usual) {
    const found = names.find((name) => name.trim().toLowerCase() === word);
    if (found !== undefined) return found;
  }
  return undefined;
}
