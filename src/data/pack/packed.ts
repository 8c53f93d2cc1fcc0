import type { Batch, Dataset, DatasetInfo, Reader } from '../reader.js';
import type { Values } from './values.js';

/** A dataset whose examples were prepared: its facts, with the prepared numbers at the same positions. */
export class PackedReader implements Reader {
  readonly info: DatasetInfo;

  constructor(
    private readonly dataset: Dataset,
    private readonly values: Values,
    { shape, range }: { shape: number[]; range: [number, number] | null },
  ) {
    this.info = { ...dataset.info, shape, range };
  }

  get labels(): Int32Array | null {
    return this.dataset.labels;
  }

  get groups(): Int32Array | null {
    return this.dataset.groups;
  }

  name(position: number): string {
    return this.dataset.name(position);
  }

  read(positions: ArrayLike<number>): Batch | Promise<Batch> {
    const count = positions.length;
    const data = this.values.read(positions);
    return data instanceof Promise ? data.then((read) => ({ data: read, count })) : { data, count };
  }

  async close(): Promise<void> {
    await this.values.close();
    await this.dataset.close();
  }
}
