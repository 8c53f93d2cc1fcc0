/** Values of one leaf as UTF-8, as people write them. */
import { isAscii, isUtf8 } from 'node:buffer';
import { formatCount, t } from '../../protocol/l10n.js';
import { missingWords, type Missing } from '../table/cell.js';
import { Damage } from './damage.js';
import { lengthOf, type Values } from './encoding.js';
import type { Page } from './file.js';
import type { Leaf } from './schema.js';
import { textAt } from './values.js';

/** bytes[start .. end), or null for a row without a value. */
export type TakeText = (bytes: Uint8Array | null, start: number, end: number) => void;

/** Hears of a row, counted from 0 within its page, whose value cannot be; `take` then does not get it. */
export type WrongValue = (row: number, reason: string) => void;

const raise: WrongValue = (_, reason) => {
  throw new Damage(reason);
};

/** A value as text, null for none, or why it cannot be one. */
type Written = Uint8Array | { reason: string } | null;

/** Texts of one leaf; those of numbers, dates and class numbers are written once for each page or dictionary. */
export class Texts {
  private readonly isMissing: Missing | null;
  private written: { of: Values; texts: Written[] } | null = null;
  private checked: { of: Values; wrong: ReadonlySet<number> } | null = null;

  /**
   * @param names of classes by their numbers; a negative number then is no class
   * @param missing words for a missing value, besides null
   */
  constructor(
    private readonly leaf: Leaf,
    private readonly names?: readonly string[] | undefined,
    missing?: readonly string[] | null,
  ) {
    this.isMissing = missing ? missingWords(missing) : null;
  }

  /**
   * Once for each row: a text that is no UTF-8, and a number of no class, are wrong.
   * @throws Damage for a wrong value when nobody hears of it
   */
  each({ rows, present, values, codes }: Page, take: TakeText, wrong = raise): void {
    const { isMissing } = this;
    const action: TakeText = isMissing
      ? (bytes, start, end) => take(bytes && isMissing(bytes, start, end) ? null : bytes, start, end)
      : take;
    const isText = values.type === 'bytes' && this.leaf.meaning.is === 'text';
    const noText = isText ? this.noText(values) : null;
    const written = isText ? null : this.writtenOf(values);
    for (let row = 0, i = 0; row < rows; row++) {
      if (present?.[row] === 0) {
        action(null, 0, 0);
        continue;
      }
      const at = codes ? (codes[i++] as number) : i++;
      if (isText) {
        if (noText?.has(at)) wrong(row, t('its text is not UTF-8'));
        else action(values.bytes, values.starts[at] as number, values.ends[at] as number);
        continue;
      }
      const text = written?.[at] ?? null;
      if (text && 'reason' in text) wrong(row, text.reason);
      else action(text, 0, text?.length ?? 0);
    }
  }

  /** Which values are no UTF-8; null for none. */
  private noText(values: Values & { type: 'bytes' }): ReadonlySet<number> | null {
    if (this.checked?.of !== values) {
      const wrong = new Set<number>();
      const { bytes, starts, ends } = values;
      if (!isAscii(bytes))
        for (let i = 0; i < starts.length; i++) if (!isUtf8(bytes.subarray(starts[i], ends[i]))) wrong.add(i);
      this.checked = { of: values, wrong };
    }
    return this.checked.wrong.size > 0 ? this.checked.wrong : null;
  }

  private writtenOf(values: Values): Written[] {
    if (this.written?.of === values) return this.written.texts;
    const texts = Array.from({ length: lengthOf(values) }, this.writer(values));
    this.written = { of: values, texts };
    return texts;
  }

  private writer(values: Values): (_: unknown, i: number) => Written {
    const { leaf, names } = this;
    if (leaf.meaning.is === 'boolean' && values.type === 'int32') {
      const [no, yes] = [Buffer.from('false'), Buffer.from('true')];
      return (_, i) => (values.values[i] === 1 ? yes : no);
    }
    return (_, i) => {
      const text = textAt(values, leaf, i);
      if (text === 'NaN' || (names && Number(text) < 0)) return null;
      if (!names) return Buffer.from(text);
      const name = names[Number(text)];
      return name === undefined
        ? { reason: t('{0} is none of its {1} classes', text, formatCount(names.length)) }
        : Buffer.from(name);
    };
  }
}
