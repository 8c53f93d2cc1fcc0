/** What pool and worker say to each other. A worker answers its tasks in their order. */

/** Pure functions by name; inputs and outputs can be cloned. */
export type Functions<Table> = { [Name in keyof Table]: (input: never) => unknown };

export interface Task {
  name: string;
  input: unknown;
}

export type Answer = { output: unknown } | { error: string };

/** The memory of all arrays in a value and its fields, which is handed over instead of copied. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return ownsMemory(value) ? [value.buffer as ArrayBuffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

/** Not a part of a larger one, such as Node's pool for small buffers, which others use too. */
function ownsMemory(view: ArrayBufferView): boolean {
  return view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength;
}
