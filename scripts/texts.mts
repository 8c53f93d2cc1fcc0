import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { JsonSchema } from '../src/recipe/description.js';
import { translatedSchema } from '../src/recipe/translation.js';
import { english } from '../webview/strings.js';

/** Which arguments of the functions of protocol/l10n.ts are texts for people. */
const TRANSLATORS = new Map([
  ['t', [0]],
  ['counted', [1, 2]],
]);

/** What is known about the texts of the sources. */
export interface Texts {
  literals: string[];
  /** Calls whose text is not a literal, as "file:line". */
  others: string[];
}

/** All texts that the sources in a folder and those inside hand to the translator. */
export function textsOf(folder: string): Texts {
  const texts: Texts = { literals: [], others: [] };
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const file = path.join(folder, name);
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        for (const place of TRANSLATORS.get(node.expression.getText(source)) ?? []) {
          const text = node.arguments[place];
          if (text !== undefined && ts.isStringLiteralLike(text)) texts.literals.push(text.text);
          else texts.others.push(`${name}:${source.getLineAndCharacterOfPosition(node.pos).line + 1}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return texts;
}

/** The texts of the recipe's schema, which hold those of methods and encoders. */
function schemaTexts(folder: string): string[] {
  const texts: string[] = [];
  const schema = JSON.parse(readFileSync(path.join(folder, 'recipe', 'recipe.schema.json'), 'utf8')) as JsonSchema;
  translatedSchema(schema, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** The whole of l10n/bundle.l10n.json: the sources' texts and the schema's by themselves, the monitor's by their keys. */
export function bundleOf(folder: string): Record<string, string> {
  const texts = [...textsOf(folder).literals, ...schemaTexts(folder)].sort().map((text) => [text, text]);
  // The monitor's come last: the file's last line, which alone has no comma, then hardly ever changes.
  return Object.fromEntries([
    ...texts,
    ...Object.entries(english)
      .sort()
      .map(([key, text]) => [`monitor.${key}`, text]),
  ]);
}
