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
  /** Path in the schema with dots: "image.bytes". */
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
}

const MAX_DEPTH = 32;
const MAX_COLUMNS = 65_536;

/** In the order of the schema, which is the order of each row group's chunks. @throws Damage */
export function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = [];
  let next = 0;
  const visit = (path: readonly string[], definition: number, repeated: boolean): void => {
    const element = schema[next++];
    if (!element) throw new Damage(t('its schema is cut off'));
    if (path.length > MAX_DEPTH) throw new Damage(t('its schema is nested too deeply'));
    if (leaves.length > MAX_COLUMNS) throw new Damage(t('it has more than {0} columns', MAX_COLUMNS));
    const { num_children: children, repetition_type: repetition, name, type } = element;
    const isRoot = next === 1;
    const here = isRoot ? [] : [...path, name];
    const levels = definition + (isRoot || repetition === 'REQUIRED' ? 0 : 1);
    const isRepeated = repeated || (!isRoot && repetition === 'REPEATED');
    if (children !== undefined && children !== 0) {
      if (!(children > 0 && children <= schema.length - next)) throw new Damage(t('its schema is cut off'));
      for (let i = 0; i < children; i++) visit(here, levels, isRepeated);
    } else if (type !== undefined && !isRoot) {
      const width = element.type_length ?? 0;
      if (type === 'FIXED_LEN_BYTE_ARRAY' && !(width > 0)) throw new Damage(t('column "{0}" has no width', name));
      leaves.push({
        name: here.join('.'),
        path: here,
        physical: type,
        meaning: meaningOf(element),
        width,
        maxDefinition: levels,
        repeated: isRepeated,
      });
    } else if (!isRoot) throw new Damage(t('column "{0}" has no type', name));
  };
  visit([], 0, false);
  if (next !== schema.length) throw new Damage(t('its schema names more columns than it has'));
  const names = leaves.map(({ name }) => name);
  const twice = new Set(names).size < names.length ? names.find((name, i) => names.indexOf(name) < i) : undefined;
  if (twice !== undefined) throw new Damage(t('two columns have the same name, “{0}”', twice));
  return leaves;
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
