import { t } from '../../protocol/l10n.js';
import { SAMPLE_DIGITS } from '../../data/detect.js';
import { primerRecipe } from '../primer.js';
import { startRun } from '../session.js';
import { pretraining } from '../work.js';
import { jsonOption, type Command } from './command.js';
import { givenData, override, runsFolder, trainingOptions } from './startedRecipe.js';
import { reportRun, sessionListener } from './training.js';

export const demo: Command = {
  name: 'demo',
  summary: t("Pretrains the primer's autoencoder (784 - 32 - 784) on generated digits, or on your own data."),
  usage: '',
  words: [0, 0],
  options: { ...trainingOptions, ...jsonOption },
  example: 'pretrain demo --data ../data/mnist --epochs 5',

  async run(_words, options, output) {
    const recipe = primerRecipe();
    override(recipe, recipe.pretrain, options);
    const given = givenData(options);
    // Data of one's own need not have a test split.
    if (given !== null) recipe.data.validation = 'auto';
    output.line(t("Pretraining the primer's autoencoder on {0}.", given ?? t('digits drawn by a seeded generator')));
    const summary = await startRun(
      {
        recipe,
        recipePath: null,
        dataPath: given ?? SAMPLE_DIGITS,
        runs: runsFolder(options),
        parallel: true,
        work: pretraining,
      },
      sessionListener(output),
    );
    return reportRun(summary, output);
  },
};
