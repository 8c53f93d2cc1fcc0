import path from 'node:path';
import * as vscode from 'vscode';
import { detectDataset } from '../data/detect.js';
import { choiceText, readingsWithin } from '../data/otherReadings.js';
import type { Detection, Reading } from '../data/reader.js';
import { t } from '../protocol/l10n.js';
import { newRecipeText } from '../recipe/newRecipe.js';
import { Command, RECIPE_ENDING } from './contributions.js';
import { pickDataset, type DatasetQuestion } from './datasetPicker.js';
import type { Host } from './host.js';
import { reason } from './message.js';
import { methods, recipeSchema, type MethodChoice } from './methods.js';
import { freeName, recipeFileName } from './recipeName.js';
import { uriOf } from './target.js';
import type { TrackedRun } from './trackedRun.js';

/** New Recipe: asks for the dataset and the method, writes a commented recipe beside the data, and opens it. */
export function registerNewRecipe(host: Host): vscode.Disposable {
  return vscode.commands.registerCommand(Command.newRecipe, async (dataset?: unknown) => {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    if (folders.length === 0) {
      const open = t('Open Folder');
      const answer = await vscode.window.showInformationMessage(
        t('A recipe belongs into a folder. Open one with data first.'),
        open,
      );
      if (answer === open) await vscode.commands.executeCommand('vscode.openFolder');
      return;
    }
    const data = uriOf(dataset) ?? (await pickDataset(host.datasets, pickText()));
    if (data === undefined) return;
    const detections = await detected(host, data);
    const reading = await pickReading(detections, data);
    if (reading === undefined) return;
    const folder = vscode.workspace.getWorkspaceFolder(data) ?? folders[0];
    if (folder === undefined) return;
    const teachers = host.runs.runs.filter(
      ({ record, state }) => record?.stage === 'pretrain' && state === 'completed',
    );
    const choices = (await fitting(detections[0], reading)).filter(
      (method) => teachers.length > 0 || !method.needsTeacher,
    );
    const method = await pickMethod(choices);
    if (method === undefined) return;
    const teacher = method.needsTeacher ? await pickTeacher(teachers) : null;
    if (teacher === undefined) return;
    const options = teacher && { teacher: relative(folder.uri, teacher.folder) };
    const recipe = await write(folder.uri, data, reading, detections[0]?.kind, method, options ?? {});
    host.log.info(`wrote ${recipe.fsPath}`);
    await vscode.window.showTextDocument(recipe, { preview: false }); // the next file must not take its place
  });
}

function pickText(): DatasetQuestion {
  return {
    title: t('New Recipe: Dataset'),
    placeholder: t('What should be learned from?'),
    nothingFound: t('No dataset was found in this workspace. Choose one, or have one drawn.'),
    openLabel: t('Learn From This'),
  };
}

/** What the data may be, the likeliest first; nothing where that cannot be found out. */
async function detected({ log }: Host, data: vscode.Uri): Promise<Detection[]> {
  return detectDataset(data.fsPath).catch((error: unknown) => {
    log.warn(`${data.fsPath}: ${reason(error)}`); // the check of the recipe tells what is wrong with its data
    return [];
  });
}

/** What chooses how the data is read: asked where there is more than one way. Undefined when the question was closed. */
async function pickReading(detections: Detection[], data: vscode.Uri): Promise<Reading['data'] | undefined> {
  const { taken, others = [] } = detections[0] ?? {};
  if (taken === undefined) return {};
  const picked = await ask(data, taken, others);
  const within = picked && readingsWithin(detections, picked);
  return (within ? await ask(data, within.taken, within.others) : picked)?.data;
}

async function ask(data: vscode.Uri, taken: Reading, others: readonly Reading[]): Promise<Reading | undefined> {
  const items = [taken, ...others].map((reading) => ({
    label: reading.title,
    description: reading === taken ? t('likeliest') : '',
    detail: readingDetail(reading),
    reading,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Recipe: How to Read the Data'),
    placeHolder: t('{0} can be read in more than one way. Which is meant?', path.basename(data.fsPath)),
    matchOnDetail: true,
  });
  return picked?.reading;
}

/** Why, where the title does not say it; else what it means for the recipe. */
function readingDetail({ reason, data }: Reading): string {
  const isNamed = data.filePattern !== undefined || data.labelColumn !== undefined;
  return isNamed ? t('The recipe then says {0}.', choiceText(data)) : reason;
}

/** Formats that hold more than the kind that their names tell: texts or images in the columns of a table. */
const TABLES = ['csv', 'parquet'];

/** Methods that learn from data of this kind; all where that is not certain before the data are opened. */
async function fitting(detection: Detection | undefined, { format }: Reading['data']): Promise<MethodChoice[]> {
  const all = await methods();
  if (detection === undefined || TABLES.includes(format ?? detection.format)) return all;
  if (format !== undefined && format !== detection.format) return all;
  return all.filter(({ kinds }) => kinds === null || kinds.includes(detection.kind));
}

async function pickMethod(choices: readonly MethodChoice[]): Promise<MethodChoice | undefined> {
  const items = choices.map((method) => ({
    label: method.title,
    description: method.name,
    detail: method.summary,
    method,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Recipe: Method'),
    placeHolder: t('How should it be learned?'),
    matchOnDetail: true,
  });
  return picked?.method;
}

/** Undefined when the question was closed. */
async function pickTeacher(teachers: readonly TrackedRun[]): Promise<TrackedRun | undefined> {
  const items = teachers.map((run) => ({
    label: run.record?.name ?? run.id,
    description: run.record?.summary ?? '',
    detail: run.id,
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Recipe: Teacher'),
    placeHolder: t('Which run makes the labels?'),
    matchOnDescription: true,
  });
  return picked?.run;
}

async function write(
  folder: vscode.Uri,
  data: vscode.Uri,
  reading: Reading['data'],
  kind: string | undefined,
  method: MethodChoice,
  options: Record<string, string>,
): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const name = freeName(recipeFileName(data.fsPath, method.name), taken);
  const recipe = vscode.Uri.joinPath(folder, name + RECIPE_ENDING);
  const dataPath = relative(folder, data.fsPath);
  const text = newRecipeText(await recipeSchema(), {
    name,
    dataPath,
    data: { ...reading },
    ...(kind !== undefined && { kind }),
    method: method.name,
    options,
  });
  await vscode.workspace.fs.writeFile(recipe, new TextEncoder().encode(text));
  return recipe;
}

/** With "/" between folders, as a recipe has it. */
function relative(folder: vscode.Uri, file: string): string {
  return path.relative(folder.fsPath, file).split(path.sep).join('/');
}
