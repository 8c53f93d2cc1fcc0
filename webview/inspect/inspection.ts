import type { FromInspection, ShowInspection } from '../../src/protocol/inspection.js';
import { element } from '../dom.js';
import { dayAndTime } from '../format.js';
import { openPage, pageHeader } from '../shownPage.js';
import { say } from '../strings.js';
import { onThemeChange, readTheme } from '../theme.js';
import { createButton } from '../ui.js';
import { Gallery } from './gallery.js';
import { columnTable, factList, findingList, histogram, part, problemTable, splitBars, tiles } from './parts.js';
import { Pictures } from './pictures.js';
import { viewsPart } from './views.js';

let theme = readTheme();
let pictures: Pictures | null = null;

const { host, root } = openPage<ShowInspection, FromInspection>(
  { id: 'inspection', waiting: 'inspectWaiting', has: 'inspection', show },
  { type: 'ready' },
);
onThemeChange(() => {
  theme = readTheme();
  pictures?.redraw();
});

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
  const read = recipe === null ? '' : say('asRecipeReads', recipe);
  return pageHeader(name, [inspection.path, read, say('inspectedAt', dayAndTime(at))], buttons, tiles(inspection));
}
