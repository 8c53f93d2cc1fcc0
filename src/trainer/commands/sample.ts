import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { writeStrokeDigits } from '../../data/strokeDigits.js';
import { UserError } from '../errors.js';
import { jsonOption, type Command } from './command.js';

export const sample: Command = {
  name: 'sample',
  summary: t(
    'Writes generated sample data: "digits" are 6,000 drawn digits, 28 x 28, with labels, in the files of MNIST.',
  ),
  usage: 'KIND DIR',
  words: [2, 2],
  options: jsonOption,
  example: 'pretrain sample digits digits',

  async run([kind, folder], _options, output) {
    if (kind !== 'digits') throw new UserError(t('There is no sample data "{0}". There is: digits.', String(kind)));
    const target = path.resolve(folder as string);
    const files = await writeStrokeDigits(target, {
      onProgress: (fraction) => {
        output.object({ type: 'progress', message: t('Drawing digits'), fraction });
        output.transient(t('Drawing digits {0} %', Math.round(fraction * 100)));
      },
    });
    output.object({ files });
    output.line(t('Wrote {0} files to {1}.', files.length, target));
    return 0;
  },
};
