import { t } from '../protocol/l10n.js';
import type { JsonSchema } from '../recipe/description.js';
import type english from '../recipe/recipe.schema.json';
import { translatedSchema } from '../recipe/translation.js';

let loading: Promise<JsonSchema> | null = null;

/** The schema of recipes, in the editor's language. Read when it is first asked for, being as large as most code here. */
export function recipeSchema(): Promise<JsonSchema> {
  loading ??= import('../recipe/recipe.schema.json').then(({ default: schema }) =>
    translatedSchema(schema as JsonSchema, t),
  );
  return loading;
}

/** A way to pretrain, as the schema describes it. */
export interface MethodChoice {
  name: string;
  title: string;
  /** One sentence, as much as a line of a list shows. */
  summary: string;
  /** Whether it learns from what another run says. */
  needsTeacher: boolean;
  /** Kinds of data that it learns from; null where any will do. */
  kinds: readonly string[] | null;
}

/** What of a network a fine-tuning teaches, as the schema describes it. */
export interface ModeChoice {
  name: string;
  title: string;
  /** One sentence, as much as a line of a list shows. */
  summary: string;
}

/** In the order of the schema; the first is the default. */
export async function modes(): Promise<ModeChoice[]> {
  const { finetune } = ((await recipeSchema()) as typeof english).properties;
  const { enum: names, enumDescriptions, markdownEnumDescriptions } = finetune.properties.mode;
  return names.map((name, index) => ({
    name,
    title: titleIn(markdownEnumDescriptions[index]) ?? name,
    summary: firstSentence(enumDescriptions[index] ?? ''),
  }));
}

/** In the order of the schema; the first is the default. */
export async function methods(): Promise<MethodChoice[]> {
  const recipe = (await recipeSchema()) as typeof english;
  const { pretrain } = recipe.properties;
  const { enum: names, enumDescriptions, markdownEnumDescriptions } = pretrain.properties.method;
  return names.map((name, index) => ({
    name,
    title: titleIn(markdownEnumDescriptions[index]) ?? name,
    summary: firstSentence(enumDescriptions[index] ?? ''),
    needsTeacher: 'teacher' in (pretrain.allOf[index]?.then.properties ?? {}),
    kinds: recipe.defaultSnippets[index]?.kinds ?? null,
  }));
}

function firstSentence(text: string): string {
  return /^.+?(?:\.(?=\s)|[。．])/u.exec(text)?.[0] ?? text;
}

function titleIn(markdown = ''): string | undefined {
  return /^\*\*(.+?)\*\*/.exec(markdown)?.[1];
}
