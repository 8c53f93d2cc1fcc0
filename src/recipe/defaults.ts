import type { Json, JsonSchema } from './description.js';
import { acceptsKind } from './expectation.js';
import type { Recipe } from './recipe.js';

type JsonObject = Record<string, Json>;

/**
 * The recipe with every default of the schema filled in: what the value leaves out, the options of the chosen encoder,
 * method, optimizer and schedule included. A name alone ("adam") becomes an object with that name.
 * @param value a value that the schema accepts
 * @param fileName name for a recipe that has none
 */
export function fillRecipe(schema: JsonSchema, value: Json, fileName: string): Recipe {
  const { name, engine, map, data, encoder, pretrain, finetune } = filled(schema, value) as JsonObject;
  const recipe = {
    name: name ?? fileName,
    engine,
    map,
    data,
    encoder,
    pretrain: stage(schema.properties?.['pretrain'], pretrain),
    finetune: stage(schema.properties?.['finetune'], finetune),
  };
  // The schema that accepted the value has these types; a test keeps both in step.
  return recipe as unknown as Recipe;
}

/** The choice's own options stand by themselves, and the optimizer has the options of every one. */
function stage(schema: JsonSchema | true | undefined, value: Json | undefined): JsonObject {
  const given = (value ?? {}) as JsonObject;
  const shared = schema && schema !== true ? (schema.properties ?? {}) : {};
  const own = Object.fromEntries(Object.entries(given).filter(([option]) => Object.hasOwn(shared, option)));
  const options = Object.fromEntries(Object.entries(given).filter(([option]) => !Object.hasOwn(shared, option)));
  const optimizer = own['optimizer'] as JsonObject;
  return {
    ...own,
    options,
    optimizer: { ...optimizer, ...optionsOfAll(shared['optimizer']), ...optimizer },
    earlyStopping: own['earlyStopping'] === false ? null : (own['earlyStopping'] ?? null),
  };
}

/** What the schema makes of a value, or of none: undefined where neither value nor default is given. */
export function filled(schema: JsonSchema, value: Json | undefined): Json | undefined {
  if (value === undefined) {
    if (schema.default === undefined) return undefined;
    value = structuredClone(schema.default);
  }
  const given = value;
  if (schema.anyOf) {
    const named = schema.anyOf.find((branch) => branch.properties?.['name'] !== undefined);
    if (typeof given === 'string' && named) return filled(named, { name: given });
    const branch = schema.anyOf.find((one) => acceptsKind(one, given));
    return branch ? filled(branch, given) : given;
  }
  if (Array.isArray(given)) return given.map((entry) => filled(schema.items ?? {}, entry) ?? entry);
  if (typeof given !== 'object' || given === null) return given;
  const result: JsonObject = {};
  fill(result, schema, given);
  for (const { if: condition, then } of schema.allOf ?? [])
    if (then && holds(condition, result)) fill(result, then, given);
  return result;
}

function fill(result: JsonObject, { properties = {} }: JsonSchema, given: JsonObject): void {
  for (const [name, property] of Object.entries(properties)) {
    if (property === true) continue;
    const value = filled(property, given[name]);
    if (value !== undefined) result[name] = value;
  }
}

/** Whether a condition is met; those here name one property and its constant. */
export function holds(condition: JsonSchema | undefined, value: JsonObject): boolean {
  return Object.entries(condition?.properties ?? {}).every(
    ([name, property]) => property === true || property.const === undefined || property.const === value[name],
  );
}

/** Defaults of the options of all choices, so that each is there whichever was chosen. */
function optionsOfAll(schema: JsonSchema | true | undefined): JsonObject {
  if (schema === undefined || schema === true) return {};
  const options: JsonObject = {};
  for (const branch of schema.anyOf ?? []) for (const { then } of branch.allOf ?? []) if (then) fill(options, then, {});
  return options;
}
