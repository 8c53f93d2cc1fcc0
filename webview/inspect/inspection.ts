import type { FromInspection, ShowInspection } from '../../src/protocol/inspection.js';
import { element } from '../dom.js';
import { Host } from '../host.js';
import { dayAndTime } from '../format.js';
import { say, useTranslations } from '../strings.js';
import { onThemeChange, readTheme } from '../theme.js';
import { createButton } from '../ui.js';
import { Gallery } from './gallery.js';
import { columnTable, factList, findingList, histogram, part, problemTable, splitBars, tiles } from './parts.js';
import { Pictures } from './pictures.js';
import { viewsPart } from './views.js';

useTranslations(JSON.parse(document.getElementById('strings')?.textContent ?? '{}'));

let theme = readTheme();
let pictures: Pictures | null = null;

const root = document.getElementById('inspection') ?? document.body;
root.append(element('p', { class: 'quiet waiting-note', role: 'status' }, say('inspectWaiting')));
const host = new Host<ShowInspection, FromInspection>(isShow, show);
onThemeChange(() => {
  theme = readTheme();
  pictures?.redraw();
});
host.send({ type: 'ready' });

function isShow(data: unknown): data is ShowInspection {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'show' && 'inspection' in data;
}

function show({ target, at, recipe, inspection, facts, pictures: bytes }: ShowInspection): void {
  host.keep({ target });
  const shown = new Pictures(bytes, () => theme);
  pictures = shown;
  const gallery = new Gallery(inspection, shown);
  const parts = [
    part(say('whatToKnow'), [findingList(inspection.findings)]),
    column(part(say('inspectClasses'), histogram(inspection)), part(say('splits'), splitBars(inspection))),
    column(part(say('facts'), [factList(facts)])),
    gallery.typical(),
    viewsPart(inspection.augmentation?.sentence, shown),
    ...gallery.duplicates(),
    gallery.extremes(),
    gallery.blank(),
    part(say('columns'), columnTable(inspection.columns)),
    part(say('problems'), problemTable(inspection)),
  ].filter((one) => one !== null);
  root.replaceChildren(header(inspection, at, recipe), element('main', { 'aria-label': say('inspection') }, ...parts));
}

function column(...parts: (HTMLElement | null)[]): HTMLElement {
  return element('div', { class: 'part-column' }, ...parts.filter((one) => one !== null));
}

function header(inspection: ShowInspection['inspection'], at: string, recipe: string | null): HTMLElement {
  const name =
    inspection.path
      .split(/[/\\]/)
      .filter((step) => step !== '')
      .pop() ?? inspection.path;
  const buttons = [
    recipe === null
      ? createButton({ label: say('newRecipe'), primary: true, onClick: () => host.send({ type: 'newRecipe' }) })
      : createButton({ label: say('backToRecipe'), primary: true, onClick: () => host.send({ type: 'openRecipe' }) }),
    createButton({ label: say('exportMarkdown'), onClick: () => host.send({ type: 'export', as: 'markdown' }) }),
    createButton({ label: say('exportJson'), onClick: () => host.send({ type: 'export', as: 'json' }) }),
  ];
  return element(
    'header',
    { class: 'header' },
    element(
      'div',
      { class: 'title-line' },
      element(
        'div',
        { class: 'title' },
        element('h1', {}, name),
        element(
          'span',
          { class: 'summary' },
          [
            inspection.path,
            ...(recipe === null ? [] : [say('asRecipeReads', recipe)]),
            say('inspectedAt', dayAndTime(at)),
          ].join(' · '),
        ),
      ),
      element('div', { class: 'controls' }, ...buttons.map((button) => button.element)),
    ),
    tiles(inspection),
  );
}
