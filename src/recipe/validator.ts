import { Ajv } from 'ajv';
import type { Json, JsonSchema } from './description.js';
import type { SchemaError } from './sentences.js';

/** The one file that needs ajv: the extension host can do without it. */

/** All errors of a value; empty when there are none. */
export type Validate = (value: Json) => readonly SchemaError[];

const editorKeywords = [
  'markdownDescription',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'patternErrorMessage',
  'defaultSnippets',
  'allowComments',
  'allowTrailingCommas',
];

/**
 * Compiles the schema, which takes some 20 ms: once for each process.
 * @throws Error when the schema itself is wrong, also for a keyword that does not exist.
 */
export function compileValidator(schema: JsonSchema): Validate {
  const ajv = new Ajv({ allErrors: true, strict: true });
  ajv.addVocabulary(editorKeywords);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
