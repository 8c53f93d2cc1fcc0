import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { Listeners } from './listeners.js';
import { reason } from './message.js';
import { listRunFolders } from './runFolder.js';
import { TrackedRun, type TrackOptions } from './trackedRun.js';

/** All runs of the folders that are looked at (each `<workspace folder>/.pretrain/runs`). */
export class RunStore {
  /** A run's record or state changed. */
  readonly runChanged = new Listeners<TrackedRun>();
  /** Runs came or went. */
  readonly listChanged = new Listeners<void>();

  private readonly byFolder = new Map<string, TrackedRun>();
  private roots = new Set<string>();
  private unreadable: string[] = [];
  private scanning: Promise<void> = Promise.resolve();

  constructor(private readonly options: TrackOptions) {}

  /** Newest first. */
  get runs(): TrackedRun[] {
    return [...this.byFolder.values()].sort((a, b) => compare(created(b), created(a)) || compare(b.folder, a.folder));
  }

  get alive(): TrackedRun[] {
    return this.runs.filter((run) => run.isAlive);
  }

  /** Why runs of some folder cannot be listed, one sentence each; the others' are. */
  get problems(): readonly string[] {
    return this.unreadable;
  }

  has(run: TrackedRun): boolean {
    return this.byFolder.get(run.folder) === run;
  }

  /** Of several with this id, e.g. copies, the one whose folder is named so. */
  find(id: string): TrackedRun | undefined {
    const found = this.runs.filter((run) => run.id === id);
    return found.find(({ folder }) => path.basename(folder) === id) ?? found[0];
  }

  async setRoots(roots: readonly string[]): Promise<void> {
    this.roots = new Set(roots);
    for (const run of this.byFolder.values()) if (!this.roots.has(path.dirname(run.folder))) this.forget(run);
    await this.scan();
  }

  /** Reads the list of run folders again. */
  scan(): Promise<void> {
    const scan = () => this.scanNow();
    this.scanning = this.scanning.then(scan, scan); // one that failed is told where it was asked for
    return this.scanning;
  }

  /** Resolves when what is there now has been read, as far as it can be. */
  ready(): Promise<void> {
    return this.scanning.catch(() => undefined);
  }

  /** The run of a folder, read when it is not known yet; also of a folder outside the roots. */
  async open(folder: string): Promise<TrackedRun> {
    const known = this.byFolder.get(folder);
    if (known !== undefined) {
      if (known.link === null) await known.refresh();
      return known;
    }
    const run = this.track(folder);
    await run.refresh();
    this.listChanged.fire();
    return run;
  }

  /** A file of the folder changed, as a watcher saw it. */
  async touched(folder: string): Promise<void> {
    const run = this.byFolder.get(folder);
    if (run === undefined) await this.open(folder);
    else if (run.link === null) await run.refresh();
  }

  /** The folder is no longer there. */
  removed(folder: string): void {
    const run = this.byFolder.get(folder);
    if (run === undefined) return;
    this.forget(run);
    this.listChanged.fire();
  }

  /** Looks at all runs without a trainer again, e.g. after the workspace became trusted. */
  async refreshAll(): Promise<void> {
    await Promise.all(this.runs.filter((run) => run.link === null).map((run) => run.refresh()));
  }

  dispose(): void {
    for (const run of this.byFolder.values()) run.dispose();
    this.byFolder.clear();
  }

  private async scanNow(): Promise<void> {
    const found = new Set<string>();
    const listed = new Set<string>();
    const problems: string[] = [];
    const list = async (root: string) => {
      try {
        for (const folder of await listRunFolders(root)) found.add(folder);
        listed.add(root);
      } catch (error) {
        problems.push(t('{0} cannot be read: {1}', root, reason(error)));
      }
    };
    await Promise.all([...this.roots].map(list));
    this.unreadable = problems.sort();
    for (const run of this.byFolder.values()) {
      if (listed.has(path.dirname(run.folder)) && !found.has(run.folder)) this.forget(run);
    }
    await Promise.all(
      [...found].filter((folder) => !this.byFolder.has(folder)).map((folder) => this.track(folder).refresh()),
    );
    this.listChanged.fire();
  }

  private track(folder: string): TrackedRun {
    const run = new TrackedRun(folder, this.options);
    this.byFolder.set(folder, run);
    run.changed.add(() => this.runChanged.fire(run));
    return run;
  }

  private forget(run: TrackedRun): void {
    run.dispose();
    this.byFolder.delete(run.folder);
  }
}

const created = (run: TrackedRun): string => run.record?.created ?? '';

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
