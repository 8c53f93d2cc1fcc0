import { element, section, setShown, setText } from '../dom.js';
import { whole } from '../format.js';
import { ShownSample, type Model, type View } from '../state/model.js';
import type { Agreement, Guess } from '../state/samples.js';
import { say } from '../strings.js';
import { exampleElement, originOf } from './example.js';

/** A student beside its teacher: the class each takes an example for and how sure it is, or how alike their features are. */
export class AgreementView implements View {
  readonly element: HTMLElement;
  private readonly origin = element('span', { class: 'quiet' });
  private readonly figure = element('span', { class: 'where' });
  private readonly list = element('ul', { class: 'guess-list' });
  private readonly shown = new ShownSample();
  private drawn: Agreement | null = null;
  private ratio = 0;

  constructor() {
    this.element = section(
      'agreement',
      say('agreementTitle'),
      [this.origin, element('div', { class: 'options' }, this.figure)],
      this.list,
    );
  }

  render(model: Model): void {
    const sample = this.shown.get(model);
    const agreement = sample?.agreement;
    setShown(this.element, Boolean(agreement));
    if (!sample || !agreement) return;
    if (agreement === this.drawn && devicePixelRatio === this.ratio) return;
    this.drawn = agreement;
    this.ratio = devicePixelRatio;
    this.list.classList.toggle('of-texts', agreement.input.texts !== null);
    setText(this.origin, originOf(model, agreement.from));
    const { cosines, opinions } = agreement;
    if (opinions) {
      const same = opinions.filter(({ student, teacher }) => student.guess === teacher.guess).length;
      setText(this.figure, say('agreementSame', whole(same), whole(opinions.length)));
      this.list.replaceChildren(...opinions.map((opinion, i) => opinionItem(agreement, opinion, i)));
    } else {
      const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
      setText(this.figure, say('agreementMean', hundredths(mean)));
      this.list.replaceChildren(...Array.from(cosines, (cosine, i) => cosineItem(agreement, cosine, i)));
    }
    this.list.dataset['step'] = String(sample.step);
  }
}

function opinionItem(agreement: Agreement, { student, teacher }: Record<'student' | 'teacher', Guess>, index: number) {
  const isSame = student.guess === teacher.guess;
  const [first, second] = [percentOf(student), percentOf(teacher)];
  const words = isSame
    ? say('agreementBoth', student.guess, first, second)
    : say('agreementDiffer', student.guess, first, teacher.guess, second);
  return element(
    'li',
    { title: words, 'data-right': String(isSame) },
    exampleElement(agreement.input, index, words),
    element(
      'div',
      { class: 'guess-words', ...(agreement.input.pictures && { 'aria-hidden': 'true' }) },
      ...bar(say('agreementStudent'), student.guess, student.probability, `${first} %`),
      ...bar(say('agreementTeacher'), teacher.guess, teacher.probability, `${second} %`),
    ),
  );
}

function cosineItem(agreement: Agreement, cosine: number, index: number): HTMLElement {
  const words = say('agreementCosine', hundredths(cosine));
  return element(
    'li',
    { title: words },
    exampleElement(agreement.input, index, words),
    element(
      'div',
      { class: 'guess-words', ...(agreement.input.pictures && { 'aria-hidden': 'true' }) },
      ...bar(say('agreementAlike'), '', Math.max(0, cosine), hundredths(cosine)),
    ),
  );
}

/** A line of text above a bar. @param share 0..1 */
function bar(name: string, guess: string, share: number, text: string): HTMLElement[] {
  const filled = element('i');
  filled.style.width = `${Math.round(share * 100)}%`;
  return [
    element(
      'div',
      { class: 'agreement-line' },
      element('span', { class: 'quiet' }, name),
      element('span', {}, guess),
      element('span', {}, text),
    ),
    element('div', { class: 'guess-bar' }, filled),
  ];
}

function percentOf({ probability }: Guess): string {
  return whole(Math.round(probability * 100));
}

/** With a true minus sign, and none before a zero. */
function hundredths(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && text !== '0.00' ? `−${text}` : text;
}
