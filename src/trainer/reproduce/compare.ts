import type { MetricComparison, TensorDifference } from '../../protocol/reproduction.js';
import { decodeSafetensors, type NamedTensor } from '../../protocol/safetensors.js';

/** What two runs measured and learned, compared bit by bit. */

/** Values by step and name; null for what was no finite number. */
export type MetricTable = Map<number, Map<string, number | null>>;

/** They tell of the machine's time, not of the computation. */
const TIMES: ReadonlySet<string> = new Set(['examplesPerSecond']);

/**
 * The lines of a `metrics.jsonl`. Where steps come again, after a resume or an explosion of the loss, what was measured
 * from there on no longer counts. Lines that are no records, cut off by a power cut, are passed over.
 */
export function metricTable(text: string): MetricTable {
  const table: MetricTable = new Map();
  let last = -1;
  for (const line of text.split('\n')) {
    const record = parse(line);
    if (record === null) continue;
    const { step, values } = record;
    if (step < last) for (const other of table.keys()) if (other >= step) table.delete(other);
    last = step;
    const row = table.get(step) ?? new Map<string, number | null>();
    for (const [name, value] of Object.entries(values))
      if (!TIMES.has(name)) row.set(name, typeof value === 'number' ? value : null);
    table.set(step, row);
  }
  return table;
}

function parse(line: string): { step: number; values: Record<string, unknown> } | null {
  try {
    const { step, values } = JSON.parse(line) as { step?: unknown; values?: unknown };
    if (typeof step !== 'number' || typeof values !== 'object' || values === null) return null;
    return { step, values: values as Record<string, unknown> };
  } catch {
    return null;
  }
}

/**
 * Compares what both have: the probe is not measured after the same epochs on a faster machine, and a run that crashed
 * may lack the last of its lines. @param end step up to which they are compared
 */
export function compareMetrics(recorded: MetricTable, reproduced: MetricTable, end = Infinity): MetricComparison {
  const found: MetricComparison = { values: 0, steps: 0, differing: 0, first: null };
  const steps = [...recorded.keys()].filter((step) => step <= end);
  for (const step of steps.sort((a, b) => a - b)) {
    const [before, now] = [recorded.get(step), reproduced.get(step)];
    let isCompared = false;
    for (const [name, value] of before ?? []) {
      const other = now?.get(name);
      if (other === undefined) continue;
      isCompared = true;
      found.values++;
      if (Object.is(value, other)) continue;
      found.differing++;
      found.first ??= { step, name, recorded: value, reproduced: other };
    }
    if (isCompared) found.steps++;
  }
  return found;
}

/**
 * The first tensor, by name, in which two files differ in a bit; null where they are the same.
 * @param file their name, for what is told
 * @throws Error when one is no safetensors file
 */
export function compareTensors(file: string, recorded: Uint8Array, reproduced: Uint8Array): TensorDifference | null {
  if (Buffer.compare(recorded, reproduced) === 0) return null;
  const [before, now] = [decodeSafetensors(recorded).tensors, decodeSafetensors(reproduced).tensors];
  for (const tensor of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
    const [a, b] = [before[tensor], now[tensor]];
    const difference = a && b ? compareValues(a, b) : all((a ?? b)?.data.length ?? 0);
    if (difference !== null) return { file, tensor, ...difference };
  }
  return null;
}

type ValueDifference = Omit<TensorDifference, 'file' | 'tensor'>;

function all(count: number): ValueDifference {
  return { differing: count, count, largest: null };
}

function compareValues(a: NamedTensor, b: NamedTensor): ValueDifference | null {
  const count = a.data.length;
  if (a.shape.join() !== b.shape.join() || a.data.constructor !== b.data.constructor) return all(count);
  const width = a.data.BYTES_PER_ELEMENT;
  const [before, now] = [a, b].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) as [
    Uint8Array,
    Uint8Array,
  ];
  let differing = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    let same = true;
    for (let at = i * width; at < (i + 1) * width; at++) same &&= before[at] === now[at];
    if (same) continue;
    differing++;
    const by = Math.abs((a.data[i] ?? NaN) - (b.data[i] ?? NaN));
    largest = by > largest || Number.isNaN(by) ? by : largest;
  }
  return differing === 0 ? null : { differing, count, largest: Number.isFinite(largest) ? largest : null };
}
