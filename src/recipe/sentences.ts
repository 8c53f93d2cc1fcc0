import type { Node } from 'jsonc-parser';
import { grouped, t } from '../protocol/l10n.js';
import type { Fix, Problem } from '../protocol/trainer.js';
import type { Json, JsonSchema } from './description.js';
import type { Path, RecipeDocument } from './document.js';
import { acceptsKind, expectation, listed, repairs, shownValue, spaced } from './expectation.js';
import { removal, replacement, setting } from './fix.js';
import { problemAt } from './position.js';
import { nearest, sameName } from './suggest.js';

/** From a validator's errors to sentences for people, one for each place. */

/** What is needed of an error of ajv. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer to the value. */
  instancePath: string;
  /** JSON pointer to the keyword in the schema, after "#". */
  schemaPath: string;
  params: Record<string, unknown>;
}

/** Nobody reads more; a hostile file could cause very many. */
const MAX_PROBLEMS = 100;

export function sentences(document: RecipeDocument, schema: JsonSchema, errors: readonly SchemaError[]): Problem[] {
  const places = new Map<string, Problem>();
  for (const error of withoutNoise(document, schema, errors)) {
    const problem = sentence(document, schema, error);
    const place = `${problem.line}:${problem.column}`;
    if (!places.has(place)) places.set(place, problem);
    if (places.size >= MAX_PROBLEMS) break;
  }
  return [...places.values()];
}

/**
 * Leaves out what only says that some branch did not fit: "if" itself, and of "anyOf" everything but what is wrong
 * inside the branch that has the value's type; where nothing is wrong inside one, the "anyOf" itself.
 */
function withoutNoise(document: RecipeDocument, schema: JsonSchema, errors: readonly SchemaError[]): SchemaError[] {
  const left = new Set(errors.filter(({ keyword }) => keyword !== 'if'));
  for (const anyOf of errors) {
    if (anyOf.keyword !== 'anyOf') continue;
    const value = document.valueAt(pathOf(anyOf.instancePath));
    const branches = ownerOf(schema, anyOf.schemaPath).anyOf ?? [];
    let isInside = false;
    for (const error of errors) {
      if (!error.schemaPath.startsWith(`${anyOf.schemaPath}/`)) continue;
      const branch = branches[Number.parseInt(error.schemaPath.slice(anyOf.schemaPath.length + 1), 10)];
      const isDeeper = error.instancePath !== anyOf.instancePath || error.keyword === 'additionalProperties';
      if (isDeeper && branch && value !== undefined && acceptsKind(branch, value)) isInside = true;
      else left.delete(error);
    }
    if (isInside) left.delete(anyOf);
  }
  return [...left];
}

function sentence(document: RecipeDocument, schema: JsonSchema, error: SchemaError): Problem {
  const path = pathOf(error.instancePath);
  const owner = ownerOf(schema, error.schemaPath);
  if (error.keyword === 'additionalProperties')
    return unknownProperty(document, schema, owner, path, String(error.params['additionalProperty']));
  if (error.keyword === 'required') return missing(document, schema, path, String(error.params['missingProperty']));
  return wrongValue(document, owner, path, error.keyword);
}

function wrongValue(document: RecipeDocument, owner: JsonSchema, path: Path, keyword: string): Problem {
  const range = document.valueRange(path);
  const value = document.valueAt(path) ?? null;
  if (path.length === 0) {
    const message = t('A recipe is an object in braces, { "data": ... }, but this is {0}.', shownValue(value));
    return problemAt(range, 'error', 'schema/type', message);
  }
  if (keyword === 'pattern' && owner.patternErrorMessage !== undefined)
    return problemAt(range, 'error', 'schema/value', `${subject(path)} ${owner.patternErrorMessage}.`);
  const names = choicesOf(owner).filter((choice) => typeof choice === 'string');
  const meant = typeof value === 'string' ? nearest(value, names) : null;
  const isCount = keyword === 'minItems' || keyword === 'maxItems';
  const wrong =
    isCount && Array.isArray(value)
      ? t('{0} must be {1}, but has {2}.', subject(path), expectation(owner), grouped(value.length))
      : t('{0} must be {1}, but is {2}.', subject(path), expectation(owner), shownValue(value));
  const message = meant === null ? wrong : `${wrong} ${didYouMean(meant)}`;
  const candidates: Json[] = meant === null ? repairs(owner, value) : [meant];
  if (candidates.length === 0 && typeof value === 'string' && names.length <= 8) candidates.push(...names);
  const fixes = [...new Set(candidates.map(spaced))].map((text) => replacement(range, text));
  return problemAt(range, 'error', 'schema/value', message, fixes);
}

function unknownProperty(
  document: RecipeDocument,
  schema: JsonSchema,
  owner: JsonSchema,
  path: Path,
  name: string,
): Problem {
  const range = document.nameRange([...path, name]);
  const object = document.node(path);
  const properties = object?.children ?? [];
  const present = object ? document.names(object) : new Map<unknown, number>();
  const index = present.get(name) ?? -1;
  const known = Object.keys(owner.properties ?? {}).filter((candidate) => !present.has(candidate));
  const inside = path.length === 0 ? t('a recipe') : JSON.stringify(path.at(-1));
  const remove = removal(document.text, properties, index, t('Remove {0}', shownValue(name)));
  const problem = (reason: string, fixes: Fix[]) =>
    problemAt(range, 'error', 'schema/unknown-property', reason, [...fixes, remove]);

  const unknown = t('{0} is not a property of {1}.', shownValue(name), inside);
  const same = sameName(name, known);
  const places = placesOf(schema);
  const proper = sameName(name, [name, ...places.map((place) => place.name)].filter(isNameOf(places))) ?? name;
  const elsewhere = same === null ? places.filter((place) => place.name === proper) : [];
  const other = elsewhere.find((place) => place.choice !== null && place.owner.join('.') === path.join('.'));
  const quoted = JSON.stringify(proper);
  if (other?.choice) {
    const { key, value } = other.choice;
    return problem(t('{0} needs {1} in {2}.', quoted, `${JSON.stringify(key)}: ${JSON.stringify(value)}`, inside), []);
  }
  const home = elsewhere[0]?.owner;
  if (home) {
    const fix = wrapped(document, properties[index], proper, present, path, home);
    const belongs = home.length === 0 ? null : JSON.stringify(home.join('.'));
    const reason =
      proper === name ? misplaced(quoted, belongs, inside) : `${unknown} ${didYouMean(proper)} ${rightPlace(belongs)}`;
    return problem(reason, fix ? [fix] : []);
  }
  const meant = same ?? nearest(name, known);
  if (meant !== null) return problem(`${unknown} ${didYouMean(meant)}`, [replacement(range, JSON.stringify(meant))]);
  const possible = known
    .filter((candidate) => !candidate.startsWith('$'))
    .map((candidate) => JSON.stringify(candidate));
  return problem(
    possible.length === 0 ? unknown : `${unknown} ${t('It can have {0}.', listed(possible, t('and')))}`,
    [],
  );
}

/** @param owner the object that has it; null for the recipe itself */
function misplaced(name: string, owner: string | null, inside: string): string {
  return owner === null
    ? t('{0} stands at the top of the recipe, not in {1}.', name, inside)
    : t('{0} belongs in {1}, not in {2}.', name, owner, inside);
}

function rightPlace(owner: string | null): string {
  return owner === null ? t('It stands at the top of the recipe.') : t('It belongs in {0}.', owner);
}

function didYouMean(name: string): string {
  return t('Did you mean {0}?', JSON.stringify(name));
}

function isNameOf(places: readonly Place[]): (name: string) => boolean {
  const names = new Set(places.map((place) => place.name));
  return (name) => names.has(name);
}

/** Moves a property into an object beside it that is not there yet, e.g. "learningRate" into "optimizer". */
function wrapped(
  document: RecipeDocument,
  property: Node | undefined,
  name: string,
  present: ReadonlyMap<unknown, number>,
  path: Path,
  home: readonly string[],
): Fix | null {
  const into = home.at(-1);
  const isBeside = home.length === path.length + 1 && path.every((step, i) => step === home[i]);
  if (!property || into === undefined || !isBeside || present.has(into)) return null;
  const { offset, length } = property;
  const value = property.children?.[1];
  if (!value) return null;
  const inner = document.text.slice(value.offset, value.offset + value.length);
  const text = `${JSON.stringify(into)}: { ${JSON.stringify(name)}: ${inner} }`;
  return { title: t('Move into {0}', JSON.stringify(into)), offset, length, text };
}

function missing(document: RecipeDocument, schema: JsonSchema, path: Path, name: string): Problem {
  const owner = path.reduce<JsonSchema>((inner, step) => propertySchema(inner, String(step)), schema);
  const wanted = propertySchema(owner, name);
  const needs =
    path.length === 0
      ? t('The recipe needs {0}.', JSON.stringify(name))
      : t('{0} needs {1}.', JSON.stringify(path.at(-1)), JSON.stringify(name));
  const message = `${needs} ${wanted.description ?? ''}`.trim();
  const fix = setting(document, [...path, name], example(wanted));
  return problemAt(document.nameRange(path), 'error', 'schema/missing', message, fix ? [fix] : []);
}

/** A value that the schema accepts, to be changed by the person. */
function example(schema: JsonSchema): Json {
  const first = schema.default ?? schema.examples?.[0];
  if (first !== undefined) return first;
  return Object.fromEntries((schema.required ?? []).map((name) => [name, example(propertySchema(schema, name))]));
}

/** e.g. `"epochs"`, `Entry 2 of "units"`. */
function subject(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'number'
    ? t('Entry {0} of {1}', last + 1, JSON.stringify(path.at(-2) ?? null))
    : JSON.stringify(last);
}

function choicesOf(schema: JsonSchema): Json[] {
  return schema.anyOf ? schema.anyOf.flatMap(choicesOf) : (schema.enum ?? []);
}

function propertySchema(schema: JsonSchema, name: string): JsonSchema {
  const properties = schema.properties ?? {};
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return property === undefined || property === true ? {} : property;
}

interface Place {
  name: string;
  /** The object it belongs to. */
  owner: readonly string[];
  /** The choice that it needs, e.g. method: autoencoder; null when it is always there. */
  choice: { key: string; value: string } | null;
}

const placesBySchema = new WeakMap<JsonSchema, Place[]>();

/** Every property that can stand somewhere in a recipe. */
function placesOf(schema: JsonSchema): Place[] {
  const known = placesBySchema.get(schema);
  if (known) return known;
  const places: Place[] = [];
  const visit = (inner: JsonSchema, owner: readonly string[], choice: Place['choice']) => {
    for (const [name, property] of Object.entries(inner.properties ?? {})) {
      if (property === true) continue;
      places.push({ name, owner, choice });
      visit(property, [...owner, name], null);
    }
    for (const branch of inner.anyOf ?? []) visit(branch, owner, choice);
    for (const branch of inner.allOf ?? []) {
      const [key, condition] = Object.entries(branch.if?.properties ?? {})[0] ?? [];
      const value = condition !== true && typeof condition?.const === 'string' ? condition.const : null;
      if (branch.then) visit(branch.then, owner, key !== undefined && value !== null ? { key, value } : choice);
    }
  };
  visit(schema, [], null);
  placesBySchema.set(schema, places);
  return places;
}

/** The schema that holds the keyword at a schema path such as "#/properties/name/minLength". */
function ownerOf(schema: JsonSchema, schemaPath: string): JsonSchema {
  let inner: unknown = schema;
  for (const step of pathOf(decodeURIComponent(schemaPath.slice(1))).slice(0, -1))
    inner =
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string, unknown>)[step]
        : undefined;
  return inner ?? {};
}

/** Steps of a JSON pointer (RFC 6901). Names of digits occur only in lists here. */
function pathOf(pointer: string): (string | number)[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return /^\d{1,9}$/.test(name) ? Number(name) : name;
    });
}
