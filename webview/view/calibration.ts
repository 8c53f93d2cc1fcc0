import { element, section, setAttribute, setShown, setText } from '../dom.js';
import { percent, points, share, whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Calibration, CalibrationBin } from '../state/classifying.js';
import { say } from '../strings.js';
import { originOf } from './example.js';

/** Below this it is called right as often as it says. */
const GOOD = 0.005;
/** It is called surer than right, or less sure, where so much of its error goes in one direction. */
const ONE_WAY = 0.75;
const MARKS = [1, 0.75, 0.5, 0.25, 0];

/** Whether the network is right as often as it is sure: a bar a part of the confidences, with their counts beneath. */
export class CalibrationView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly words = element('p');
  private readonly plot = element('div', { class: 'calibration-plot', role: 'img' });
  private readonly counts = element('div', { class: 'calibration-counts', 'aria-hidden': 'true' });
  private readonly shown = new ShownSample();
  private drawn: Calibration | null = null;

  constructor() {
    const ticks = (className: string, marks: readonly number[]): HTMLElement =>
      element(
        'div',
        { class: `calibration-ticks ${className}`, 'aria-hidden': 'true' },
        ...marks.map((mark) => element('span', {}, share(mark))),
      );
    this.element = section(
      'calibration',
      say('calibrationTitle'),
      [this.origin],
      this.words,
      element(
        'div',
        { class: 'calibration-chart' },
        ticks('calibration-right', MARKS),
        this.plot,
        element('span', { class: 'quiet calibration-count-name', 'aria-hidden': 'true' }, say('calibrationCount')),
        this.counts,
        ticks('calibration-sure', MARKS.toReversed()),
      ),
      element(
        'p',
        { class: 'picture-legend' },
        element('span', { class: 'swatch calibration-swatch' }, element('i'), say('calibrationBar')),
        element('span', { class: 'calibration-line' }, element('i'), say('calibrationLine')),
      ),
    );
  }

  render(model: Model): void {
    const calibration = this.shown.get(model)?.calibration;
    setShown(this.element, Boolean(calibration));
    if (!calibration || calibration === this.drawn) return;
    this.drawn = calibration;
    const { bins, from } = calibration;
    setText(this.origin, originOf(model, from));
    const words = describe(calibration);
    setText(this.words, words);
    const most = Math.max(1, ...bins.map(({ count }) => count));
    this.plot.replaceChildren(diagonal(), ...bins.map((bin) => bar(bin, bin.accuracy)));
    this.counts.replaceChildren(...bins.map((bin) => bar(bin, bin.count / most)));
    setAttribute(this.plot, 'aria-label', [words, ...bins.filter(({ count }) => count > 0).map(describeBin)].join(' '));
  }
}

/** @param height 0..1 */
function bar(bin: CalibrationBin, height: number): HTMLElement {
  const filled = element('i');
  filled.style.height = `${100 * height}%`;
  return element('span', bin.count > 0 ? { title: describeBin(bin) } : {}, filled);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Where being right is as frequent as being sure. */
function diagonal(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const line = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 1 1');
  svg.setAttribute('preserveAspectRatio', 'none');
  line.setAttribute('d', 'M0 1 1 0');
  line.setAttribute('vector-effect', 'non-scaling-stroke');
  svg.append(line);
  return svg;
}

function describe({ expectedError, meanDifference }: Calibration): string {
  if (expectedError < GOOD) return say('calibrationGood');
  const error = points(expectedError);
  if (Math.abs(meanDifference) < ONE_WAY * expectedError) return say('calibrationBoth', error);
  return say(meanDifference > 0 ? 'calibrationOver' : 'calibrationUnder', error);
}

function describeBin({ count, confidence, accuracy }: CalibrationBin): string {
  return say('calibrationBin', whole(count), percent(confidence), percent(accuracy));
}
