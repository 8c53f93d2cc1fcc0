import { isAlive, isResumable, type EngineFacts, type RunRecord, type RunState } from '../../src/protocol/run.js';
import { formatDuration } from '../../src/protocol/duration.js';
import type { FromMonitor } from '../../src/protocol/monitor.js';
import { element, icon, setAttribute, setIcon, setShown, setText, type IconName } from '../dom.js';
import { measure, parseNumber, percent, rate, short, whole } from '../format.js';
import type { MetricStore } from '../state/metrics.js';
import { epochNumber, hasPoints, hasSteps, isSolved, type Model, type Topic, type View } from '../state/model.js';
import { say, sayOr } from '../strings.js';
import { createButton, createTextField } from '../ui.js';

const STATE_ICONS: Record<RunState, IconName> = {
  preparing: 'ring',
  running: 'dot',
  paused: 'pause',
  stopped: 'square',
  completed: 'check',
  failed: 'cross',
  interrupted: 'triangle',
};

/** Numbers that change with every step are written this often, in milliseconds: faster cannot be read. */
const FACTS_EVERY = 200;
/** How long a request may stay unanswered before the person is told. */
const PATIENCE = 10_000;

export interface HeaderActions {
  send: (message: FromMonitor) => void;
  /** Takes back the message about the last request. */
  dismissFailure: () => void;
  fail: (message: string) => void;
  /** Asks for a frame after so many milliseconds. */
  renderAfter: (milliseconds: number) => void;
}

/** What runs, its state, what can be done; where it is, how well, how fast, on what, until when. */
export class Header implements View {
  readonly element: HTMLElement;
  private readonly name = element('h1');
  private readonly pill = element('span', { class: 'pill' });
  private readonly pillIcon = icon('dot');
  private readonly pillText = element('span');
  private readonly summary = element('p', { class: 'summary' });
  private readonly failure = element('p', { class: 'control-failure', role: 'alert' });
  private readonly facts: Record<
    'epoch' | 'step' | 'task' | 'accuracy' | 'loss' | 'validation' | 'probe' | 'speed' | 'engine' | 'left',
    HTMLElement
  >;
  private readonly factsLine: HTMLElement;
  private readonly bar = element('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
  });
  private readonly barDone = element('div', { class: 'progress-done' });
  private readonly rateField;
  private readonly rateLabel: HTMLElement;
  private readonly sample;
  private readonly pause;
  private readonly stop;
  private readonly resume;
  private factsAt = -Infinity;
  private factsStale = true;
  private state: RunState | null = null;
  private learningRate = NaN;
  /** The last request, which a message of failure is about. */
  private asked: FromMonitor['type'] | undefined;
  private pending:
    { type: FromMonitor['type']; state: RunState | null; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(private readonly actions: HeaderActions) {
    this.rateField = createTextField({ label: say('learningRate'), size: 8, onCommit: (text) => this.setRate(text) });
    this.rateLabel = element(
      'div',
      { class: 'field' },
      element('span', { 'aria-hidden': 'true' }, say('learningRate')),
      this.rateField.element,
    );
    const ask = (type: 'pause' | 'stop' | 'resume' | 'sampleNow') => () => this.ask(type);
    this.sample = createButton({
      label: say('sampleNow'),
      hint: say('sampleNowHint'),
      smallIcon: icon('picture'),
      onClick: ask('sampleNow'),
    });
    this.pause = createButton({ label: say('pause'), primary: true, onClick: ask('pause') });
    this.resume = createButton({ label: say('resume'), primary: true, onClick: ask('resume') });
    this.stop = createButton({ label: say('stop'), onClick: ask('stop') });
    this.pill.append(this.pillIcon, this.pillText);
    const fact = (name: string): HTMLElement => element('span', { class: `fact fact-${name}` });
    this.facts = {
      epoch: fact('epoch'),
      step: fact('step'),
      task: fact('task'),
      accuracy: fact('accuracy'),
      loss: fact('loss'),
      validation: fact('validation'),
      probe: fact('probe'),
      speed: fact('speed'),
      engine: fact('engine'),
      left: fact('left'),
    };
    this.factsLine = element('div', { class: 'facts' }, ...Object.values(this.facts));
    this.bar.append(this.barDone);
    setAttribute(this.bar, 'aria-label', say('progress'));
    this.element = element(
      'header',
      { class: 'header' },
      element(
        'div',
        { class: 'title-line' },
        element('div', { class: 'title' }, this.name, this.pill, this.summary),
        element(
          'div',
          { class: 'controls' },
          this.rateLabel,
          this.sample.element,
          this.pause.element,
          this.resume.element,
          this.stop.element,
        ),
      ),
      this.failure,
      this.factsLine,
      this.bar,
    );
  }

  /** What the space bar does. */
  togglePause(state: RunState | null): void {
    if (state === 'running') this.ask('pause');
    else if (state === 'paused') this.ask('resume');
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('run')) this.renderRun(model);
    if (changed.has('run') || changed.has('progress')) {
      setShown(this.failure, model.failure !== null);
      setText(this.failure, model.failure ?? '');
      this.rateField.setInvalid(model.failure !== null && this.asked === 'setLearningRate');
      if (model.failure !== null) this.settle();
      this.enable(model.state);
    }
    if (changed.has('metrics')) this.factsStale = true;
    const wait = this.factsAt + FACTS_EVERY - performance.now();
    if (changed.has('run') || (this.factsStale && wait <= 0)) this.renderFacts(model);
    else if (this.factsStale) this.actions.renderAfter(wait);
  }

  private renderRun({ run, state }: Model): void {
    setShown(this.element, run !== null);
    if (!run || !state) return;
    if (this.pending && this.pending.state !== state) this.settle();
    setText(this.name, run.name);
    setAttribute(this.pill, 'data-state', state);
    setIcon(this.pillIcon, STATE_ICONS[state]);
    setText(this.pillText, say(state));
    const weights = run.parameters > 0 ? say('weightsCount', whole(run.parameters)) : '';
    setText(this.summary, [run.summary, weights].filter(Boolean).join(' · '));
    this.learningRate = run.learningRate;
    this.rateField.setValue(Number.isFinite(run.learningRate) ? String(run.learningRate) : '');
    const alive = state === 'running' || state === 'paused';
    const stepping = alive && !isSolved(run) && run.method !== 'neighbours';
    setShown(this.rateLabel, stepping);
    setShown(this.sample.element, stepping);
    setShown(this.pause.element, state === 'running');
    setShown(this.resume.element, state === 'paused' || isResumable(state));
    setShown(this.stop.element, isAlive(state));
    setText(this.facts.engine, run.engine ? describeEngine(run.engine) : '');
    setAttribute(this.facts.engine, 'title', run.engine ? `${run.engine.name} ${run.engine.version}` : null);
  }

  private renderFacts(model: Model): void {
    const { run, state, metrics } = model;
    this.factsAt = performance.now();
    this.factsStale = false;
    const measured = run !== null && (hasPoints(model) || run.step > 0);
    setShown(this.factsLine, measured);
    setShown(this.bar, measured);
    if (!run || !measured) return;
    const step = Math.max(metrics.lastStep, hasPoints(model) ? 0 : run.step);
    const epoch = hasPoints(model) ? metrics.lastEpoch : run.epoch;
    const isStepping = step > 0;
    const isEpochal = isStepping && !isSolved(run);
    const epochs = say('epochOf', whole(Math.max(1, epochNumber(epoch))), whole(run.epochs));
    setText(this.facts.epoch, isEpochal ? epochs : isStepping ? say('iteration', whole(step)) : '');
    setText(this.facts.step, isEpochal ? say('stepAt', whole(step)) : '');
    this.renderTask(model, run);
    setFigure(
      this.facts.loss,
      say('loss'),
      isStepping ? (lastOf(model, 'loss') ?? lastOf(model, 'trainingLoss')) : undefined,
    );
    setFigure(this.facts.validation, say('validation'), lastOf(model, 'validationLoss'));
    const probe = run.stage === 'finetune' ? undefined : lastOf(model, 'probeAccuracy');
    setFigure(this.facts.probe, say('probe'), probe, percent);
    setAttribute(this.facts.probe, 'title', say('termHint_probeAccuracy'));
    const speed = examplesPerSecond(metrics, run);
    const unit = run.dataset?.kind === 'image' ? 'imagesPerSecond' : 'examplesPerSecond';
    setText(this.facts.speed, isEpochal && Number.isFinite(speed) && speed > 0 ? say(unit, rate(speed)) : '');
    setText(this.facts.left, describeTime(model, run, state));
    setShown(this.bar, isEpochal || state === 'completed');
    const fraction = state === 'completed' ? 1 : Math.min(1, step / Math.max(1, run.epochs * run.stepsPerEpoch));
    this.barDone.style.transform = `scaleX(${fraction})`;
    setAttribute(this.bar, 'aria-valuenow', String(Math.round(fraction * 100)));
  }

  /** How it is fine-tuned, on how many labels, and how often it is right: in the end on what no choice depends on. */
  private renderTask(model: Model, run: RunRecord): void {
    const isTask = run.stage === 'finetune';
    const labels = run.dataset?.trainingCount;
    const mode = sayOr(`mode_${run.method}`, run.method);
    setText(this.facts.task, !isTask ? '' : labels === undefined ? mode : say('taskOf', mode, whole(labels)));
    const { testAccuracy, testMacroF1, validationMacroF1 } = isTask ? run.metrics : {};
    const validated = isTask ? lastOf(model, 'validationAccuracy', model.state === 'completed') : undefined;
    // Where examples may have several labels, there is no accuracy.
    const measured = (
      [
        ['testAccuracy', testAccuracy],
        ['validationAccuracy', validated],
        ['testMacroF1', testMacroF1],
        ['validationMacroF1', validationMacroF1],
      ] as const
    ).find(([, value]) => value !== undefined);
    setFigure(this.facts.accuracy, measured ? say(measured[0]) : '', measured?.[1], percent);
  }

  private setRate(text: string): void {
    const learningRate = parseNumber(text);
    this.asked = 'setLearningRate';
    if (!(learningRate > 0 && learningRate < Infinity)) {
      this.actions.fail(say('invalidLearningRate', text.slice(0, 40)));
      return;
    }
    this.actions.dismissFailure();
    if (learningRate !== this.learningRate) this.actions.send({ type: 'setLearningRate', learningRate });
  }

  private ask(type: 'pause' | 'stop' | 'resume' | 'sampleNow'): void {
    if (this.pending) return;
    this.asked = type;
    this.actions.dismissFailure();
    this.actions.send({ type });
    if (type === 'sampleNow') return;
    const timer = setTimeout(() => this.actions.fail(say('noAnswer')), PATIENCE);
    this.pending = { type, state: this.state, timer };
    this.enable(this.state);
  }

  private settle(): void {
    if (this.pending) clearTimeout(this.pending.timer);
    this.pending = undefined;
  }

  private enable(state: RunState | null): void {
    this.state = state;
    for (const button of [this.pause, this.resume, this.stop]) button.setEnabled(!this.pending);
  }
}

/** @param isFinal the run's record counts first: what it holds in the end may be measured better than on the way */
function lastOf({ metrics, run }: Model, name: string, isFinal = false): number | undefined {
  const series = metrics.series.get(name);
  const last = series && series.value.length > 0 ? series.value.last : undefined;
  return isFinal ? (run?.metrics[name] ?? last) : (last ?? run?.metrics[name]);
}

/** The trainer's own figure of the last epoch where it gives one, else from the steps; NaN when unknown. */
function examplesPerSecond({ series, pace }: MetricStore, { batchSize }: RunRecord): number {
  const own = series.get('examplesPerSecond')?.value.last ?? NaN;
  return Number.isFinite(own) ? own : pace.stepsPerSecond * batchSize;
}

/** A name in quiet letters and its number. */
function setFigure(
  target: HTMLElement,
  name: string,
  value: number | undefined,
  format: (value: number) => string = measure,
): void {
  if (value === undefined) {
    target.replaceChildren();
    return;
  }
  const [number] = target.getElementsByTagName('b');
  if (number && target.textContent.startsWith(`${name} `)) setText(number, format(value));
  else target.replaceChildren(`${name} `, element('b', {}, format(value)));
}

function describeTime(model: Model, run: RunRecord, state: RunState | null): string {
  if (state === 'running') {
    if (isSolved(run) || !hasSteps(model)) return '';
    const seconds = model.metrics.pace.secondsLeft(run.epochs * run.stepsPerEpoch);
    return seconds === null ? '' : say('timeLeft', formatDuration(seconds));
  }
  const seconds = run.seconds > 0 ? run.seconds : model.metrics.lastTime;
  return state === 'completed' && seconds > 0 ? say('timeTaken', formatDuration(seconds)) : '';
}

function describeEngine({ name, version, threads, features }: EngineFacts): string {
  const names: Record<string, string> = { tensorflow: 'TensorFlow', wasm: 'WebAssembly', cpu: 'JavaScript' };
  const number = version.replace(/^(\d+\.\d+)\.\d+.*$/, '$1');
  const parts = [
    `${names[name] ?? name} ${number}`.trim(),
    threads === 1 ? say('thread') : say('threads', short(threads)),
  ];
  return [...parts, ...features].join(' · ');
}
