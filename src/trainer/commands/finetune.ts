import { t } from '../../protocol/l10n.js';
import { modes } from '../../learn/task/index.js';
import type { Recipe } from '../../recipe/recipe.js';
import { UserError } from '../errors.js';
import { readParent } from '../parent.js';
import { startRun } from '../session.js';
import { inMode } from '../work.js';
import { jsonOption, type Command, type Options } from './command.js';
import { startedRecipe, trainingOptions, wholeNumber } from './startedRecipe.js';
import { reportRun, sessionListener } from './training.js';

export const finetune: Command = {
  name: 'finetune',
  summary: t('Teaches a pretrained encoder a task from labels.'),
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    from: {
      type: 'string',
      value: 'RUN',
      summary: t('folder or id of the run whose encoder is taken over; needed but for --mode scratch'),
    },
    checkpoint: { type: 'string', value: 'STEP', summary: t("the run's checkpoint of this step, instead of its last") },
    mode: {
      type: 'string',
      value: 'NAME',
      summary: t("{0}, instead of the recipe's", Object.keys(modes).join(', ')),
    },
    'labels-per-class': { type: 'string', value: 'N', summary: t('labelled examples of each class that are used') },
    'label-fraction': { type: 'string', value: 'F', summary: t('part of the labelled examples that is used, 0 to 1') },
    seed: { type: 'string', value: 'N', summary: t("seed, instead of the recipe's") },
    ...trainingOptions,
    parallel: { type: 'boolean', summary: t('train even if a run of this recipe is being trained') },
    ...jsonOption,
  },
  example:
    'pretrain finetune mnist.pretrain.json --from .pretrain/runs/20261124-201530-mnist-3f9a --labels-per-class 10',

  async run([file], options, output) {
    const started = await startedRecipe(file as string, 'finetune', options, output);
    const { recipe, runs } = started;
    overrideTask(recipe, options);
    const parent = await parentOf(recipe, runs, options);
    const summary = await startRun(
      { ...started, parallel: options['parallel'] === true, work: { stage: 'finetune', parent } },
      sessionListener(output),
    );
    return reportRun(summary, output);
  },
};

async function parentOf({ finetune: { mode } }: Recipe, runs: string, { from, checkpoint }: Options) {
  if (typeof from === 'string')
    return readParent(from, runs, typeof checkpoint === 'string' ? wholeNumber('--checkpoint', checkpoint) : null);
  if (mode === 'scratch') return null;
  throw new UserError(t('Fine-tuning starts from a run: which one does --from say.'), {
    advice: t('"pretrain runs" lists them. Without one, --mode scratch learns from the labels alone.'),
  });
}

/** @throws UserError for a value that no recipe could have */
function overrideTask({ finetune }: Recipe, options: Options): void {
  const { mode, seed } = options;
  if (typeof mode === 'string') {
    checkMode(mode);
    Object.assign(finetune, inMode(finetune, mode));
  }
  const perClass = options['labels-per-class'];
  const fraction = options['label-fraction'];
  if (typeof perClass === 'string') {
    finetune.labelsPerClass = wholeNumber('--labels-per-class', perClass);
    finetune.labelFraction = null;
  }
  if (typeof fraction === 'string') {
    const part = Number(fraction);
    if (!(part > 0 && part <= 1))
      throw new UserError(t('--label-fraction must be above 0 and at most 1, but is "{0}".', fraction));
    finetune.labelFraction = part;
    if (typeof perClass !== 'string') finetune.labelsPerClass = null;
  }
  if (typeof seed === 'string') finetune.seed = wholeNumber('--seed', seed, 0);
}

/** @throws UserError when there is no such mode */
export function checkMode(mode: string): void {
  if (!Object.hasOwn(modes, mode))
    throw new UserError(t('There is no mode "{0}". There are: {1}.', mode, Object.keys(modes).join(', ')));
}
