import { decodeSafetensors, type TensorFile } from '../../src/protocol/safetensors.js';
import { readExamples, tensorNamed, text, type Examples } from './tensors.js';

/** What the points of a run's maps are. */
export interface MapExamples {
  examples: Examples;
  names: string[];
  /** Null where there are none. */
  classes: string[] | null;
  /** Position of each example's class, -1 for none; null where there are no classes. */
  labels: Int32Array | null;
  /** The number that each example is labelled with, NaN for none; null where there are none. */
  values: Float32Array | null;
}

/** @throws Error with what is wrong */
export function decodeMapExamples(bytes: Uint8Array): MapExamples {
  const file = decodeSafetensors(bytes);
  const examples = readExamples(file, 'examples');
  const { count } = examples;
  const names = texts(file, 'names');
  const classes = texts(file, 'classes');
  const labels = tensorNamed(file, 'labels')?.data;
  const values = tensorNamed(file, 'values')?.data;
  const isLabelled = labels instanceof Int32Array && labels.length === count && classes !== null && classes.length > 0;
  return {
    examples,
    names: Array.from({ length: count }, (_, i) => names?.[i] ?? ''),
    classes: isLabelled ? classes : null,
    labels: isLabelled ? labels.map((label) => (label >= 0 && label < classes.length ? label : -1)) : null,
    values: values instanceof Float32Array && values.length === count ? values : null,
  };
}

function texts(file: TensorFile, name: string): string[] | null {
  const found: unknown = JSON.parse(file.metadata[name] ?? 'null');
  return Array.isArray(found) ? found.map(text) : null;
}

/** Asked for once, when they are needed. */
export class MapExamplesStore {
  private asked = false;
  private found: MapExamples | null = null;

  constructor(private readonly request: () => void) {}

  /** Null while they are on their way, and where there are none that can be read. */
  get(): MapExamples | null {
    if (!this.asked) {
      this.asked = true;
      this.request();
    }
    return this.found;
  }

  receive(bytes: Uint8Array | null): void {
    try {
      this.found = bytes && decodeMapExamples(bytes);
    } catch {
      this.found = null; // a map without examples is still a map
    }
  }

  clear(): void {
    this.asked = false;
    this.found = null;
  }
}
