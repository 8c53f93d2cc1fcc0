/** Columns of a Parquet file: the leaves of its schema, and what their values mean (parquet-format, LogicalTypes.md). */
import type { SchemaElement } from 'hyparquet';
import { t } from '../../protocol/l10n.js';
import { Damage } from './damage.js';
import type { Physical } from './encoding.js';

export type Meaning =
  /** Value = stored × 10^-scale. */
  | { is: 'number'; scale: number; unsigned: boolean; half: boolean }
  | { is: 'boolean' | 'text' | 'bytes' | 'uuid' | 'day' }
  /** Time since 1970, or of the day, in so many units a second; 0 for the 12 bytes of INT96. */
  | { is: 'moment' | 'time'; perSecond: number }
  | { is: 'other'; name: string };

export interface Leaf {
  /** Path in the schema with dots: "image.bytes"; of a list of values the list's: "labels", not "labels.list.element". */
  name: string;
  path: readonly string[];
  physical: Physical;
  meaning: Meaning;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  width: number;
  /** Level of a value that is there; lower ones are null, here or in what it is in. */
  maxDefinition: number;
  /** Whether a row has any number of values: a list or map. */
  repeated: boolean;
  /** Of a list of values: the level from which on it has an element; one less is an empty list, lower ones are null. */
  elementLevel: number | null;
}

/** Where in the schema values are repeated. */
interface Repeated {
  /** How many lists within each other. */
  times: number;
  /** Definition level of an element of the innermost. */
  level: number;
  /** Its path with dots. */
  list: string;
}

const MAX_DEPTH = 32;
const MAX_COLUMNS = 65_536;

/** In the order of the schema, which is the order of each row group's chunks. @throws Damage */
export function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = [];
  /** By the index of a leaf, the path of the list that it is in. */
  const lists = new Map<number, string>();
  let next = 0;
  const visit = (path: readonly string[], definition: number, outer: Repeated, isList: boolean): void => {
    const element = schema[next++];
    if (!element) throw new Damage(t('its schema is cut off'));
    if (path.length > MAX_DEPTH) throw new Damage(t('its schema is nested too deeply'));
    if (leaves.length > MAX_COLUMNS) throw new Damage(t('it has more than {0} columns', MAX_COLUMNS));
    const { num_children: children, repetition_type: repetition, name, type } = element;
    const isRoot = next === 1;
    const here = isRoot ? [] : [...path, name];
    const levels = definition + (isRoot || repetition === 'REQUIRED' ? 0 : 1);
    const isRepeated = !isRoot && repetition === 'REPEATED';
    const repeated = isRepeated
      ? { times: outer.times + 1, level: levels, list: (isList ? path : here).join('.') }
      : outer;
    if (children !== undefined && children !== 0) {
      if (!(children > 0 && children <= schema.length - next)) throw new Damage(t('its schema is cut off'));
      const holdsList = element.logical_type?.type === 'LIST' || element.converted_type === 'LIST';
      for (let i = 0; i < children; i++) visit(here, levels, repeated, holdsList && !isRoot);
    } else if (type !== undefined && !isRoot) {
      const width = element.type_length ?? 0;
      if (type === 'FIXED_LEN_BYTE_ARRAY' && !(width > 0)) throw new Damage(t('column "{0}" has no width', name));
      if (repeated.times === 1) lists.set(leaves.length, repeated.list);
      leaves.push({
        name: here.join('.'),
        path: here,
        physical: type,
        meaning: meaningOf(element),
        width,
        maxDefinition: levels,
        repeated: repeated.times > 0,
        elementLevel: repeated.times === 1 ? repeated.level : null,
      });
    } else if (!isRoot) throw new Damage(t('column "{0}" has no type', name));
  };
  visit([], 0, { times: 0, level: 0, list: '' }, false);
  if (next !== schema.length) throw new Damage(t('its schema names more columns than it has'));
  nameLists(leaves, lists);
  const names = leaves.map(({ name }) => name);
  const twice = new Set(names).size < names.length ? names.find((name, i) => names.indexOf(name) < i) : undefined;
  if (twice !== undefined) throw new Damage(t('two columns have the same name, “{0}”', twice));
  return leaves;
}

/** A list of values has the list's name; what is in a list of several, as a map is, keeps its own and is no list of values. */
function nameLists(leaves: readonly Leaf[], lists: ReadonlyMap<number, string>): void {
  const taken = new Map<string, number>();
  for (const [i, { name }] of leaves.entries())
    for (const one of new Set([name, lists.get(i) ?? name])) taken.set(one, (taken.get(one) ?? 0) + 1);
  for (const [i, list] of lists) {
    const leaf = leaves[i] as Leaf;
    if (taken.get(list) === 1) leaf.name = list;
    else leaf.elementLevel = null;
  }
}

const UNITS: Record<string, number | undefined> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };
const UNSIGNED = /^UINT_/;

function meaningOf(element: SchemaElement): Meaning {
  const { type, logical_type: logical, converted_type: converted } = element;
  const number = { is: 'number', scale: 0, unsigned: false, half: false } as const;
  const means: string | undefined = logical?.type ?? converted;
  const isFixed = type === 'FIXED_LEN_BYTE_ARRAY';
  switch (means) {
    case 'DECIMAL': {
      const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0;
      if (!(scale >= 0 && scale <= 400)) throw new Damage(t('column "{0}" has {1} decimals', element.name, scale));
      return { ...number, scale };
    }
    case 'DATE':
      return type === 'INT32' ? { is: 'day' } : { is: 'other', name: 'DATE' };
    case 'TIMESTAMP':
    case 'TIME':
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS':
    case 'TIME_MILLIS':
    case 'TIME_MICROS': {
      const unit = logical && 'unit' in logical ? logical.unit : means.replace(/.*_/, '');
      const perSecond = UNITS[unit];
      if (perSecond === undefined || (type !== 'INT32' && type !== 'INT64')) return { is: 'other', name: means };
      return { is: means.startsWith('TIMESTAMP') ? 'moment' : 'time', perSecond };
    }
    case 'UUID':
      return isFixed && element.type_length === 16 ? { is: 'uuid' } : { is: 'bytes' };
    case 'FLOAT16':
      return isFixed && element.type_length === 2 ? { ...number, half: true } : { is: 'bytes' };
    case 'STRING':
    case 'UTF8':
    case 'ENUM':
    case 'JSON':
      return type === 'BYTE_ARRAY' ? { is: 'text' } : { is: 'bytes' };
    case 'BSON':
    case 'INTERVAL':
    case 'NULL':
    case 'VARIANT':
    case 'GEOMETRY':
    case 'GEOGRAPHY':
      return { is: 'other', name: means };
    case undefined:
    default:
  }
  switch (type) {
    case 'BOOLEAN':
      return { is: 'boolean' };
    case 'INT96':
      return { is: 'moment', perSecond: 0 };
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return { is: 'bytes' };
    default: {
      const unsigned = logical?.type === 'INTEGER' ? !logical.isSigned : UNSIGNED.test(converted ?? '');
      return { ...number, unsigned };
    }
  }
}
