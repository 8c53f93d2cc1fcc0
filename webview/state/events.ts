import type { RunState } from '../../src/protocol/run.js';
import { parseRecord } from './record.js';

/** What Health tells; times are ISO 8601 or empty. */
export type Happening = { step: number; epoch: number; at: string } & (
  | { type: 'state'; state: RunState; reason: string }
  | {
      type: 'diagnosis';
      level: 'good' | 'warning' | 'problem';
      message: string;
      advice: string;
      recipePath: (string | number)[] | null;
    }
  | { type: 'change'; name: string; from: number; to: number }
);

export interface Mark {
  step: number;
  epoch: number;
}

/** What the curves may show a trace of, so that their chart marks it. */
export type Turn = Mark & ({ type: 'resumed' } | { type: 'change'; name: string; to: number });

const STATES: readonly string[] = ['preparing', 'running', 'paused', 'stopped', 'completed', 'failed', 'interrupted'];
const MAX_HAPPENINGS = 500;
const MAX_TEXT = 2000;

/** Lines of `events.jsonl`, parsed once as they arrive. */
export class EventStore {
  /** Oldest first. */
  readonly happenings: Happening[] = [];
  /** Ascending. */
  readonly checkpoints: Mark[] = [];
  readonly samples: Mark[] = [];
  /** Ascending. */
  readonly turns: Turn[] = [];
  /** Raised with every line. */
  lines = 0;
  broken = 0;
  firstBroken = 0;
  private state: RunState | null = null;

  /** What the line said if it is for people, else undefined. */
  addLine(line: string): Happening | undefined {
    this.lines += 1;
    if (line.trim() === '') return undefined;
    const record = parseRecord(line);
    const step = record?.['step'];
    if (!record || typeof step !== 'number' || !Number.isFinite(step) || step < 0) {
      this.broken += 1;
      if (this.firstBroken === 0) this.firstBroken = this.lines;
      return undefined;
    }
    const at = { step, epoch: typeof record['epoch'] === 'number' ? record['epoch'] : NaN, at: text(record['at']) };
    if (record['type'] === 'checkpoint') mark(this.checkpoints, at);
    else if (record['type'] === 'sample') mark(this.samples, at);
    const happening = readHappening(record, at);
    if (!happening) return undefined;
    this.addTurn(happening);
    this.happenings.push(happening);
    if (this.happenings.length > MAX_HAPPENINGS) this.happenings.shift();
    return happening;
  }

  private addTurn(happening: Happening): void {
    const { step, epoch, type } = happening;
    // A pause leaves no trace; what came after the checkpoint that a run was resumed from is gone with its steps.
    while ((this.turns.at(-1)?.step ?? -1) > step) this.turns.pop();
    if (type === 'change') this.turns.push({ step, epoch, type, name: happening.name, to: happening.to });
    if (type !== 'state') return;
    if (happening.state === 'running' && step > 0 && this.state !== 'paused')
      this.turns.push({ step, epoch, type: 'resumed' });
    this.state = happening.state;
  }

  /** The training was taken up again at this step: what had come after is of a past that no longer counts. */
  forgetFrom(step: number): void {
    for (const marks of [this.checkpoints, this.samples]) while ((marks.at(-1)?.step ?? -1) >= step) marks.pop();
  }
}

/** Keeps the marks ascending: a resumed run passes steps again, and the later pass counts. */
function mark(marks: Mark[], { step, epoch }: Mark): void {
  while ((marks.at(-1)?.step ?? -1) >= step) marks.pop();
  marks.push({ step, epoch });
}

function readHappening(
  record: Record<string, unknown>,
  at: { step: number; epoch: number; at: string },
): Happening | undefined {
  const { type, state, level, recipePath } = record;
  if (type === 'state' && typeof state === 'string' && STATES.includes(state))
    return { ...at, type, state: state as RunState, reason: text(record['reason']) };
  if (type === 'diagnosis')
    return {
      ...at,
      type,
      level: level === 'good' || level === 'problem' ? level : 'warning',
      message: text(record['message']),
      advice: text(record['advice']),
      recipePath: Array.isArray(recipePath) && recipePath.every(isKey) ? recipePath : null,
    };
  if (type === 'change')
    return { ...at, type, name: text(record['name']), from: Number(record['from']), to: Number(record['to']) };
  return undefined;
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}
