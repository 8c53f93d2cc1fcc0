import { codesInBatches } from '../../learn/evaluate/codes.js';
import { t } from '../../protocol/l10n.js';
import type { SimilarLine, UseSummary } from '../../protocol/use.js';
import { nameText, openExamples } from '../use/examples.js';
import { Showing } from '../use/showing.js';
import type { Command } from './command.js';
import { wholeNumber } from './startedRecipe.js';
import { openTraining, samplesOption, shownBatch, tableLines, tellUnreadable, usingOptions, withRun } from './using.js';

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
    ...samplesOption,
    ...usingOptions,
  },
  example: 'pretrain similar .pretrain/runs/20261124-201530-mnist-3f9a seven.png --count 5',

  run([run, file], options, output) {
    const { count: wanted, samples } = options;
    const showing = typeof samples === 'string' ? new Showing() : null;
    const most = typeof wanted === 'string' ? wholeNumber('--count', wanted) : USUAL_COUNT;
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
            const similar = await training.similar(codes, most);
            const told = await shownBatch(used, examples, codes, similar, { training, showing });
            for (const [i, found] of similar.entries()) {
              const name = examples.nameOf(codes.from + i);
              output.object({
                file: name.file,
                ...(name.part !== null && { part: name.part }),
                ...told[i],
              } satisfies SimilarLine);
              output.line(t('Most like {0}:', nameText(name)));
              const rows = found.map((one) => [one.cosine.toFixed(4), one.label ?? '', one.name]);
              for (const line of tableLines(rows)) output.line(`  ${line}`);
            }
          }
          if (typeof samples === 'string') await showing?.write(samples);
          tellUnreadable(examples.unreadable, output);
          const [{ count }, leftOut] = [examples.source, examples.unreadable.length];
          output.object({ run: used.run.folder, count, leftOut } satisfies UseSummary);
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
