/** Texts in memory, packed as UTF-8. */
import { formatCount, t } from '../../protocol/l10n.js';
import { MAX_BYTES } from '../files.js';
import { labelIndex } from '../labelIndex.js';
import { splitsOfParts } from '../namedParts.js';
import { DataError, type Collection, type DatasetInfo, type OpenOptions, type UnreadableFile } from '../reader.js';
import type { SplitName } from '../splitNames.js';
import { visitMemory } from '../visitMemory.js';

export interface TextSource {
  format: string;
  path: string;
  files: string[];
  problems: UnreadableFile[];
  /** {@link DatasetInfo.sequential} */
  sequential?: true;
}

/** Gathers texts part by part. */
export class TextPacker {
  private bytes = Buffer.alloc(1 << 16);
  private used = 0;
  private readonly starts: number[] = [0];
  private readonly labels: (string | null)[] = [];
  private readonly names: string[] = [];
  private readonly parts: { split: SplitName; count: number }[] = [];

  begin(split: SplitName): void {
    this.parts.push({ split, count: 0 });
  }

  get count(): number {
    return this.labels.length;
  }

  /** Forgets what was added since there were so many, in this part. */
  back(count: number): void {
    const part = this.parts[this.parts.length - 1];
    if (part) part.count -= this.labels.length - count;
    for (const list of [this.labels, this.names]) list.length = count;
    this.starts.length = count + 1;
    this.used = this.starts[count] as number;
  }

  /** @param name for people, e.g. "line 17 of train.csv" @throws DataError when all together are too large */
  add(text: string | Uint8Array, label: string | null, name: string, file: string): void {
    const content = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    if (this.used + content.length > MAX_BYTES)
      throw new DataError(
        t('{0} has more than {1} bytes of text; so many are read into memory.', file, formatCount(MAX_BYTES)),
        file,
        t('Use a part of it.'),
      );
    if (this.used + content.length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.min(MAX_BYTES, 2 * (this.used + content.length)));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    this.bytes.set(content, this.used);
    this.used += content.length;
    this.starts.push(this.used);
    this.labels.push(label);
    this.names.push(name);
    const part = this.parts[this.parts.length - 1];
    if (part) part.count++;
  }

  /** @throws DataError when there is no text */
  collection({ format, path, files, problems, sequential }: TextSource): TextCollection {
    const { count } = this;
    if (count === 0) throw new DataError(t('{0} holds no text.', path), path, t('Choose a file with text in it.'));
    const labels = labelIndex(this.labels);
    const parts = this.parts.filter((part) => part.count > 0);
    const info: DatasetInfo = {
      kind: 'text',
      format,
      path,
      count,
      shape: [-1],
      range: null,
      classes: labels?.names ?? null,
      groups: null,
      splits: splitsOfParts(
        parts,
        parts.map((part) => part.count),
      ),
      problems,
      ...(sequential && { sequential }),
      files,
    };
    const starts = Float64Array.from(this.starts);
    return new TextCollection(info, labels?.indexes ?? null, this.bytes.subarray(0, this.used), starts, this.names);
  }
}

export class TextCollection implements Collection<'text'> {
  readonly kind = 'text';
  readonly groups = null;

  /** @param starts text i is bytes[starts[i] .. starts[i + 1]) */
  constructor(
    readonly info: DatasetInfo,
    readonly labels: Int32Array | null,
    private readonly bytes: Buffer,
    private readonly starts: Float64Array,
    private readonly names: readonly string[],
  ) {}

  name(position: number): string {
    return this.names[position] ?? '';
  }

  text(position: number): string {
    return this.bytes.toString('utf8', this.starts[position], this.starts[position + 1]);
  }

  /** Of a text as UTF-8. */
  bytesOf(position: number): number {
    return (this.starts[position + 1] as number) - (this.starts[position] as number);
  }

  visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: string | DataError) => void | Promise<void>,
    options: OpenOptions = {},
  ): Promise<void> {
    const all = positions ?? Int32Array.from({ length: this.info.count }, (_, i) => i);
    return visitMemory(all, (position) => this.text(position), action, options);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
