import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { isSampleKind, SAMPLE_KINDS } from '../../data/sampleKinds.js';
import { writeSample } from '../../data/samples.js';
import { UserError } from '../errors.js';
import { jsonOption, type Command } from './command.js';

export const sample: Command = {
  name: 'sample',
  summary: t(
    'Writes generated sample data, with labels: "digits" are drawn images, "tones" spoken-like sounds, "sentences" texts, "clusters" a table.',
  ),
  usage: 'KIND DIR',
  words: [2, 2],
  options: jsonOption,
  example: 'pretrain sample digits digits',

  async run([kind, folder], _options, output) {
    if (!isSampleKind(kind))
      throw new UserError(t('There is no sample data "{0}". There are: {1}.', String(kind), SAMPLE_KINDS.join(', ')));
    const target = path.resolve(folder as string);
    const files = await writeSample(kind, target, {
      onProgress: (fraction) => {
        output.object({ type: 'progress', message: t('Making {0}', kind), fraction });
        output.transient(t('Making {0}: {1} %', kind, Math.round(fraction * 100)));
      },
    });
    output.object({ files });
    output.line(t('Wrote {0} files to {1}.', files.length, target));
    return 0;
  },
};
