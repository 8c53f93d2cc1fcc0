import type {
  EfficiencyMean,
  EfficiencyRecord,
  FromEfficiency,
  ShowEfficiency,
} from '../../src/protocol/efficiency.js';
import { element, icon } from '../dom.js';
import { dayAndTime, percent, points, whole } from '../format.js';
import { dataTable, factList, findingList, part } from '../inspect/parts.js';
import { openPage, pageHeader } from '../shownPage.js';
import { say, sayOr } from '../strings.js';
import { createButton } from '../ui.js';
import { themedPicture } from './picture.js';

const { host, root } = openPage<ShowEfficiency, FromEfficiency>(
  { id: 'efficiency', waiting: 'efficiencyWaiting', has: 'record', show },
  { type: 'ready' },
);

function show(shown: ShowEfficiency): void {
  const { folder, record, titles, drawing, notes } = shown;
  host.keep({ folder });
  const curves = say(`efficiencyCurves_${record.measure}`);
  const picture = drawing === null ? null : themedPicture(drawing, say('efficiencyPicture', curves, record.sentence));
  const parts = [
    element(
      'section',
      { class: 'part', 'aria-label': curves },
      picture ?? element('p', { class: 'quiet' }, say('notShown')),
    ),
    part(
      say('efficiencyKnow'),
      notes.length > 0 ? [findingList(notes.map((text) => ({ severity: 'information', text })))] : [],
    ),
    part(say(`efficiencyTable_${record.measure}`), [meansTable(record, titles)], hintOf(record)),
    part(say('facts'), [factList(factsOf(record))]),
  ].filter((one) => one !== null);
  root.replaceChildren(header(shown), element('main', { 'aria-label': say('efficiency') }, ...parts));
}

function header({ at, record }: ShowEfficiency): HTMLElement {
  const { name, run, complete, sentence } = record;
  const buttons = [
    createButton({
      label: say(complete ? 'measureMore' : 'measureOn'),
      primary: !complete,
      onClick: () => host.send({ type: 'measure' }),
    }),
    createButton({ label: say('openTable'), onClick: () => host.send({ type: 'open', what: 'table' }) }),
    createButton({ label: say('openRecord'), onClick: () => host.send({ type: 'open', what: 'record' }) }),
    createButton({ label: say('revealFolder'), onClick: () => host.send({ type: 'reveal' }) }),
  ];
  const made = pageHeader(
    say('efficiencyOf', name),
    [run, say('measuredAt', dayAndTime(at))],
    buttons,
    element('p', { class: 'sentence' }, sentence),
  );
  if (!complete) made.append(element('p', { class: 'unfinished' }, icon('triangle'), say('efficiencyUnfinished')));
  return made;
}

function hintOf({ seeds }: EfficiencyRecord): string {
  return seeds.length > 1 ? say('efficiencyTableHint', whole(seeds.length)) : say('efficiencyOneSeed');
}

/** A row a budget: the mean of each mode with its interval, and whether pretraining helps there. */
function meansTable(
  { means, measure, modes, labelsPerClass, verdicts }: EfficiencyRecord,
  titles: Record<string, string>,
) {
  const judged = verdicts.length > 0;
  const rows = labelsPerClass.map((labels) => [
    whole(labels),
    ...modes.map((mode) => cell(means.find((one) => one.mode === mode && one.labelsPerClass === labels))),
    ...(judged ? [verdictAt(labels)] : []),
  ]);
  const heads = [say(`budget_${measure}`), ...modes.map((mode) => titles[mode] ?? mode)];
  return dataTable(
    [...heads, ...(judged ? [say('pretraining')] : [])],
    rows,
    heads.map((_, i) => i),
  );

  function verdictAt(labels: number): string {
    const found = verdicts.find((one) => one.labelsPerClass === labels);
    return found ? sayOr(`verdict_${found.verdict}`, found.verdict) : '';
  }
}

function cell(found: EfficiencyMean | undefined): string {
  if (!found) return '–';
  const { mean, low, high } = found;
  return low === null || high === null ? percent(mean) : say('withInterval', percent(mean), points(low), points(high));
}

function factsOf({ dataPath, from, count, measure, classes, seeds, step, engine }: EfficiencyRecord) {
  return [
    { label: say('factData'), value: dataPath },
    { label: say('factMeasured'), value: say(`measuredOn_${from}`, whole(count)) },
    { label: say(measure === 'accuracy' ? 'inspectClasses' : 'labelsTitle'), value: whole(classes.length) },
    { label: say('factSeeds'), value: seeds.map(String).join(', ') },
    { label: say('factCheckpoint'), value: say('stepAt', whole(step)) },
    { label: say('factEngine'), value: engine },
  ];
}
