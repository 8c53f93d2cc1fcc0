import { Column } from './column.js';
import type { Series } from './metrics.js';

/**
 * Exponential moving average without the pull towards zero of its start: m_t = b m_(t-1) + (1 - b) x_t, shown as
 * m_t / (1 - b^t) (Kingma & Ba 2015, section 3). Points that are no number are skipped and stay none.
 */
export class Smoothed {
  readonly values = new Column();
  private average = 0;
  /** 1 - b^t. */
  private weight = 0;
  private revision = -1;
  private source: Series | undefined;
  private factor = NaN;

  /** Takes in what is new in the series; starts over only when earlier points or the factor have changed. */
  update(series: Series, factor: number): void {
    const same = series === this.source && series.revision === this.revision && factor === this.factor;
    if (!same) {
      this.source = series;
      this.revision = series.revision;
      this.factor = factor;
      this.values.truncate(0);
      this.average = 0;
      this.weight = 0;
    }
    const { data, length } = series.value;
    for (let index = this.values.length; index < length; index++) {
      const value = data[index] ?? NaN;
      if (Number.isNaN(value)) {
        this.values.push(NaN);
        continue;
      }
      this.average = factor * this.average + (1 - factor) * value;
      this.weight = factor * this.weight + (1 - factor);
      this.values.push(this.average / this.weight);
    }
  }
}
