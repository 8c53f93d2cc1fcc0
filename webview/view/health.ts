import type { FromMonitor } from '../../src/protocol/monitor.js';
import { RunFile, type RunRecord } from '../../src/protocol/run.js';
import { type IconName, element, icon, section, setShown } from '../dom.js';
import { epochNumber, isSolved, type Model, type Topic, type View } from '../state/model.js';
import type { Happening } from '../state/events.js';
import { short, timeOfDay, whole } from '../format.js';
import { say, sayOr } from '../strings.js';

/** Older happenings stay in events.jsonl. */
const MOST_SHOWN = 100;

interface Entry {
  kind: 'good' | 'warning' | 'problem' | 'change' | 'state';
  sentence: string;
  advice: string;
  recipePath: (string | number)[] | null;
  at: string;
}

const ICONS: Record<Entry['kind'], IconName> = {
  good: 'check',
  warning: 'triangle',
  problem: 'cross',
  change: 'change',
  state: 'dot',
};

/** How the training is doing, in sentences, newest first, with a way to act. */
export class HealthView implements View {
  readonly element: HTMLElement;
  private readonly list = element('ol', { class: 'happenings' });
  private lines = -1;
  private broken = -1;

  constructor(private readonly send: (message: FromMonitor) => void) {
    this.element = section('health', say('healthTitle'), [], this.list);
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (!changed.has('events') && !changed.has('run') && !changed.has('metrics')) return;
    const { events, metrics, run } = model;
    const broken = events.broken + metrics.broken;
    if (events.lines === this.lines && broken === this.broken && !changed.has('run')) return;
    this.lines = events.lines;
    this.broken = broken;
    const entries = [
      ...brokenEntry(metrics, RunFile.metrics),
      ...brokenEntry(events, RunFile.events),
      ...events.happenings
        .map((happening) => describe(happening, run))
        .filter((entry) => entry !== undefined)
        .reverse(),
    ].slice(0, MOST_SHOWN);
    setShown(this.element, entries.length > 0);
    this.list.replaceChildren(...entries.map((entry) => this.item(entry, typeof run?.recipePath === 'string')));
  }

  private item(entry: Entry, hasRecipe: boolean): HTMLElement {
    const words = element('p', {}, entry.sentence);
    if (entry.advice !== '') words.append(' ', element('span', { class: 'quiet' }, entry.advice));
    const path = entry.recipePath;
    if (path && hasRecipe) {
      const open = element('button', { class: 'link', type: 'button' }, say('openRecipe'));
      open.addEventListener('click', () => this.send({ type: 'openRecipe', path }));
      words.append(' ', open);
    }
    const time = element('time', { datetime: entry.at }, timeOfDay(entry.at));
    return element('li', { 'data-kind': entry.kind }, icon(ICONS[entry.kind]), words, time);
  }
}

/** The sentence for one happening; undefined for those that the header tells already. */
export function describe(happening: Happening, run: RunRecord | null): Entry | undefined {
  const { at, step } = happening;
  const entry = (kind: Entry['kind'], sentence: string, advice = ''): Entry => ({
    kind,
    sentence,
    advice,
    recipePath: null,
    at,
  });
  if (happening.type === 'diagnosis') {
    const { level, message, advice, recipePath } = happening;
    return { ...entry(level, message, advice), recipePath };
  }
  if (happening.type === 'change')
    return entry(
      'change',
      sayOr(
        `changed_${happening.name}`,
        say('changed', happening.name, short(happening.from), short(happening.to), whole(step)),
        short(happening.from),
        short(happening.to),
        whole(step),
      ),
    );
  const { reason } = happening;
  switch (happening.state) {
    case 'preparing':
      return undefined;
    case 'running':
      return entry('state', step > 0 ? say('wentOn', whole(step)) : say('began'), reason);
    case 'paused':
      return entry('state', say('pausedAt', whole(step)), reason);
    case 'stopped':
      return entry('state', step > 0 ? say('stoppedAt', whole(step)) : say('stoppedEarly'), reason);
    case 'completed':
      return entry('good', completion(happening, run), reason);
    case 'failed':
      return entry('problem', step > 0 ? say('failedAt', whole(step)) : say('failedEarly'), reason);
    case 'interrupted':
      return entry('problem', step > 0 ? say('interruptedAt', whole(step)) : say('interruptedEarly'), reason);
  }
}

function completion({ step, epoch }: Happening, run: RunRecord | null): string {
  if (step === 0) return say('completedWithoutSteps');
  return isSolved(run) ? say('solvedAt', whole(step)) : say('completedAt', whole(epochNumber(epoch) || 0));
}

function brokenEntry({ broken, firstBroken }: { broken: number; firstBroken: number }, file: string): Entry[] {
  if (broken === 0) return [];
  const sentence = say(broken === 1 ? 'brokenLine' : 'brokenLines', whole(firstBroken), file, whole(broken));
  return [{ kind: 'warning', sentence, advice: '', recipePath: null, at: '' }];
}

/** What a listener is told when it happens. */
export function announcement(happening: Happening, run: RunRecord | null): string {
  const entry = describe(happening, run);
  return entry ? [entry.sentence, entry.advice].filter(Boolean).join(' ') : '';
}
