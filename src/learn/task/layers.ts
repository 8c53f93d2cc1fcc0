/** Layers of an encoder, in the order in which an example goes through them. */

/** "encoder/block_1" of "encoder/block_1/attention/query/kernel". */
export function layerOf(name: string): string {
  return name.split('/').slice(0, 2).join('/');
}

/** @param names of an encoder's values, as it lists them: from the input to the code */
export function layersOf(names: readonly string[]): string[] {
  return [...new Set(names.map(layerOf))];
}
