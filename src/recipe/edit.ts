import type { Node } from 'jsonc-parser';
import type { Stage } from '../protocol/run.js';
import { parseDocument, type Path } from './document.js';
import type { TextRange } from './position.js';

/** Places in a recipe's text for the editor. Each also works, as far as it can, while the JSON is broken. */

/**
 * Range of the property at a path, from its name to the end of its value; an entry of a list is its value. What is not
 * there gives the name of the nearest property around it, at last the recipe's opening brace. Null without a recipe.
 */
export function propertyAt(text: string, path: Path): TextRange | null {
  const { document } = parseDocument(text);
  if (!document.root) return null;
  const node = document.property(path) ?? document.node(path);
  return node && path.length > 0 ? document.lines.range(node.offset, node.length) : document.nameRange(path);
}

/** Path of the property or entry that an offset (from 0) lies in; empty at the top and outside of a recipe. */
export function pathAt(text: string, offset: number): (string | number)[] {
  const { document } = parseDocument(text);
  const path: (string | number)[] = [];
  let node = document.root;
  while (node) {
    const children: Node[] = node.children ?? [];
    const index = children.findIndex((child) => child.offset <= offset && offset <= child.offset + child.length);
    const child = children[index];
    if (!child) break;
    const name: unknown = child.children?.[0]?.value;
    if (child.type === 'property') {
      if (typeof name !== 'string') break;
      path.push(name);
    } else if (node.type === 'array') path.push(index);
    // The name of a property leads no deeper, its value does.
    else if (child === node.children?.[0]) break;
    node = child;
  }
  return path;
}

/** Range of a section's name; null where the recipe does not have it. */
export function sectionAt(text: string, section: string): TextRange | null {
  const { document } = parseDocument(text);
  return document.property([section]) ? document.nameRange([section]) : null;
}

export interface StagePosition {
  stage: Stage;
  /** Of the stage's name; of the recipe's opening brace when the stage is left to its defaults. */
  range: TextRange;
}

/** Where something about a stage can stand. Every recipe has the stage "pretrain", also when it does not say so. */
export function stagePositions(text: string): StagePosition[] {
  const { document } = parseDocument(text);
  if (document.root?.type !== 'object') return [];
  const stages: Stage[] = document.property(['finetune']) ? ['pretrain', 'finetune'] : ['pretrain'];
  return stages.map((stage) => ({ stage, range: document.nameRange([stage]) }));
}
