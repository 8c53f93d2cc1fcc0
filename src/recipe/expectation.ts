import { grouped, t } from '../protocol/l10n.js';
import type { Json, JsonSchema, JsonType } from './description.js';

/** What a schema wants, in words, and what of a wrong value could be kept. */

export function kindOf(value: Json): Exclude<JsonType, 'integer'> {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'object' | 'string' | 'number' | 'boolean';
}

/** Whether a value has a type that the schema could accept, whatever its other conditions. */
export function acceptsKind(schema: JsonSchema, value: Json): boolean {
  const kind = kindOf(value);
  if (schema.anyOf) return schema.anyOf.some((branch) => acceptsKind(branch, value));
  if (schema.type === undefined) return schema.enum?.some((one) => kindOf(one) === kind) ?? true;
  return [schema.type].flat().some((type) => (type === 'integer' ? 'number' : type) === kind);
}

/** e.g. "a whole number from 1 to 64", `"relu" or "tanh"`; follows "must be". */
export function expectation(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(expectation).join(t(', or '));
  if (schema.enum) return listed(schema.enum.map((value) => JSON.stringify(value)));
  switch ([schema.type].flat()[0]) {
    case 'integer':
      return bounded(t('a whole number'), schema);
    case 'number':
      return bounded(t('a number'), schema);
    case 'string':
      return schema.maxLength === undefined
        ? t('a text')
        : t('a text of 1 to {0} characters', grouped(schema.maxLength));
    case 'boolean':
      return t('true or false');
    case 'null':
      return 'null';
    case 'array':
      return schema.minItems !== undefined && schema.maxItems !== undefined
        ? t('a list of {0} to {1} entries', grouped(schema.minItems), grouped(schema.maxItems))
        : t('a list');
    case 'object':
      return t('an object in braces');
    case undefined:
    default:
      return t('something else');
  }
}

/** A kind of number and what bounds it; at most one bound on each side. */
function bounded(kind: string, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined)
    return t('{0} from {1} to {2}', kind, grouped(minimum), grouped(maximum));
  const parts = [
    minimum === undefined ? null : t('of at least {0}', grouped(minimum)),
    exclusiveMinimum === undefined ? null : t('greater than {0}', grouped(exclusiveMinimum)),
    maximum === undefined ? null : t('at most {0}', grouped(maximum)),
    exclusiveMaximum === undefined ? null : t('less than {0}', grouped(exclusiveMaximum)),
  ].filter((part) => part !== null);
  return parts.length === 0 ? kind : `${kind} ${listed(parts, t('and'))}`;
}

/** Whether a number, text or truth value meets the schema. */
export function satisfies(schema: JsonSchema, value: Json): boolean {
  if (schema.anyOf) return schema.anyOf.some((branch) => satisfies(branch, value));
  if (!acceptsKind(schema, value)) return false;
  if (schema.enum) return schema.enum.includes(value);
  if (typeof value === 'string')
    return value.length >= (schema.minLength ?? 0) && new RegExp(schema.pattern ?? '').test(value);
  if (typeof value !== 'number') return true;
  return (
    Number.isFinite(value) &&
    (schema.type !== 'integer' || Number.isInteger(value)) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity)
  );
}

/** Values near a wrong one that the schema accepts, the likeliest first. */
export function repairs(schema: JsonSchema, value: Json): Json[] {
  if (schema.anyOf) {
    const found = schema.anyOf.flatMap((branch) => repairs(branch, value));
    return found.length === 0 && schema.default !== undefined && typeof value !== 'object' ? [schema.default] : found;
  }
  if (schema.type === 'object') return objectAround(schema, value);
  const candidates: Json[] = [];
  if (typeof value === 'string' && value.trim() !== '') {
    candidates.push(Number(value), value.trim().toLowerCase() === 'true');
    if (!/^(true|false)$/i.test(value.trim())) candidates.pop();
  }
  if (typeof value === 'number' && schema.type !== 'string') {
    const rounded = schema.type === 'integer' ? Math.round(value) : value;
    candidates.push(Math.min(Math.max(rounded, schema.minimum ?? -Infinity), schema.maximum ?? Infinity));
    if (schema.default !== undefined) candidates.push(schema.default);
  }
  if (schema.type === 'string' && typeof value === 'number') candidates.push(String(value));
  if (schema.type === 'array' && !Array.isArray(value) && schema.items && satisfies(schema.items, value))
    return [[value]];
  const good = candidates.filter((candidate) => satisfies(schema, candidate));
  return good.slice(0, 1);
}

/** An object for a value that may have meant one: its only required property, or "true" for its first default. */
function objectAround({ required = [], properties = {} }: JsonSchema, value: Json): Json[] {
  const [only] = required;
  const wanted = only === undefined ? undefined : properties[only];
  if (only !== undefined && required.length === 1 && wanted && wanted !== true && satisfies(wanted, value))
    return [{ [only]: value }];
  const [name, first] = Object.entries(properties)[0] ?? [];
  if (value !== true || name === undefined || first === true || first?.default === undefined) return [];
  return [{ [name]: first.default }];
}

/** JSON on one line, with a space after each bracket, colon and comma outside of texts. */
export function spaced(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  const entries = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A value as people see it in their file, cut short. */
export function shownValue(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? t('an empty list') : t('a list');
  if (typeof value === 'object' && value !== null) return t('an object');
  if (typeof value === 'number' && !Number.isFinite(value)) return t('too large a number');
  const text = JSON.stringify(value);
  return text.length > 50 ? `${text.slice(0, 48)}…"` : text;
}

export function listed(items: readonly string[], last = t('or')): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}
