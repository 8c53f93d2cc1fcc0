/** Looks at each example once, and keeps what the inspection tells of all. */
import type { Inspection, SplitPart } from '../../protocol/inspection.js';
import { ImageCollection } from '../imageFolder.js';
import type { Collection, DatasetInfo, Reader } from '../reader.js';
import { SoundCollection } from '../soundFolder.js';
import { TableCollection } from '../table/collection.js';
import { CharacterCounts, countCharacters } from './characters.js';
import { columnStatistics } from './columns.js';
import { exactDuplicates, nearDuplicates, type Place } from './duplicates.js';
import type { Example } from './example.js';
import { SameContent } from './exact.js';
import { countValues, lengthsOf, sizesOf } from './extents.js';
import { glanceAt, type Glance, type GlanceOptions } from './glance.js';
import { Looks } from './perceptual.js';
import { UnchangingPixels, ValueTotals } from './pixels.js';

export type Surveyed = Pick<
  Inspection,
  'sizes' | 'lengths' | 'rates' | 'channels' | 'values' | 'constant' | 'blank' | 'duplicates' | 'characters' | 'columns'
>;

/** Blank examples that are named. */
const NAMED = 12;

export class Survey {
  private readonly place: Place;
  private readonly values: ValueTotals;
  private readonly unchanging: UnchangingPixels | null;
  private readonly sizes: Inspection['sizes'];
  private readonly looks: Looks | null;
  private readonly same = new SameContent();
  private readonly blank: number[] = [];
  private readonly characters = new CharacterCounts();
  /** Characters of the texts by position, NaN for what was not visited. */
  private readonly textLengths: Float64Array;
  private readonly channels: number;

  constructor(private readonly dataset: Reader | Collection) {
    const { info, labels } = dataset;
    const isImage = info.kind === 'image';
    this.place = { split: (position) => splitAt(info, position), label: (position) => labels?.[position] ?? -1 };
    this.sizes = isImage ? imageSizes(dataset) : null;
    const channels = isImage ? Math.max(1, info.shape[2] ?? 1) : 1;
    this.values = new ValueTotals(channels);
    this.looks = isImage ? new Looks() : null;
    const frequent = this.sizes?.mostFrequent;
    this.unchanging = frequent ? new UnchangingPixels([frequent.height, frequent.width, channels]) : null;
    this.channels = channels;
    this.textLengths = new Float64Array(info.kind === 'text' ? info.count : 0).fill(NaN);
  }

  /** What is still of use to know of an example. */
  get glanceOptions(): GlanceOptions {
    const { looks, channels, sizes, unchanging } = this;
    const keepPixels = unchanging?.isOpen ?? false;
    return { isImage: looks !== null, channels, usual: sizes?.mostFrequent ?? null, keepPixels };
  }

  add(position: number, example: Example): void {
    this.addGlance(position, glanceAt(example, this.glanceOptions));
    if (example.is === 'text') {
      this.textLengths[position] = countCharacters(example.text);
      this.characters.add(example.text);
    }
  }

  /** An image or sound that another thread has looked at with {@link glanceOptions}. */
  addGlance(position: number, { hash, blank, moments, look, isUsual, pixels }: Glance): void {
    const isFirst = this.same.add(position, hash);
    if (blank) this.blank.push(position);
    if (look && isFirst) this.looks?.add(position, look);
    if (this.place.split(position) !== 'train') return;
    this.values.join(moments);
    if (isUsual) this.unchanging?.add(pixels);
  }

  result(): Surveyed {
    const { dataset, place, looks } = this;
    const { info } = dataset;
    const isSound = dataset instanceof SoundCollection;
    this.blank.sort((a, b) => a - b);
    return {
      sizes: this.sizes,
      lengths: isSound ? lengthsOf(dataset.seconds, 'seconds') : lengthsOf(this.textLengths, 'characters'),
      rates: isSound ? countValues(dataset.sampleRates) : [],
      channels: isSound && (info.shape[1] ?? -1) > 0 ? [{ value: info.shape[1] ?? 1, count: info.count }] : [],
      values: this.values.result(info.range),
      constant: this.unchanging?.result() ?? null,
      blank: { count: this.blank.length, positions: this.blank.slice(0, NAMED) },
      duplicates: {
        exact: exactDuplicates(this.same.groups(), place),
        near: looks && nearDuplicates(looks, place),
      },
      characters: info.kind === 'text' ? this.characters.result() : null,
      columns: dataset instanceof TableCollection ? dataset.columns.map(columnStatistics) : [],
    };
  }
}

/** The split of a position; "train" where none is given. */
export function splitAt({ splits }: DatasetInfo, position: number): SplitPart {
  return splits.find(({ start, count }) => position >= start && position < start + count)?.name ?? 'train';
}

function imageSizes(dataset: Reader | Collection): Inspection['sizes'] {
  if (dataset instanceof ImageCollection) return sizesOf(dataset.widths, dataset.heights);
  const { shape, count } = dataset.info;
  const [height = -1, width = -1] = shape;
  if (height < 0 || width < 0 || count === 0) return null;
  const size = { height, width };
  return {
    smallest: { ...size, position: 0 },
    largest: { ...size, position: 0 },
    mostFrequent: { ...size, count },
    distinct: 1,
  };
}
