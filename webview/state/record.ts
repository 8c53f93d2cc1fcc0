/**
 * One line of a .jsonl file as an object; undefined when it is none. NaN and Infinity, which are not JSON but which
 * Python's json module writes, are read as null.
 */
export function parseRecord(line: string): Record<string, unknown> | undefined {
  const value = parse(line) ?? parse(line.replace(/([:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, '$1null'));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller counts it as broken
  }
}
