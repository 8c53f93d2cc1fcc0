import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays } from '../../../../src/learn/engine/engine.js';
import type { Labels } from '../../../../src/learn/method/method.js';
import { modes } from '../../../../src/learn/task/modes.js';
import type { TaskSetting } from '../../../../src/learn/task/task.js';
import { filled } from '../../../../src/recipe/defaults.js';
import type { FinetuneOptions } from '../../../../src/recipe/recipe.js';
import { finetuneProperties } from '../../../../src/recipe/finetune.js';
import { movedValues } from '../learners.js';

export type Setting = (
  mode?: keyof typeof modes,
  change?: Partial<FinetuneOptions>,
  more?: Partial<TaskSetting>,
) => TaskSetting;

/** Tasks on a small dense encoder of such examples, with a recipe's defaults and what a test changes. */
export function settingsFor(labels: Labels, width: number): Setting {
  const standard = filled({ type: 'object', properties: finetuneProperties }, {}) as unknown as FinetuneOptions;
  const encoder = { type: 'dense', units: [16, 8], activation: 'tanh' };
  const base = { family: encoders.dense, encoder, shape: [width], labels, start: null };
  return (mode = 'full', change = {}, more = {}) => {
    const own = Object.entries(modes[mode].description.options).map(([key, { default: value }]) => [key, value]);
    return { ...base, options: { ...standard, mode, options: Object.fromEntries(own) as never, ...change }, ...more };
  };
}

/** An encoder as another run might have left it. */
export function learned(setting: Setting): Arrays {
  const { family, encoder, shape } = setting();
  return movedValues(family.encoder(encoder, shape), 17);
}
