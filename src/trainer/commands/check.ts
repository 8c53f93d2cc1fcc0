import path from 'node:path';
import { readFile, readdir, stat } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { openDataset } from '../../data/index.js';
import { SAMPLE_DIGITS } from '../../data/detect.js';
import { heldBytes, planPreparation } from '../../data/prepare/index.js';
import type { Preparation } from '../../data/prepare/preparation.js';
import { chooseSplits } from '../../data/split.js';
import type { ExampleFacts } from '../../learn/method/method.js';
import { modeOf } from '../../learn/task/index.js';
import { counted, t } from '../../protocol/l10n.js';
import { RUNS_FOLDER } from '../../protocol/run.js';
import type { CheckResult, DataFound, StageCost } from '../../protocol/trainer.js';
import { checkRecipe, type DataFacts } from '../../recipe/check.js';
import type { Finding } from '../../recipe/finding.js';
import { parseRecipe } from '../../recipe/parse.js';
import type { RecipeDocument } from '../../recipe/document.js';
import type { DataOptions, Recipe } from '../../recipe/recipe.js';
import { bytesText, costOf, findingsOf, memoryTrouble } from '../cost.js';
import { describeError, UserError } from '../errors.js';
import { exampleOf } from '../example.js';
import { labelsOf } from '../labels.js';
import { dataPathOf, recipeLanguage, recipeName, withTokenizerPath } from '../language.js';
import { findTeacher, withTeacherPath, type Teacher } from '../teacher.js';
import { jsonOption, type Command } from './command.js';

/** Names of classes that are listed. */
const CLASSES_SHOWN = 10;

export const check: Command = {
  name: 'check',
  summary: t('Checks a recipe and its data without training, and tells what the training would cost.'),
  usage: 'RECIPE',
  words: [1, 1],
  options: {
    stdin: { type: 'boolean', summary: t('take the text from the standard input; RECIPE only says where it belongs') },
    ...jsonOption,
  },
  example: 'pretrain check mnist.pretrain.json',

  async run([file], { stdin }, output) {
    const recipePath = path.resolve(file as string);
    const text = stdin === true ? await readText(process.stdin) : await readRecipe(recipePath);
    const { problems, data, cost } = await checkText(text, recipePath);
    output.object({ problems, data, cost });
    for (const { line, column, severity, message } of problems)
      output.line(`${file}:${line}:${column} ${severity}: ${message}`);
    if (data) output.line(dataText(data));
    if (cost)
      output.line(
        t(
          '{0} · {1} · about {2}',
          counted(cost.parameters, '{0} parameter', '{0} parameters'),
          counted(cost.epochs * cost.stepsPerEpoch, '{0} step', '{0} steps'),
          bytesText(cost.memoryBytes),
        ),
      );
    return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

/** e.g. "Data: 6,000 examples (image, idx) of 28 × 28 × 1 · 10 classes: 0, 1, 2, ..." */
function dataText({ kind, format, count, shape, classes, severalLabels }: DataFound): string {
  const size = shape.map((dimension) => (dimension < 0 ? t('any') : dimension)).join(' × ');
  const shown = classes?.slice(0, CLASSES_SHOWN).join(', ') ?? '';
  const more = (classes?.length ?? 0) > CLASSES_SHOWN ? ', ...' : '';
  const length = classes?.length ?? 0;
  const many = severalLabels
    ? counted(length, '{0} label, several an example', '{0} labels, several an example')
    : counted(length, '{0} class', '{0} classes');
  const labels = classes ? `${many}: ${shown}${more}` : t('no labels');
  const examples = counted(count, '{0} example', '{0} examples');
  return shape.some((dimension) => dimension >= 0)
    ? t('Data: {0} ({1}, {2}) of {3} · {4}', examples, kind, format, size, labels)
    : t('Data: {0} ({1}, {2}) · {3}', examples, kind, format, labels);
}

async function readRecipe(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UserError(t('There is no recipe {0}.', file), {
      file,
      advice: t('Give the path of a *.pretrain.json file.'),
    });
  }
}

export async function checkText(text: string, recipePath: string): Promise<CheckResult> {
  const parsed = parseRecipe(text, recipeLanguage(), recipeName(recipePath));
  if (!parsed.data) return { problems: parsed.problems, data: null, cost: null };
  const { facts, found, cost } = await factsOf(parsed.data, parsed.recipe, recipePath, parsed.document);
  const beyond = checkRecipe(parsed, { ...facts, tooLarge: cost && memoryTrouble(cost) });
  return { problems: [...parsed.problems, ...beyond], data: found, cost };
}

/** @param recipe null when parts of it other than these data are wrong */
async function factsOf(
  given: DataOptions,
  recipe: Recipe | null,
  recipePath: string,
  document: RecipeDocument,
): Promise<{ facts: DataFacts; found: DataFound | null; cost: StageCost | null }> {
  const data = withTokenizerPath(given, recipePath);
  const dataPath = dataPathOf(data, recipePath);
  const missing = dataPath === SAMPLE_DIGITS ? null : await missingStep(data.path, path.dirname(recipePath));
  if (missing) return { facts: { exists: false, ...missing }, found: null, cost: null };
  let facts: DataFacts = { exists: true };
  let found: DataFound | null = null;
  try {
    const dataset = await openDataset(dataPath, data);
    try {
      const { info, labels } = dataset;
      const splits = info.splits.map(({ name }) => name);
      facts = { ...facts, kind: info.kind, count: info.count, labels: labels !== null, splits };
      const { kind, format, count, classes, labelSets } = info;
      found = {
        ...{ kind, format, count, shape: info.shape },
        ...(labelSets ? { classes: labelSets.names, severalLabels: true } : { classes }),
      };
      const { validation: split } = data;
      // A split that is not there is told with its fix, by the check of the recipe.
      const lacksSplit = typeof split === 'string' && split !== 'auto' && !splits.includes(split);
      if (lacksSplit) return { facts, found, cost: null };
      const chosen = chooseSplits(dataset, labels, data, recipe?.pretrain.seed ?? 1);
      const { preparation } = await planPreparation(dataset, data, chosen, { glance: true });
      const { training, validation } = chosen;
      const { teacher, trouble } = await teacherOf(recipe, recipePath, preparation, info.count);
      const example = {
        ...exampleOf(preparation),
        labels: labelsOf(dataset, data, chosen),
        teacher: teacher?.facts ?? null,
      };
      const findings = recipe && !trouble ? findingsOf(recipe, example) : trouble ? [trouble] : [];
      const ofTask =
        recipe && example.labels && document.node(['finetune']) ? taskFindings(recipe, example, document) : [];
      facts = { ...facts, trainingCount: training.length, findings: [...findings, ...ofTask] };
      const canLearn = recipe && findings.every(({ severity }) => severity !== 'error');
      const held =
        heldBytes(dataset, preparation, chosen) + (teacher?.heldBytes(training.length + validation.length) ?? 0);
      return { facts, found, cost: canLearn ? costOf(recipe, example, held, training.length) : null };
    } finally {
      await dataset.close();
    }
  } catch (error) {
    const { told } = describeError(error);
    const message = `${told.message}${told.advice ? ` ${told.advice}` : ''}`;
    const place = told.file === data.text.tokenizer ? { tokenizerError: message } : { error: message };
    return { facts: { ...facts, ...place }, found, cost: null };
  }
}

/** Who teaches, or why that cannot be. */
async function teacherOf(
  recipe: Recipe | null,
  recipePath: string,
  preparation: Preparation,
  count: number,
): Promise<{ teacher: Teacher | null; trouble: Finding | null }> {
  if (!recipe) return { teacher: null, trouble: null };
  const finding = (message: string): Finding => ({
    path: ['pretrain', 'teacher'],
    severity: 'error',
    code: 'teacher-unusable',
    message,
  });
  try {
    const teacher = await findTeacher(withTeacherPath(recipe, recipePath, path.resolve(RUNS_FOLDER)));
    if (!teacher) return { teacher, trouble: null };
    const { shape } = teacher.facts;
    // Another shape is told by the method; what only a look was taken at may still come out otherwise.
    const isSure = shape === null || (shape.join() === preparation.shape.join() && preparation.kind !== 'text');
    const message = isSure ? teacher.trouble(preparation, count) : null;
    return { teacher, trouble: message === null ? null : finding(message) };
  } catch (error) {
    const { told } = describeError(error);
    return { teacher: null, trouble: finding(`${told.message}${told.advice ? ` ${told.advice}` : ''}`) };
  }
}

/** What is solved for takes nothing of these. */
const OF_STEPS = ['epochs', 'batchSize', 'optimizer', 'schedule', 'earlyStopping', 'globalClipNorm', 'augmentation'];

/** Of the recipe's fine-tuning on its own data. What the encoder says is told at the pretraining. */
function taskFindings(recipe: Recipe, example: ExampleFacts, document: RecipeDocument): Finding[] {
  const found = findingsOf(recipe, example, { stage: 'finetune', parent: null }).filter(
    ({ path: [section] }) => section === 'finetune',
  );
  const { mode, options } = recipe.finetune;
  const { headRate } = modeOf(mode).plan(options, []);
  if (headRate > 0) return found;
  const unused = OF_STEPS.filter((name) => document.node(['finetune', name]));
  return [
    ...found,
    ...unused.map((name): Finding => ({
      path: ['finetune', name],
      severity: 'information',
      code: 'not-used',
      message: t('In the mode "{0}" nothing is learned by steps: "{1}" changes nothing.', mode, name),
    })),
  ];
}

/** The first step of the path that is not there, and what stands in the folder where it was looked for; null when all are. */
async function missingStep(
  dataPath: string,
  from: string,
): Promise<{ missingStep: number; siblings: string[] } | null> {
  const steps = dataPath.split(/[/\\]+/);
  let folder = path.isAbsolute(dataPath) ? path.parse(dataPath).root : from;
  for (const [index, step] of steps.entries()) {
    if (step === '' && (index === 0 || index === steps.length - 1)) continue;
    const next = path.join(folder, step);
    if ((await stat(next).catch(() => null)) === null)
      return { missingStep: index, siblings: await readdir(folder).catch(() => []) };
    folder = next;
  }
  return null;
}
