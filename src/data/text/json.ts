/** Where a text ceases to be JSON, which JSON.parse does not always tell. */
import { parse, type ParseError } from 'jsonc-parser';

/** Line and column, from 1, of the first thing that is no JSON; 1 and 1 when it cannot be told. */
export function jsonErrorPlace(content: string): { line: number; column: number } {
  const errors: ParseError[] = [];
  try {
    parse(content, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // Nested too deeply to look for the place.
    if (!(error instanceof RangeError)) throw error;
  }
  const before = content.slice(0, errors[0]?.offset ?? 0).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
