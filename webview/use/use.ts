import type { FromUse, ShowUse } from '../../src/protocol/use.js';
import { element } from '../dom.js';
import { dayAndTime, whole } from '../format.js';
import { findingList, histogram, part, problemTable } from '../inspect/parts.js';
import { Pictures } from '../inspect/pictures.js';
import { openPage, pageHeader } from '../shownPage.js';
import { say } from '../strings.js';
import { onThemeChange, readTheme } from '../theme.js';
import { createButton } from '../ui.js';
import { answerElement } from './answer.js';

let theme = readTheme();
let pictures: Pictures | null = null;

const { host, root } = openPage<ShowUse, FromUse>(
  { id: 'use', waiting: 'useWaiting', has: 'answers', show },
  { type: 'ready' },
);
onThemeChange(() => {
  theme = readTheme();
  pictures?.redraw();
});

function show(shown: ShowUse): void {
  const { command, answers, count, notes, unreadable, pictures: bytes } = shown;
  const drawn = new Pictures(bytes, () => theme);
  pictures = drawn;
  const open = (file: string): void => host.send({ type: 'openFile', file });
  const list = element('ul', { class: 'answers' }, ...answers.map((answer) => answerElement(answer, drawn, open)));
  const values = [whole(answers.length), whole(count)];
  const more = count > answers.length ? say(command === 'predict' ? 'useMoreExport' : 'useMore', ...values) : '';
  const parts = [
    part(
      say('useKnow'),
      notes.length > 0 ? [findingList(notes.map((text) => ({ severity: 'information', text })))] : [],
    ),
    count > 1 ? part(say('useClasses'), classBars(shown)) : null,
    part(say('useExamples'), [list], more),
    part(say('useUnreadable'), problemTable({ problems: unreadable, problemCount: unreadable.length })),
  ].filter((one) => one !== null);
  root.replaceChildren(header(shown), element('main', { 'aria-label': say('use') }, ...parts));
}

/** How many were given each class. */
function classBars({ classes }: ShowUse): HTMLElement[] {
  const counts = Object.fromEntries(classes.map(({ name, count }) => [name, count]));
  return histogram({ classes: counts, classesBySplit: {}, unlabelled: 0 });
}

function header({ command, run, target, at }: ShowUse): HTMLElement {
  const open = createButton({ label: say('openRun'), onClick: () => host.send({ type: 'openRun' }) });
  const save = createButton({
    label: say('exportPredictions'),
    primary: true,
    onClick: () => host.send({ type: 'export' }),
  });
  const buttons = command === 'predict' ? [save, open] : [open];
  const by = say(command === 'predict' ? 'predictedBy' : 'similarBy', run.name);
  return pageHeader(target, [by, run.summary, say('askedAt', dayAndTime(at))], buttons);
}
