import type { Node } from 'jsonc-parser';
import { t } from '../protocol/l10n.js';
import type { Fix } from '../protocol/trainer.js';
import type { Json } from './description.js';
import type { Path, RecipeDocument } from './document.js';
import { spaced } from './expectation.js';
import type { TextRange } from './position.js';

/** Quick fixes: changes of a recipe's text in one place that keep everything else, comments and layout included. */

export function replacement({ offset, length }: Pick<TextRange, 'offset' | 'length'>, text: string): Fix {
  return { title: t('Replace by {0}', text), offset, length, text };
}

/** A fix that takes out one property of an object, with its comma. */
export function removal(text: string, properties: readonly Node[], index: number, title: string): Fix {
  const { offset, length } = properties[index] ?? { offset: 0, length: 0 };
  const previous = properties[index - 1];
  const comma = /\s*,[ \t]*(?:\r?\n[ \t]*)?/y;
  comma.lastIndex = offset + length;
  if (comma.test(text)) return { title, offset, length: comma.lastIndex - offset, text: '' };
  // The last one goes with the comma before it.
  const start = previous ? previous.offset + previous.length : offset;
  return { title, offset: start, length: offset + length - start, text: '' };
}

/**
 * A fix that sets the value at a path: replaces it, or inserts what is missing of the path after the last property of
 * the object that is there. Null where the path leads through something else than objects.
 */
export function setting(document: RecipeDocument, path: Path, value: Json): Fix | null {
  const node = document.node(path);
  if (node) return replacement(node, spaced(value));
  let depth = path.length - 1;
  while (depth > 0 && !document.node(path.slice(0, depth))) depth--;
  const owner = document.node(path.slice(0, depth));
  const missing = path.slice(depth);
  const [name] = missing;
  if (owner?.type !== 'object' || !missing.every((step) => typeof step === 'string')) return null;
  const inner = missing.slice(1).reduceRight<Json>((rest, step) => ({ [step]: rest }), value);
  const text = `${JSON.stringify(name)}: ${spaced(inner)}`;
  const title = t('Insert {0}', JSON.stringify(name));
  const last = owner.children?.at(-1);
  if (last)
    return {
      title,
      offset: last.offset + last.length,
      length: 0,
      text: `,${spaceBefore(document.text, last.offset)}${text}`,
    };
  const isTight = document.text.charAt(owner.offset + 1) === '}';
  return { title, offset: owner.offset + 1, length: 0, text: ` ${text}${isTight ? ' ' : ''}` };
}

/** The line break and indentation before a property that begins its line; a space before any other. */
function spaceBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  const before = text[start - 1];
  if (before !== '\n' && before !== '\r') return ' ';
  return (before === '\n' && text[start - 2] === '\r' ? '\r\n' : before) + text.slice(start, offset);
}
