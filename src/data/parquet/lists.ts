/** Columns of lists of labels: each list as a JSON array of strings, as JSON Lines has it; labelSets.ts takes it apart. */
import { formatCount, t } from '../../protocol/l10n.js';
import { Damage } from './damage.js';
import type { Page } from './file.js';
import type { Leaf } from './schema.js';
import type { Texts } from './texts.js';

/** Of one list; longer ones are no labels, and a small file could state lists that fill the memory. */
const MAX_LABELS = 10_000;
const MAX_CHARACTERS = 2 ** 16;

/** Whether its values are lists that may be labels: of texts or whole numbers. */
export function holdsLabels({ elementLevel, meaning, physical }: Leaf): boolean {
  if (elementLevel === null) return false;
  if (meaning.is === 'number') return meaning.scale === 0 && (physical === 'INT32' || physical === 'INT64');
  return meaning.is === 'text';
}

/** The lists of one row group, page by page: one may go on from page to page. */
export class Lists {
  /** Of the list that is being read; null for a row without one. */
  private labels: string[] | null = null;
  private characters = 0;
  private row = -1;
  private reason: string | null = null;

  /**
   * @param take gets each row by its place in the file: a JSON array as UTF-8, null for none
   * @param wrong hears of each row whose list cannot be; `take` then does not get it
   */
  constructor(
    private readonly texts: Texts,
    private readonly elementLevel: number,
    private readonly take: (row: number, list: Buffer | null) => void,
    private readonly wrong: (row: number, reason: string) => void,
  ) {}

  /** @throws Damage */
  add(page: Page): void {
    const { repetition, definition } = page.levels ?? {};
    if (!repetition || !definition) throw new RangeError('The page is of no lists');
    let next = page.row;
    let at = 0;
    const element = (text: string | null, reason: string | null): void => {
      const level = definition[at] as number;
      if (repetition[at++] === 0) {
        this.end();
        this.row = next++;
        this.labels = level < this.elementLevel - 1 ? null : [];
      } else if (this.row < 0) throw new Damage(t('it begins within a list'));
      if (level < this.elementLevel) return;
      if (text !== null) this.push(text);
      else this.reason ??= reason ?? t('its list holds a missing value');
    };
    this.texts.each(
      page,
      (bytes, start, end) => element(bytes && Buffer.from(bytes.subarray(start, end)).toString('utf8'), null),
      (_, reason) => element(null, reason),
    );
  }

  /** Gives the last list; another row group may follow. */
  end(): void {
    const { row, reason, labels } = this;
    this.row = -1;
    this.reason = null;
    this.characters = 0;
    if (row < 0) return;
    if (reason !== null) this.wrong(row, reason);
    else this.take(row, labels && Buffer.from(JSON.stringify(labels)));
  }

  private push(text: string): void {
    this.characters += text.length;
    if (this.labels && this.labels.length < MAX_LABELS && this.characters <= MAX_CHARACTERS) this.labels.push(text);
    else
      this.reason ??= t(
        'its list is longer than {0} labels or {1} characters',
        formatCount(MAX_LABELS),
        formatCount(MAX_CHARACTERS),
      );
  }
}
