import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { grouped, t } from '../protocol/l10n.js';
import type { Problem } from '../protocol/trainer.js';
import type { Json } from './description.js';
import { Lines, problemAt, type TextRange } from './position.js';
import { removal } from './fix.js';
import { syntaxProblem, type Opening } from './syntax.js';

/** A larger file is no recipe; reading it would only cost time. In characters. */
export const MAX_RECIPE_LENGTH = 1_000_000;
/** A recipe has a handful of levels; the parser is recursive, so a hostile file must not reach it. */
const MAX_DEPTH = 100;

export type Path = readonly (string | number)[];

/** A recipe's text with the place of everything in it. */
export class RecipeDocument {
  readonly lines: Lines;
  private readonly indexes = new WeakMap<Node, ReadonlyMap<unknown, number>>();

  constructor(
    /** Without a byte order mark, as editors count offsets. */
    readonly text: string,
    /** As much of the tree as could be read; null when there is nothing. */
    readonly root: Node | null,
    /** The plain value, objects without prototype; undefined when the JSON is broken. */
    readonly value: Json | undefined,
  ) {
    this.lines = new Lines(text);
  }

  /** The node at a path, or null. Where a name stands twice, the last one counts, as in JSON.parse. */
  node(path: Path): Node | null {
    let node = this.root;
    for (const step of path) {
      if (node?.type === 'object' && typeof step === 'string')
        node = this.propertyOf(node, step)?.children?.[1] ?? null;
      else if (node?.type === 'array' && typeof step === 'number') node = node.children?.[step] ?? null;
      else return null;
    }
    return node;
  }

  /** The plain value at a path; undefined when it is not there. */
  valueAt(path: Path): Json | undefined {
    let value = this.value;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string | number, Json>)[step];
    }
    return value;
  }

  /** The property node (name and value) at a path, or null. */
  property(path: Path): Node | null {
    const name = path.at(-1);
    const owner = this.node(path.slice(0, -1));
    return owner?.type === 'object' && typeof name === 'string' ? this.propertyOf(owner, name) : null;
  }

  /** Position of each name among the properties of an object; of the last, where one stands twice. */
  names(object: Node): ReadonlyMap<unknown, number> {
    let names = this.indexes.get(object);
    if (!names) {
      names = new Map(
        (object.children ?? []).map((property, i): [unknown, number] => [property.children?.[0]?.value, i]),
      );
      this.indexes.set(object, names);
    }
    return names;
  }

  private propertyOf(object: Node, name: string): Node | null {
    return object.children?.[this.names(object).get(name) ?? -1] ?? null;
  }

  /** Range of the value at a path; of the nearest thing around it when it is not there. */
  valueRange(path: Path): TextRange {
    const node = this.node(path);
    return node ? this.lines.range(node.offset, node.length) : this.nameRange(path.slice(0, -1));
  }

  /** Range of the name at a path; of the nearest thing around it when it is not there, at last the opening brace. */
  nameRange(path: Path): TextRange {
    for (let length = path.length; length > 0; length--) {
      const name = this.property(path.slice(0, length))?.children?.[0];
      if (name) return this.lines.range(name.offset, name.length);
    }
    return this.lines.range(this.root?.offset ?? 0, this.root ? 1 : 0);
  }
}

/**
 * Reads JSON with comments and trailing commas. Broken JSON gives one problem, at the place where it breaks; a name
 * that stands twice gives a warning. Never throws.
 */
export function parseDocument(source: string): { document: RecipeDocument; problems: Problem[] } {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  if (text.length > MAX_RECIPE_LENGTH) {
    const message = t(
      'This file has {0} characters; a recipe has at most {1}. Is it data rather than a recipe?',
      grouped(text.length),
      grouped(MAX_RECIPE_LENGTH),
    );
    return rejected(text, 'too-large', message, 0, 0);
  }
  const scan = scanBrackets(text);
  if (scan.tooDeep !== null) {
    const message = t('This is nested more than {0} levels deep; a recipe needs fewer than ten.', MAX_DEPTH);
    return rejected(text, 'too-deep', message, scan.tooDeep, 1);
  }
  if (scan.isEmpty) {
    const message = t(
      'This recipe is empty. The smallest recipe says where the data is: { "data": { "path": "data" } }',
    );
    const fix = { title: t('Write the smallest recipe'), offset: 0, length: text.length, text: SMALLEST };
    // A file of comments only keeps them.
    return rejected(text, 'empty', message, 0, 0, text.trim() === '' ? [fix] : []);
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true }) ?? null;
  const [first] = errors;
  if (first) {
    const document = new RecipeDocument(text, root, undefined);
    return { document, problems: [syntaxProblem(document.lines, text, first, scan.openings)] };
  }
  const document = new RecipeDocument(text, root, root ? plainValue(root) : undefined);
  return { document, problems: root ? duplicates(document, root) : [] };
}

const SMALLEST = '{\n  "data": { "path": "data" }\n}\n';

function rejected(
  text: string,
  code: string,
  message: string,
  offset: number,
  length: number,
  fixes: Problem['fixes'] = [],
): { document: RecipeDocument; problems: Problem[] } {
  const document = new RecipeDocument(text, null, undefined);
  return { document, problems: [problemAt(document.lines.range(offset, length), 'error', code, message, fixes)] };
}

/** One pass over the tokens, without recursion: where brackets stand, whether they are too deep, whether any token is there. */
function scanBrackets(text: string): { openings: Opening[]; tooDeep: number | null; isEmpty: boolean } {
  const scanner = createScanner(text, true);
  const openings: Opening[] = [];
  const stack: Opening[] = [];
  let isEmpty = true;
  for (;;) {
    const token: number = scanner.scan();
    const offset = scanner.getTokenOffset();
    if (token === Token.endOfFile) return { openings, tooDeep: null, isEmpty };
    isEmpty = false;
    if (token === Token.openBrace || token === Token.openBracket) {
      const opening: Opening = { offset, closing: token === Token.openBrace ? '}' : ']', end: null };
      openings.push(opening);
      stack.push(opening);
      if (stack.length > MAX_DEPTH) return { openings, tooDeep: offset, isEmpty };
    } else if (token === Token.closeBrace || token === Token.closeBracket) {
      const opening = stack.pop();
      if (opening) opening.end = offset;
    }
  }
}

/** The parser's token numbers; its own enumeration exists only in its types. */
const Token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, endOfFile: 17 } as const;

/** Objects have no prototype, so that a property called "__proto__" is one like any other. */
function plainValue(node: Node): Json {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type !== 'object') return node.value as Json;
  const object = Object.create(null) as Record<string, Json>;
  for (const { children } of node.children ?? []) {
    const [name, value] = children ?? [];
    if (name && value) object[name.value as string] = plainValue(value);
  }
  return object;
}

function duplicates(document: RecipeDocument, node: Node): Problem[] {
  const problems: Problem[] = [];
  const visit = (inner: Node) => {
    const children = inner.children ?? [];
    const later = new Set<string>();
    if (inner.type === 'object')
      for (let i = children.length - 1; i >= 0; i--) {
        const key = children[i]?.children?.[0];
        if (!key || typeof key.value !== 'string') continue;
        if (later.has(key.value)) {
          const message = t('{0} stands more than once here; only the last one counts.', JSON.stringify(key.value));
          const fix = removal(document.text, children, i, t('Remove this one'));
          problems.push(
            problemAt(document.lines.range(key.offset, key.length), 'warning', 'json/duplicate', message, [fix]),
          );
        }
        later.add(key.value);
      }
    for (const child of children) visit(child);
  };
  visit(node);
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
