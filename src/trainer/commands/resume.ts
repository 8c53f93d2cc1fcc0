import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { jsonOption, type Command } from './command.js';
import { resumeFolder } from './training.js';

export const resume: Command = {
  name: 'resume',
  summary: t('Goes on with a stopped or interrupted run from its last checkpoint, exactly as if it had not stopped.'),
  usage: 'RUN',
  words: [1, 1],
  options: jsonOption,
  example: 'pretrain resume .pretrain/runs/20261124-201530-mnist-3f9a',
  run: ([folder], _options, output) => resumeFolder(path.resolve(folder as string), output),
};
