import { existsSync } from 'node:fs';
import path from 'node:path';
import { Pool } from '../../data/work/pool.js';
import type { Layout, Layouts } from '../../learn/evaluate/codeMap.js';
import type { Codes } from '../../learn/evaluate/codes.js';
import type { UmapInput } from '../../learn/evaluate/umap.js';
import { stream } from '../../protocol/random.js';

/** Of the first layout, and of one that begins where the one before has ended. */
const EPOCHS = { first: 300, further: 150 };
/** It rests so many times as long as a layout took: training and reading data want the cores, too. */
const REST = 4;
/** Size of the first start, and of the noise that parts points that lie on each other, as in umap-learn. */
const SPREAD = 10;
const NOISE = 1e-4;

interface Offered {
  codes: Codes;
  points: Float32Array;
  step: number;
}

/** UMAP on a thread of its own, so that training need not wait. Each layout begins where the one before has ended. */
export class UmapLayouts implements Layouts {
  newest: Layout | null = null;
  private readonly pool = openPool();
  private last: Offered | null = null;
  private working: Promise<void> | null = null;
  private restsUntil = 0;
  private trouble: Error | null = null;

  constructor(private readonly seed: number) {}

  offer(codes: Codes, points: Float32Array, step: number): void {
    this.last = { codes, points, step };
    if (!this.working && performance.now() >= this.restsUntil) this.begin(this.last);
  }

  /** @returns the layout of what was offered last; null of nothing @throws Error with what went wrong on the thread */
  async complete(): Promise<Layout | null> {
    await this.working;
    if (this.last && this.newest?.step !== this.last.step && !this.trouble) {
      this.begin(this.last);
      await this.working;
    }
    if (this.trouble) throw this.trouble;
    return this.newest;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private begin(offered: Offered): void {
    const began = performance.now();
    this.working = this.lay(offered).then(
      (layout) => {
        this.newest = layout;
        this.working = null;
        this.restsUntil = performance.now() + REST * (performance.now() - began);
      },
      (error: unknown) => {
        this.trouble = error instanceof Error ? error : new Error(String(error));
        this.working = null;
        this.restsUntil = Infinity;
      },
    );
  }

  private async lay({ codes: { count, width, data }, points, step }: Offered): Promise<Layout> {
    const before = this.newest?.points.length === points.length ? this.newest.points : null;
    const laid = await this.pool.run('umap', () => ({
      count,
      width,
      data: data.slice(), // the thread takes what it is given
      start: before ? before.slice() : startFrom(points, this.seed),
      epochs: before ? EPOCHS.further : EPOCHS.first,
      seed: this.seed,
    }));
    return { points: laid, step };
  }
}

interface Table {
  umap: (input: UmapInput) => Float32Array;
}

/** With a thread where its bundle is, else (from sources) on this one. */
function openPool(): Pool<Table> {
  const bundled = path.join(__dirname, 'layout.js');
  return new Pool<Table>(() => import('./functions.js'), { file: existsSync(bundled) ? bundled : null, threads: 1 });
}

/** The map by principal components, made as large as layouts are (Kobak & Linderman 2021, "Initialization is critical"). */
function startFrom(points: Float32Array, seed: number): Float32Array {
  const largest = points.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest > 0 ? SPREAD / largest : 0;
  const random = stream(seed, 'layout');
  return points.map((value) => value * scale + NOISE * random.normal());
}
