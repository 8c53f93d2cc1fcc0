import path from 'node:path';
import { codesInBatches } from '../../learn/evaluate/codes.js';
import { formatCount, t } from '../../protocol/l10n.js';
import { writingTrouble } from '../askedFile.js';
import { UserError } from '../errors.js';
import { errorCode, writeFileAtomic } from '../files.js';
import { codeFormats, type NamedCodes } from '../use/codeFile.js';
import { nameText, openExamples, type Examples } from '../use/examples.js';
import type { Command, Options } from './command.js';
import { tellUnreadable, usingOptions, withRun, type Using } from './using.js';

export const embed: Command = {
  name: 'embed',
  summary: t("Writes the codes that a run's encoder makes of a file, a folder or a dataset."),
  usage: 'RUN PATH',
  words: [2, 2],
  options: {
    to: {
      type: 'string',
      value: 'FILE',
      summary: t(
        'where they are written: codes.npy (float32, an example a row), codes.csv or codes.parquet (with names and labels)',
      ),
    },
    ...usingOptions,
  },
  example: 'pretrain embed .pretrain/runs/20261124-201530-mnist-3f9a drawings --to codes.npy',

  run([run, target], options, output) {
    const { file, format } = placeOf(options);
    return withRun(run as string, options, output, async (used) => {
      const examples = await openExamples(target as string, used.run, {
        signal: used.signal,
        onProgress: used.onProgress(t('Reading {0}', String(target))),
      });
      try {
        const { count } = examples.source;
        const width = { of: 0 };
        try {
          await writeFileAtomic(file, format(namedCodes(used, examples, width), count));
        } catch (error) {
          if (errorCode(error) === undefined || used.signal.aborted) throw error;
          throw writingTrouble(file, error);
        }
        tellUnreadable(examples.unreadable, output);
        output.object({ file, run: used.run.folder, count, width: width.of, leftOut: examples.unreadable.length });
        output.line(t('Wrote {0} codes of {1} numbers each to {2}.', formatCount(count), formatCount(width.of), file));
        return examples.unreadable.length === 0 ? 0 : 1;
      } finally {
        await examples.close();
      }
    });
  },
};

/** @throws UserError when no format is told by the file's name */
function placeOf({ to }: Options): { file: string; format: (typeof codeFormats)[string] } {
  const endings = Object.keys(codeFormats).join(', ');
  if (typeof to !== 'string')
    throw new UserError(t('--to says where the codes are written.'), {
      advice: t('Its ending is the format: {0}.', endings),
    });
  const file = path.resolve(to);
  const format = codeFormats[path.extname(file).toLowerCase()];
  if (!format)
    throw new UserError(t('Codes are not written as "{0}".', path.extname(file)), {
      file,
      advice: t('There are: {0}.', endings),
    });
  return { file, format };
}

async function* namedCodes(
  { run, signal, onProgress }: Using,
  examples: Examples,
  width: { of: number },
): AsyncGenerator<NamedCodes, void, undefined> {
  const { source, hasLabels } = examples;
  const progress = onProgress(t('Writing codes'));
  for await (const codes of codesInBatches(run.encoding, source, run.values, run.epoch)) {
    signal.throwIfAborted();
    width.of = codes.width;
    const positions = Array.from({ length: codes.count }, (_, i) => codes.from + i);
    yield {
      ...codes,
      names: positions.map((position) => nameText(examples.nameOf(position))),
      labels: hasLabels ? positions.map((position) => examples.labelOf(position)) : null,
    };
    progress((codes.from + codes.count) / source.count);
  }
}
