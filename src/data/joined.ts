/** Several collections of one kind as one, e.g. of files that were named one by one. */
import type { Collection, DataError, DatasetInfo, Stored, StoredKind, VisitOptions } from './reader.js';

/** Labels, groups and splits of the parts are passed over. */
export class JoinedCollection<Kind extends StoredKind> implements Collection<Kind> {
  readonly kind: Kind;
  readonly info: DatasetInfo;
  readonly labels = null;
  readonly groups = null;
  /** Position of the first example of each part, and where the last one ends. */
  private readonly starts: number[] = [0];

  /** @param parts at least one */
  constructor(private readonly parts: readonly [Collection<Kind>, ...Collection<Kind>[]]) {
    const [first] = parts;
    let count = 0;
    for (const { info } of parts) this.starts.push((count += info.count));
    this.kind = first.kind;
    this.info = {
      ...first.info,
      count,
      shape: first.info.shape.map((size, i) => (parts.every(({ info }) => info.shape[i] === size) ? size : -1)),
      classes: null,
      groups: null,
      splits: [{ name: 'train', start: 0, count }],
      problems: parts.flatMap(({ info }) => info.problems),
      files: parts.flatMap(({ info }) => info.files),
    };
  }

  /** The part that holds an example, and the example's position in it. @throws RangeError */
  placeOf(position: number): { part: number; inside: number } {
    const part = this.starts.findIndex((start) => start > position) - 1;
    if (part < 0) throw new RangeError(`Position ${position} is outside of ${this.info.count} examples`);
    return { part, inside: position - (this.starts[part] as number) };
  }

  name(position: number): string {
    const { part, inside } = this.placeOf(position);
    return this.parts[part]?.name(inside) ?? '';
  }

  async visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: Stored[Kind] | DataError) => void | Promise<void>,
    { signal, onProgress, concurrency = 1 }: VisitOptions = {},
  ): Promise<void> {
    const inside: number[][] = this.parts.map(() => []);
    for (const position of positions ? Array.from(positions) : Array.from({ length: this.info.count }, (_, i) => i)) {
      const place = this.placeOf(position);
      inside[place.part]?.push(place.inside);
    }
    const left = [...this.parts.entries()].filter(([part]) => (inside[part]?.length ?? 0) > 0);
    const count = left.length;
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [part, collection] = next;
        const start = this.starts[part] as number;
        const options = signal ? { signal } : {};
        await collection.visit(inside[part] ?? [], (position, example) => action(start + position, example), options);
        onProgress?.(1 - left.length / count);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  }

  async close(): Promise<void> {
    for (const part of this.parts) await part.close();
  }
}
