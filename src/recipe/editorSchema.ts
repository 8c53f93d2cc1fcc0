import type { JsonSchema } from './description.js';

/**
 * The schema for VS Code's JSON language. It describes what the recipe's schema beside it describes, so completion and
 * hover are the same, and refuses nothing: mistakes are told by the check of the recipe, in better words and with quick
 * fixes. (An "if" alone accepts every value: Wright et al. 2018, "JSON Schema Validation", draft-07, 6.6.1.)
 */
export function editorSchema({
  $schema = '',
  title = '',
  description = '',
  defaultSnippets = [],
}: JsonSchema): JsonSchema {
  return {
    $schema,
    title,
    description,
    allowComments: true,
    allowTrailingCommas: true,
    defaultSnippets,
    if: { $ref: 'recipe.schema.json' },
  };
}
