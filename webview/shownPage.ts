import { element } from './dom.js';
import { Host } from './host.js';
import { say, useTranslations, type StringKey } from './strings.js';

/** What those pages have in common that show one thing, whole, when their host sends it. */

export interface ShownPage<Shown> {
  /** Of the element that the page is made in. */
  id: string;
  /** What is said until there is something to show. */
  waiting: StringKey;
  /** What a message to be shown has, and no other. */
  has: keyof Shown & string;
  show: (shown: Shown) => void;
}

/** @returns the way to the host, and where the page is made */
export function openPage<Shown, Sent>(
  { id, waiting, has, show }: ShownPage<Shown>,
  ready: Sent,
): { host: Host<Shown, Sent>; root: HTMLElement } {
  useTranslations(JSON.parse(document.getElementById('strings')?.textContent ?? '{}'));
  const root = document.getElementById(id) ?? document.body;
  root.append(element('p', { class: 'quiet waiting-note', role: 'status' }, say(waiting)));
  const isShown = (data: unknown): data is Shown =>
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'show' && has in data;
  const host = new Host<Shown, Sent>(isShown, show);
  host.send(ready);
  return { host, root };
}

export function pageHeader(
  title: string,
  summary: readonly string[],
  buttons: readonly { element: HTMLElement }[],
  ...below: HTMLElement[]
): HTMLElement {
  const words = summary.filter((text) => text !== '').join(' · ');
  return element(
    'header',
    { class: 'header' },
    element(
      'div',
      { class: 'title-line' },
      element('div', { class: 'title' }, element('h1', {}, title), element('span', { class: 'summary' }, words)),
      element('div', { class: 'controls' }, ...buttons.map((button) => button.element)),
    ),
    ...below,
  );
}
