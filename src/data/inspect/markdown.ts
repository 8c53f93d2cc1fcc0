/** An inspection as a Markdown document (CommonMark with the tables of GitHub's). Light: the extension host imports it. */
import { decimal, formatCount, t } from '../../protocol/l10n.js';
import type { ColumnStatistics, DuplicatePair, Inspection, ShownExample } from '../../protocol/inspection.js';
import { factsOf, percent } from './describe.js';

/** Characters of the longest bar. */
const BAR = 30;
const MAX_PROBLEMS = 50;

export function inspectionMarkdown(inspection: Inspection): string {
  const { path, findings, duplicates, problems, problemCount, columns } = inspection;
  const parts = [
    `# ${plain(t('Dataset {0}', path.split(/[/\\]/).pop() ?? path))}`,
    `${t('Path')}: ${plain(path)}`,
    table(
      ['', ''],
      factsOf(inspection).map(({ label, value }) => [`**${plain(label)}**`, plain(value)]),
    ),
    ...section(
      t('What to know'),
      findings.length > 0 &&
        findings
          .map(({ severity, text }) => `- ${severity === 'warning' ? `**${t('Warning')}:** ` : ''}${plain(text)}`)
          .join('\n'),
    ),
    ...section(t('Classes'), classTable(inspection)),
    ...section(t('Columns'), columns.length > 0 && columnTable(columns)),
    ...section(t('Exact duplicates'), pairTable(inspection, duplicates.exact.pairs)),
    ...section(
      t('Near duplicates'),
      duplicates.near !== null &&
        duplicates.near.pairs.length > 0 &&
        `${plain(duplicates.near.criterion)}\n\n${pairTable(inspection, duplicates.near.pairs) || ''}`,
    ),
    ...section(
      t('Cannot be used'),
      problemCount > 0 &&
        table(
          [t('File'), t('Reason')],
          problems.slice(0, MAX_PROBLEMS).map(({ file, reason }) => [plain(file), plain(reason)]),
        ) + (problemCount > MAX_PROBLEMS ? `\n\n${t('{0} in all.', formatCount(problemCount))}` : ''),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, content: string | false): string[] {
  return content === false || content === '' ? [] : [`## ${plain(title)}`, content];
}

function classTable({ classes, classesBySplit }: Inspection): string | false {
  const names = Object.keys(classes);
  if (names.length === 0) return false;
  const splits = Object.entries(classesBySplit);
  const all = Object.values(classes).reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...Object.values(classes));
  const bySplit = splits.length > 1 ? splits : [];
  return table(
    [t('Class'), t('Examples'), t('Share'), ...bySplit.map(([name]) => name), ''],
    names.map((name) => {
      const count = classes[name] ?? 0;
      return [
        plain(name),
        formatCount(count),
        percent(all === 0 ? 0 : count / all),
        ...bySplit.map(([, counts]) => formatCount(counts[name] ?? 0)),
        '█'.repeat(Math.ceil((BAR * count) / most)),
      ];
    }),
  );
}

function columnTable(columns: readonly ColumnStatistics[]): string {
  const number = (value: number | null): string => (value === null ? '' : decimal(value));
  return table(
    [
      t('Column'),
      t('Type'),
      t('Missing'),
      t('Different'),
      t('Smallest'),
      t('Largest'),
      t('Mean'),
      t('Deviation'),
      t('Most often'),
    ],
    columns.map((column) => [
      plain(column.name),
      columnTypeText(column.type),
      formatCount(column.missing),
      `${formatCount(column.distinct)}${column.distinctIsBound ? '+' : ''}`,
      number(column.minimum),
      number(column.maximum),
      number(column.mean),
      number(column.deviation),
      plain(column.frequent.map(({ name, count }) => `${name} (${formatCount(count)})`).join(', ')),
    ]),
  );
}

export function columnTypeText(type: ColumnStatistics['type']): string {
  return { number: t('number'), text: t('text'), empty: t('empty') }[type];
}

function pairTable({ examples }: Inspection, pairs: readonly DuplicatePair[]): string | false {
  if (pairs.length === 0) return false;
  const shown = new Map(examples.map((example) => [example.position, example]));
  const name = (position: number): string => {
    const example: ShownExample | undefined = shown.get(position);
    if (!example) return String(position);
    return plain([example.name, example.split, example.class].filter((part) => part !== null).join(' · '));
  };
  return table(
    [t('Example'), t('Duplicate'), t('Bits that differ')],
    pairs.map(({ first, second, distance }) => [name(first), name(second), String(distance)]),
  );
}

function table(titles: string[], rows: string[][]): string {
  return [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Names come from anybody: as text, they make neither links nor tables nor anything else. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&');
}
