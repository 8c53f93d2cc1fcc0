import type { JsonSchema } from './description.js';

/** The words of a schema in another language. */

/**
 * The schema with each of its texts for people translated: titles, descriptions, labels. In markdown the plain text and
 * a title in front are; what Keras calls it and the paper are names and stay.
 */
export function translatedSchema(schema: JsonSchema, translate: (text: string) => string): JsonSchema {
  const inside = (inner: JsonSchema) => translatedSchema(inner, translate);
  const result: JsonSchema = { ...schema };
  const { title, description, enumDescriptions, patternErrorMessage } = schema;
  if (title !== undefined) result.title = translate(title);
  if (description !== undefined) result.description = translate(description);
  if (patternErrorMessage !== undefined) result.patternErrorMessage = translate(patternErrorMessage);
  if (enumDescriptions) result.enumDescriptions = enumDescriptions.map((text) => translate(text));
  if (schema.markdownDescription !== undefined)
    result.markdownDescription = markdown(schema.markdownDescription, description, translate);
  if (schema.markdownEnumDescriptions)
    result.markdownEnumDescriptions = schema.markdownEnumDescriptions.map((text, i) =>
      markdown(text, enumDescriptions?.[i], translate),
    );
  if (schema.defaultSnippets)
    result.defaultSnippets = schema.defaultSnippets.map((snippet) => ({
      ...snippet,
      label: translate(snippet.label),
      description: translate(snippet.description),
    }));
  if (schema.properties)
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, inner === true ? inner : inside(inner)]),
    );
  if (schema.items) result.items = inside(schema.items);
  if (schema.anyOf) result.anyOf = schema.anyOf.map(inside);
  if (schema.allOf) result.allOf = schema.allOf.map(inside);
  if (schema.then) result.then = inside(schema.then);
  return result;
}

/** @param plain the text without markdown that this one has in it; left out when there is none */
function markdown(text: string, plain: string | undefined, translate: (text: string) => string): string {
  if (plain === undefined) return translate(text);
  return text
    .replace(/^\*\*(.+?)\*\*/, (_, title: string) => `**${translate(title)}**`)
    .replace(plain, () => translate(plain));
}
