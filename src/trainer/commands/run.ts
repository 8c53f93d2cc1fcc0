import { t } from '../../protocol/l10n.js';
import { startRun } from '../session.js';
import { withTeacherPath } from '../teacher.js';
import { pretraining } from '../work.js';
import { jsonOption, type Command } from './command.js';
import { startedRecipe, trainingOptions } from './startedRecipe.js';
import { reportRun, sessionListener } from './training.js';

export const run: Command = {
  name: 'run',
  summary: t('Pretrains by a recipe.'),
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    ...trainingOptions,
    parallel: { type: 'boolean', summary: t('train even if a run of this recipe is being trained') },
    ...jsonOption,
  },
  example: 'pretrain run mnist.pretrain.json --epochs 20',

  async run([file], options, output) {
    const started = await startedRecipe(file as string, 'pretrain', options, output);
    const summary = await startRun(
      {
        ...started,
        recipe: withTeacherPath(started.recipe, started.recipePath, started.runs),
        parallel: options['parallel'] === true,
        work: pretraining,
      },
      sessionListener(output),
    );
    return reportRun(summary, output);
  },
};
