import type { Collection, Reader } from '../../data/reader.js';
import { showExamples } from '../../data/inspect/show.js';
import { exampleTensor, type ShownExample } from '../../protocol/inspection.js';
import { encodeSafetensors, type TensorFile } from '../../protocol/safetensors.js';
import { MOST_SHOWN, type UsedExample } from '../../protocol/use.js';
import { writeAsked } from '../askedFile.js';

/** Examples as people see, hear or read them, collected for one file. */
export class Showing {
  private readonly pictures: TensorFile = { tensors: {}, metadata: {} };
  private readonly known = new Map<Reader | Collection, Map<number, UsedExample>>();
  private count = 0;
  private asked = 0;

  /** How many of so many further ones have room. */
  roomFor(count: number): number {
    const room = Math.min(count, MOST_SHOWN - this.asked);
    this.asked += room;
    return room;
  }

  /** @returns by position in the dataset; those that cannot be read are missing */
  async of(
    dataset: Reader | Collection,
    positions: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, UsedExample>> {
    const known = this.known.get(dataset) ?? new Map<number, UsedExample>();
    this.known.set(dataset, known);
    const wanted = [...new Set(positions)].filter((position) => !known.has(position)).sort((a, b) => a - b);
    if (wanted.length === 0) return known;
    const { examples, pictures } = await showExamples(dataset, wanted, { signal });
    for (const example of examples) {
      const position = this.count++;
      known.set(example.position, usedExample(example, position, dataset.info.kind));
      for (const nameOf of Object.values(exampleTensor)) {
        const [from, to] = [nameOf(example.position), nameOf(position)];
        const tensor = pictures.tensors[from];
        const fact = pictures.metadata[from];
        if (tensor) this.pictures.tensors[to] = tensor;
        if (fact !== undefined) this.pictures.metadata[to] = fact;
      }
    }
    return known;
  }

  /** @throws UserError when it cannot be written */
  write(file: string): Promise<void> {
    return writeAsked(file, encodeSafetensors(this.pictures));
  }
}

/** Of which split it is depends on the run, not on the data. */
function usedExample(
  { name, class: label, size, text, cells }: ShownExample,
  position: number,
  kind: string,
): UsedExample {
  return { position, name, class: label, size, ...(text !== undefined && { text }), ...(cells && { cells }), kind };
}
