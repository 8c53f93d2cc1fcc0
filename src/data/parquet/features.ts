/** What the library "datasets" of Hugging Face notes about columns in a file. */

/** Class names by column, for columns of class numbers and of lists of such. */
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
    const element = elementOf(feature);
    const names = member(element, 'names');
    if (member(element, '_type') !== 'ClassLabel' || !Array.isArray(names)) continue;
    const texts = names.map((name: unknown) => String(name));
    if (new Set(texts).size === texts.length) found.set(column, texts);
  }
  return found;
}

/** Of a list what its values are: {"_type": "Sequence", "feature": …}, later "List", or […]. */
function elementOf(feature: unknown): unknown {
  if (Array.isArray(feature)) return feature[0];
  return /^(Sequence|List|LargeList)$/.test(String(member(feature, '_type'))) ? member(feature, 'feature') : feature;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
