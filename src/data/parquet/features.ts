/** What the library "datasets" of Hugging Face notes about columns in a file. */

/** Class names by column, for columns of class numbers. */
export function classNames(notes: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let noted: unknown;
  try {
    noted = JSON.parse(notes.get('huggingface') ?? 'null');
  } catch {
    return found; // then labels are numbers
  }
  const features = member(member(noted, 'info'), 'features');
  if (typeof features !== 'object' || features === null) return found;
  for (const [column, feature] of Object.entries(features)) {
    const names = member(feature, 'names');
    if (member(feature, '_type') !== 'ClassLabel' || !Array.isArray(names)) continue;
    const texts = names.map((name: unknown) => String(name));
    if (new Set(texts).size === texts.length) found.set(column, texts);
  }
  return found;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
