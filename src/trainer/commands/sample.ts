import path from 'node:path';
import { writeStrokeDigits } from '../../data/strokeDigits.js';
import { UserError } from '../errors.js';
import { jsonOption, type Command } from './command.js';

export const sample: Command = {
  name: 'sample',
  summary:
    'Writes generated sample data: "digits" are 6,000 drawn digits, 28 x 28, with labels, in the files of MNIST.',
  usage: 'KIND DIR',
  words: [2, 2],
  options: jsonOption,
  example: 'pretrain sample digits digits',

  async run([kind, folder], _options, output) {
    if (kind !== 'digits') throw new UserError(`There is no sample data "${String(kind)}". There is: digits.`);
    const target = path.resolve(folder as string);
    const files = await writeStrokeDigits(target, {
      onProgress: (fraction) => {
        output.object({ type: 'progress', message: 'Drawing digits', fraction });
        output.transient(`Drawing digits ${Math.round(fraction * 100)} %`);
      },
    });
    output.object({ files });
    output.line(`Wrote ${files.length} files to ${target}.`);
    return 0;
  },
};
