import { codesInBatches } from '../../learn/evaluate/codes.js';
import { t } from '../../protocol/l10n.js';
import { nameText, openExamples } from '../use/examples.js';
import type { Command } from './command.js';
import { wholeNumber } from './run.js';
import { openTraining, tableLines, tellUnreadable, usingOptions, withRun } from './using.js';

const USUAL_COUNT = 10;

export const similar: Command = {
  name: 'similar',
  summary: t(
    "Finds the examples that a run learned from that are most like a file, by the cosine of its encoder's codes.",
  ),
  usage: 'RUN FILE',
  words: [2, 2],
  options: {
    count: { type: 'string', value: 'N', summary: t('how many are found; {0} without it', USUAL_COUNT) },
    ...usingOptions,
  },
  example: 'pretrain similar .pretrain/runs/20261124-201530-mnist-3f9a seven.png --count 5',

  run([run, file], options, output) {
    const { count } = options;
    const most = typeof count === 'string' ? wholeNumber('--count', count) : USUAL_COUNT;
    return withRun(run as string, options, output, async (used) => {
      const training = await openTraining(used, output);
      try {
        const examples = await openExamples(file as string, used.run, {
          signal: used.signal,
          onProgress: used.onProgress(t('Reading {0}', String(file))),
        });
        try {
          const { encoding, values, epoch } = used.run;
          for await (const codes of codesInBatches(encoding, examples.source, values, epoch)) {
            used.signal.throwIfAborted();
            for (const [i, found] of (await training.similar(codes, most)).entries()) {
              const name = examples.nameOf(codes.from + i);
              output.object({ file: name.file, ...(name.part !== null && { part: name.part }), similar: found });
              output.line(t('Most like {0}:', nameText(name)));
              const rows = found.map((one) => [one.cosine.toFixed(4), one.label ?? '', one.name]);
              for (const line of tableLines(rows)) output.line(`  ${line}`);
            }
          }
          tellUnreadable(examples.unreadable, output);
          return examples.unreadable.length === 0 ? 0 : 1;
        } finally {
          await examples.close();
        }
      } finally {
        await training.close();
      }
    });
  },
};
