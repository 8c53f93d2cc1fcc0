import { PointPlot, type PointStyle } from '../chart/pointPlot.js';
import { nearestPoint, nearestPoints, neighbourOf, type Direction } from '../chart/points.js';
import { element, setAttribute, setShown, setText } from '../dom.js';
import { percent, short, whole } from '../format.js';
import type { MapExamples } from '../state/mapExamples.js';
import { ShownSample, type Model, type Topic, type View } from '../state/model.js';
import type { CodePoints } from '../state/samples.js';
import type { MapColour, MapMethod } from '../state/viewState.js';
import { say, sayOr } from '../strings.js';
import type { Theme } from '../theme.js';
import { exampleElement, originOf } from './example.js';
import { groupsOf, stylesOf, type Groups } from './mapGroups.js';

/** In CSS pixels. */
const HEIGHT = { share: 0.8, least: 180, most: 420 };
/** Width of the picture beside the pointer. */
const PICTURE = 84;
/** Examples that are listed at once. */
const LISTED = 60;
/** Points that a key chooses around one; each further press doubles them. */
const AROUND = 25;

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

export interface MapActions {
  setMethod: (method: MapMethod) => void;
  setColour: (colour: MapColour) => void;
}

/** Codes of examples as points of a plane: what is pointed at is shown, what is drawn around is listed. */
export class MapView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly frame = element('div', {
    class: 'map-frame',
    tabindex: '0',
    role: 'application',
    'aria-describedby': 'map-hint',
  });
  private readonly plot = new PointPlot({
    onPoint: (index) => this.showPoint(index),
    onChoose: (indices) => this.choose(indices),
  });
  private readonly tip = element('div', { class: 'chart-tip map-tip' });
  private readonly legend = element('ul', { class: 'map-legend', 'aria-label': say('mapColours') });
  private readonly hint = element('p', { class: 'picture-legend', id: 'map-hint' }, say('mapHint'));
  private readonly spoken = element('div', { class: 'for-listeners', role: 'status' });
  private readonly chosenPart = element('div', { class: 'map-chosen' });
  private readonly title = element('h3', { role: 'status' });
  private readonly counts = element('p', { class: 'quiet' });
  private readonly list = element('ul', { class: 'guess-list', tabindex: '0', 'aria-label': say('mapList') });
  private readonly methods: Choices<MapMethod>;
  private readonly colours: Choices<MapColour>;
  private readonly shown = new ShownSample();
  private map: CodePoints | null = null;
  private examples: MapExamples | null = null;
  private groups: Groups | null = null;
  private styles: PointStyle[] = [];
  private themeVersion = 0;
  private drawn = '';
  /** The point that the keyboard is at. */
  private at: number | null = null;
  private around = 0;
  /** The point that is told of. */
  private shownPoint: number | null = null;
  private chosen: ReadonlySet<number> = new Set();
  /** The group that a person points at in the legend; null for none. */
  private emphasised: number | null = null;

  constructor(
    private readonly theme: () => Theme,
    actions: MapActions,
  ) {
    this.methods = new Choices('map-method', say('mapMethod'), actions.setMethod);
    this.colours = new Choices('map-colour', say('mapColour'), actions.setColour);
    this.frame.append(this.plot.element, this.tip);
    this.tip.hidden = true;
    const clear = element('button', { class: 'link', type: 'button' }, say('mapClear'));
    clear.addEventListener('click', () => {
      this.choose([]);
      this.frame.focus();
    });
    this.chosenPart.append(element('div', { class: 'confusion-head' }, this.title, clear), this.counts, this.list);
    this.chosenPart.hidden = true;
    this.listen();
    this.element = element(
      'section',
      { class: 'section map', 'aria-labelledby': 'map-title' },
      element(
        'div',
        { class: 'section-head' },
        element('h2', { id: 'map-title' }, say('mapTitle')),
        this.origin,
        element('div', { class: 'options' }, this.methods.element, this.colours.element),
      ),
      element('div', { class: 'map-parts' }, this.frame, this.legend),
      this.hint,
      this.chosenPart,
      this.spoken,
    );
  }

  render(model: Model, changed: ReadonlySet<Topic>): void {
    if (changed.has('theme')) this.themeVersion += 1;
    const maps = this.shown.get(model)?.maps ?? [];
    const map = maps.find(({ method }) => method === model.view.mapMethod) ?? maps[0];
    setShown(this.element, map !== undefined);
    if (!map) return;
    const all = model.mapExamples.get();
    const examples = all && all.examples.count >= map.clusters.length ? all : null;
    this.methods.show(
      maps.map(({ method }) => [method as MapMethod, sayOr(`map_${method}`, method)]),
      map.method as MapMethod,
    );
    const width = this.frame.clientWidth;
    const height = Math.round(Math.min(HEIGHT.most, Math.max(HEIGHT.least, width * HEIGHT.share)));
    const isLabelled = examples !== null && (examples.labels !== null || examples.values !== null);
    const drawn = [width, height, devicePixelRatio, this.themeVersion, model.view.mapColour].join(' ');
    if (map === this.map && examples === this.examples && drawn === this.drawn) return;
    const isOther = examples !== this.examples;
    Object.assign(this, { map, examples, drawn });
    const groups = groupsOf(map, examples, model.view.mapColour);
    this.groups = groups;
    this.colours.show(
      isLabelled
        ? [
            ['label', say('mapByLabel')],
            ['cluster', say('mapByCluster')],
          ]
        : [],
      groups.by,
    );
    this.styles = stylesOf(groups, this.theme());
    setText(this.origin, `${originOf(model, map.from)} · ${say('stepAt', whole(map.step))}`);
    this.drawPoints(width, height);
    this.drawLegend();
    setAttribute(this.frame, 'aria-label', describe(map, groups));
    this.element.dataset['step'] = String(map.step);
    if (isOther) {
      this.at = this.shownPoint = null;
      this.chosen = new Set();
    }
    this.showPoint(this.shownPoint !== null && this.shownPoint < map.clusters.length ? this.shownPoint : null);
    this.showChosen();
  }

  private drawPoints(width = this.frame.clientWidth, height = this.plot.element.offsetHeight): void {
    const { map, groups } = this;
    if (!map || !groups) return;
    const { chosen, emphasised } = this;
    this.plot.draw({
      points: map.points,
      groups: groups.of,
      styles: this.styles,
      isFaint: (i) => (emphasised !== null ? groups.of[i] !== emphasised : chosen.size > 0 ? !chosen.has(i) : false),
      width,
      height,
      line: this.theme().foreground,
    });
  }

  private drawLegend(): void {
    const { groups } = this;
    if (!groups) return;
    const items = groups.names.map((name, group) => {
      const { colour = '', shape = 'circle' } = this.styles[group] ?? {};
      const swatch = element('i', { class: 'map-swatch', 'data-shape': shape });
      swatch.style.background = colour;
      const button = element('button', { type: 'button', title: say('mapChooseGroup', name) }, swatch, name);
      for (const type of ['pointerenter', 'focus'] as const) button.addEventListener(type, () => this.emphasise(group));
      for (const type of ['pointerleave', 'blur'] as const) button.addEventListener(type, () => this.emphasise(null));
      button.addEventListener('click', () =>
        this.choose(Array.from(groups.of.keys()).filter((i) => groups.of[i] === group)),
      );
      return element('li', {}, button);
    });
    const focused = Array.from(this.legend.children).findIndex((item) => item.contains(document.activeElement));
    this.legend.replaceChildren(...items);
    if (focused >= 0) items[focused]?.querySelector('button')?.focus();
  }

  private emphasise(group: number | null): void {
    if (group === this.emphasised) return;
    this.emphasised = group;
    this.drawPoints();
  }

  private listen(): void {
    this.frame.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !this.map) return;
      const act = this.actionOf(event.key);
      if (!act) return;
      event.preventDefault();
      act();
    });
    this.frame.addEventListener('blur', () => this.showPoint(null));
  }

  private actionOf(key: string): (() => void) | undefined {
    const direction = ARROWS[key];
    if (direction) return () => this.go(direction);
    if (key === 'Enter' || key === ' ') return () => this.chooseAround();
    if (key === 'Escape' && this.chosen.size > 0) return () => this.choose([]);
    return undefined;
  }

  private go(direction: Direction): void {
    const places = this.plot.allPlaces;
    const next =
      this.at === null
        ? nearestPoint(places, this.frame.clientWidth / 2, this.plot.element.offsetHeight / 2, Infinity)
        : neighbourOf(places, this.at, direction);
    if (next === null) return;
    this.at = next;
    this.around = 0;
    this.showPoint(next);
    setText(this.spoken, this.wordsOf(next));
  }

  private chooseAround(): void {
    if (this.at === null) return this.go('right');
    const { x, y } = this.plot.placeOf(this.at);
    this.around = this.around === 0 ? AROUND : 2 * this.around;
    this.choose(nearestPoints(this.plot.allPlaces, x, y, this.around));
  }

  private choose(indices: readonly number[]): void {
    this.chosen = new Set(indices);
    if (this.chosen.size === 0) this.around = 0;
    this.drawPoints();
    this.showChosen();
  }

  private nameOf(index: number): string {
    const value = this.examples?.values?.[index];
    if (value !== undefined && this.groups?.by === 'label')
      return Number.isFinite(value) ? short(value) : say('mapNoLabel');
    return this.groups?.names[this.groups.of[index] ?? 0] ?? '';
  }

  /** What a point is, e.g. "example 12, 7". */
  private wordsOf(index: number): string {
    const { examples } = this;
    const text = examples?.examples.texts?.[index];
    return [examples?.names[index], text, this.nameOf(index)].filter(Boolean).join(', ');
  }

  private showPoint(index: number | null): void {
    this.shownPoint = index;
    this.plot.point(index);
    setShown(this.tip, index !== null);
    if (index === null) return;
    const { examples } = this;
    const words = this.wordsOf(index);
    const { colour = '', shape = 'circle' } = this.styles[this.groups?.of[index] ?? 0] ?? {};
    const swatch = element('i', { class: 'map-swatch', 'data-shape': shape });
    swatch.style.background = colour;
    const name = examples?.names[index] ?? '';
    this.tip.replaceChildren(
      ...(examples ? [exampleElement(examples.examples, index, words, PICTURE)] : []),
      element('div', { class: 'map-tip-class' }, swatch, this.nameOf(index)),
      ...(name === '' ? [] : [element('div', { class: 'chart-tip-head' }, name)]),
    );
    this.tip.dataset['point'] = String(index);
    const { x, y } = this.plot.placeOf(index);
    const { offsetWidth, offsetHeight } = this.tip;
    const room = this.frame.clientWidth;
    const left = x + 14 + offsetWidth > room ? Math.max(0, x - 14 - offsetWidth) : x + 14;
    const top = Math.max(0, Math.min(y - offsetHeight / 2, this.frame.clientHeight - offsetHeight));
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  private showChosen(): void {
    const { chosen, examples, groups, map } = this;
    setShown(this.chosenPart, chosen.size > 0);
    if (!map || !groups || chosen.size === 0) return setText(this.title, '');
    const all = [...chosen].sort((a, b) => a - b);
    setText(this.title, say('mapChosen', whole(all.length), whole(map.clusters.length)));
    const sizes = groups.names
      .map((name, group) => ({ name, count: all.filter((i) => groups.of[i] === group).length }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    setText(this.counts, sizes.map(({ name, count }) => say('mapCount', name, whole(count))).join(' · '));
    setShown(this.list, examples !== null);
    if (!examples) return;
    this.list.classList.toggle('of-texts', examples.examples.texts !== null);
    const more = all.length - LISTED;
    this.list.replaceChildren(
      ...all.slice(0, LISTED).map((i) => this.item(examples, i)),
      ...(more > 0 ? [element('li', { class: 'quiet' }, say('mapMore', whole(more)))] : []),
    );
  }

  private item({ examples, names }: MapExamples, index: number): HTMLElement {
    const words = this.wordsOf(index);
    const item = element(
      'li',
      { title: words, 'data-example': String(index) },
      exampleElement(examples, index, words),
      element(
        'div',
        { class: 'guess-words', ...(examples.pictures && { 'aria-hidden': 'true' }) },
        element('div', { class: 'guess-name' }, this.nameOf(index)),
        element('div', { class: 'quiet' }, names[index] ?? ''),
      ),
    );
    item.addEventListener('pointerenter', () => this.plot.point(index));
    item.addEventListener('pointerleave', () => this.plot.point(null));
    return item;
  }
}

function describe({ clusters, step, method, share }: CodePoints, { by, names }: Groups): string {
  const words = say(
    'mapText',
    whole(clusters.length),
    whole(step),
    sayOr(`map_${method}`, method),
    say(by === 'label' ? 'mapByLabel' : 'mapByCluster'),
    whole(names.length),
  );
  return Number.isFinite(share) ? `${words} ${say('mapShare', percent(share))}` : words;
}

/** One of a few, as buttons that belong together; where there is nothing to choose they are not there. */
class Choices<Value extends string> {
  readonly element: HTMLElement;
  private key = '';
  private readonly inputs = new Map<Value, HTMLInputElement>();

  constructor(
    private readonly name: string,
    label: string,
    private readonly onChoose: (value: Value) => void,
  ) {
    this.element = element('div', { class: 'choices', role: 'radiogroup', 'aria-label': label });
  }

  show(choices: readonly (readonly [Value, string])[], chosen: Value): void {
    setShown(this.element, choices.length > 1);
    const key = JSON.stringify(choices);
    if (key !== this.key) {
      this.key = key;
      this.inputs.clear();
      this.element.replaceChildren(
        ...choices.map(([value, words]) => {
          const input = element('input', { type: 'radio', name: this.name, value });
          input.addEventListener('change', () => this.onChoose(value));
          this.inputs.set(value, input);
          return element('label', {}, input, element('span', {}, words));
        }),
      );
    }
    const input = this.inputs.get(chosen);
    if (input) input.checked = true;
  }
}
