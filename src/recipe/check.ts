import { grouped, t } from '../protocol/l10n.js';
import type { Problem } from '../protocol/trainer.js';
import { LEAST_BYTE_PAIRS } from './data.js';
import type { RecipeDocument } from './document.js';
import type { ParsedRecipe } from './parse.js';
import { setting } from './fix.js';
import { problemAt } from './position.js';
import type { DataOptions, Recipe } from './recipe.js';
import type { Finding } from './finding.js';
import { nearest } from './suggest.js';

/** Checks beyond the schema: what a recipe says that cannot work, or hardly can, with these data. */

/** What is known of the data; leave out what is not. */
export interface DataFacts {
  exists?: boolean;
  /** Names in the deepest folder on the way to the path that exists. */
  siblings?: readonly string[];
  /** Index of the first step of the path, split at its separators, that is not there; the last when left out. */
  missingStep?: number;
  /** Why the data cannot be read. */
  error?: string | null;
  /** What the examples are, e.g. "table". */
  kind?: string | null;
  /** Why the tokenizer.json that is named cannot be used. */
  tokenizerError?: string;
  /** All examples. */
  count?: number | null;
  /** Examples left to train on, after those for validation are set aside. */
  trainingCount?: number | null;
  /** Whether the data has labels. */
  labels?: boolean | null;
  /** Names of the splits that come with the data. */
  splits?: readonly string[] | null;
  /** Why training cannot fit into this machine's memory. */
  tooLarge?: string | null;
  /** What encoder and method say of their options with examples of this shape. */
  findings?: readonly Finding[];
}

/**
 * Problems beyond the schema, in the order of their places. Of a recipe that the schema does not accept, only those of
 * its data, as far as these are sound.
 * Errors are what a run would fail on; warnings what it would hardly learn by; information is only good to know.
 */
export function checkRecipe({ recipe, data, document }: ParsedRecipe, facts: DataFacts = {}): Problem[] {
  const found = data
    ? [...checkPath(data, facts), ...checkData(data, facts, document), ...checkText(data, facts, document)]
    : [];
  if (recipe)
    found.push(
      ...checkSizes(recipe, facts),
      ...(facts.findings ?? []),
      ...checkScaling(recipe, facts, document),
      ...checkSchedule(recipe),
    );
  return found
    .map(({ path, severity, code, message, fixes }) => {
      const settings = (fixes ?? []).flatMap((value) => setting(document, path, value) ?? []);
      return problemAt(document.valueRange(path), severity, code, message, settings);
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Absolute on any system, and from home: another machine has another one. */
const absolute = /^(?:[/\\~]|[A-Za-z]:)/;

function checkPath(data: DataOptions, { exists, siblings = [], missingStep, error }: DataFacts): Finding[] {
  const path = ['data', 'path'];
  const shown = JSON.stringify(data.path);
  const findings: Finding[] = [];
  if (/[\u0000-\u001f]/.test(data.path))
    return [
      {
        path,
        severity: 'error',
        code: 'path-characters',
        message: t(
          'This path has a control character in it: in JSON a backslash begins an escape ("\\t" is a tab). Write "/" between folders.',
        ),
        // The five that JSON has a letter for.
        fixes: [data.path.replaceAll(/[\t\n\r\b\f]/g, (character) => `/${JSON.stringify(character).charAt(2)}`)],
      },
    ];
  if (absolute.test(data.path))
    findings.push({
      path,
      severity: 'information',
      code: 'path-not-portable',
      message: t(
        '{0} is not portable: it holds on this machine only. A path relative to the recipe moves with it.',
        shown,
      ),
    });
  else if (data.path.includes('\\'))
    findings.push({
      path,
      severity: 'information',
      code: 'path-not-portable',
      message: t('{0} is not portable: only Windows reads "\\" between folders. "/" works everywhere.', shown),
      fixes: [data.path.replaceAll('\\', '/')],
    });
  if (exists === false) {
    const steps = data.path.split(/([/\\]+)/);
    // Separators stand between the names; a path may end with one.
    const last = steps.at(-1) === '' ? steps.length - 3 : steps.length - 1;
    const missing = missingStep === undefined ? last : 2 * missingStep;
    const meant = nearest(steps[missing] ?? '', siblings);
    findings.push({
      path,
      severity: 'error',
      code: 'data-missing',
      message:
        meant === null
          ? t('There is no file or folder {0}. Paths are relative to the recipe.', shown)
          : t('There is no file or folder {0}. Did you mean {1}?', shown, JSON.stringify(meant)),
      ...(meant === null ? {} : { fixes: [steps.with(missing, meant).join('')] }),
    });
  } else if (error) findings.push({ path, severity: 'error', code: 'data-unreadable', message: error });
  return findings;
}

function checkData(data: DataOptions, { labels, splits, exists }: DataFacts, document: RecipeDocument): Finding[] {
  if (exists === false) return [];
  const findings: Finding[] = [];
  const { validation } = data;
  if ((validation === 'validation' || validation === 'test') && splits && !splits.includes(validation)) {
    const has = splits.length === 0 ? t('none') : splits.map((split) => JSON.stringify(split)).join(', ');
    const there = splits.filter((split) => split === 'validation' || split === 'test');
    findings.push({
      path: ['data', 'validation'],
      severity: 'error',
      code: 'split-missing',
      message: t('The data has no split "{0}"; it has {1}. "auto" takes what is there.', validation, has),
      fixes: ['auto', ...there],
    });
  }
  if (labels === false && document.node(['finetune']))
    findings.push({
      path: ['finetune'],
      severity: 'warning',
      code: 'labels-missing',
      message: t('The data has no labels, and fine-tuning learns from labels. Pretraining needs none.'),
    });
  return findings;
}

function checkText({ text }: DataOptions, { kind, tokenizerError }: DataFacts, document: RecipeDocument): Finding[] {
  const findings: Finding[] = [];
  if (tokenizerError)
    findings.push({
      path: ['data', 'text', 'tokenizer'],
      severity: 'error',
      code: 'tokenizer-unusable',
      message: tokenizerError,
    });
  if ((kind ?? 'text') === 'text' && text.tokenizer === 'bytePair' && text.vocabularySize < LEAST_BYTE_PAIRS)
    findings.push({
      path: ['data', 'text', 'vocabularySize'],
      severity: 'error',
      code: 'vocabulary-too-small',
      message: t('A vocabulary of byte pairs has at least {0} tokens, not {1}.', LEAST_BYTE_PAIRS, text.vocabularySize),
      fixes: [LEAST_BYTE_PAIRS, 4096],
    });
  const window = ['data', 'text', 'window'];
  if (text.unit !== 'window' && document.node(window) !== null)
    findings.push({
      path: window,
      severity: 'warning',
      code: 'window-without-unit',
      message: t('"window" is passed over without "unit": "window". Set that beside it, or remove "window".'),
    });
  return findings;
}

function checkSizes({ data, pretrain }: Recipe, { trainingCount, tooLarge, exists }: DataFacts): Finding[] {
  if (exists === false) return [];
  const findings: Finding[] = [];
  if (tooLarge) findings.push({ path: ['encoder'], severity: 'error', code: 'too-large', message: tooLarge });
  if (trainingCount === null || trainingCount === undefined) return findings;
  if (trainingCount === 0)
    findings.push({
      path: ['data', 'validation'],
      severity: 'error',
      code: 'nothing-to-train',
      message: t('Validation takes all examples and leaves none to train on.'),
      fixes: ['auto'],
    });
  else if (pretrain.batchSize > trainingCount)
    findings.push({
      path: ['pretrain', 'batchSize'],
      severity: 'warning',
      code: 'batch-too-large',
      message: t(
        'A batch of {0} is larger than the training set ({1}): an epoch is then a single step.',
        grouped(pretrain.batchSize),
        grouped(trainingCount),
      ),
      fixes: [2 ** Math.floor(Math.log2(Math.max(1, trainingCount / 10)))],
    });
  if (data.limit !== null && trainingCount > 0 && data.limit > trainingCount)
    findings.push({
      path: ['data', 'limit'],
      severity: 'information',
      code: 'limit-too-large',
      message: t('There are only {0} examples to train on; "limit" changes nothing.', grouped(trainingCount)),
    });
  return findings;
}

/** Why the loss cannot be used for the values of a table as they are scaled; null when it can, or it is no table. */
export function scalingTrouble({ data, pretrain }: Recipe, kind: string | null): string | null {
  const { scaling } = data.table;
  if (kind !== 'table' || scaling === 'minMax' || pretrain.options['loss'] !== 'binaryCrossentropy') return null;
  return t(
    'Binary cross-entropy needs values from 0 to 1, which the scaling "{0}" does not give. Use the loss "meanSquaredError", or the scaling "minMax".',
    scaling,
  );
}

function checkScaling(recipe: Recipe, { kind = null }: DataFacts, document: RecipeDocument): Finding[] {
  const message = scalingTrouble(recipe, kind);
  if (message === null) return [];
  const loss = ['pretrain', 'loss'];
  const isWritten = document.node(loss) !== null;
  return [
    {
      path: isWritten ? loss : ['data', 'table', 'scaling'],
      severity: 'error',
      code: 'loss-needs-scaling',
      message,
      fixes: [isWritten ? 'meanSquaredError' : 'minMax'],
    },
  ];
}

function checkSchedule({ pretrain }: Recipe): Finding[] {
  const { schedule, epochs, earlyStopping, checkpointEpochs } = pretrain;
  const findings: Finding[] = [];
  if (schedule.name === 'cosine' && schedule.warmupEpochs >= epochs)
    findings.push({
      path: ['pretrain', 'schedule', 'warmupEpochs'],
      severity: 'warning',
      code: 'warmup-too-long',
      message: t(
        'The warm-up ({0} epochs) is not shorter than the training ({1}): the learning rate never comes down.',
        grouped(schedule.warmupEpochs),
        grouped(epochs),
      ),
      fixes: [Math.floor(epochs / 10)],
    });
  // Of a method that makes a part of its loss rise.
  const { warmupEpochs } = pretrain.options;
  if (typeof warmupEpochs === 'number' && warmupEpochs >= epochs)
    findings.push({
      path: ['pretrain', 'warmupEpochs'],
      severity: 'warning',
      code: 'warmup-too-long',
      message: t(
        'The warm-up ({0} epochs) is not shorter than the training ({1}): nothing is trained with the whole weight.',
        grouped(warmupEpochs),
        grouped(epochs),
      ),
      fixes: [Math.floor(epochs / 10)],
    });
  if (schedule.name === 'step' && schedule.everyEpochs >= epochs)
    findings.push({
      path: ['pretrain', 'schedule', 'everyEpochs'],
      severity: 'information',
      code: 'schedule-too-slow',
      message: t('The training ends after {0} epochs, before the learning rate changes.', grouped(epochs)),
    });
  if (earlyStopping && earlyStopping.patience >= epochs)
    findings.push({
      path: ['pretrain', 'earlyStopping', 'patience'],
      severity: 'information',
      code: 'patience-too-long',
      message: t('With {0} epochs and this patience the training never stops early.', grouped(epochs)),
    });
  if (checkpointEpochs > epochs)
    findings.push({
      path: ['pretrain', 'checkpointEpochs'],
      severity: 'warning',
      code: 'checkpoint-too-late',
      message: t(
        'There is no checkpoint before the training ends after {0} epochs: a crash would cost all of it.',
        grouped(epochs),
      ),
      fixes: [1],
    });
  return findings;
}
