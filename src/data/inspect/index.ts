/** What is in a dataset, written for a person: the analysis behind Inspect Dataset. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import type { DrawnSplits, Inspection, ShownExample } from '../../protocol/inspection.js';
import type { TensorFile } from '../../protocol/safetensors.js';
import type { AugmentationOptions } from '../../recipe/augmentation.js';
import type { DataOptions } from '../../recipe/recipe.js';
import { detectDataset, detectors } from '../detect.js';
import { choiceText, otherReadingText } from '../otherReadings.js';
import { planPreparation } from '../prepare/index.js';
import type { Plan, Preparation } from '../prepare/preparation.js';
import { DataError, isReader, type Collection, type OpenOptions, type Reader, type UnreadableFile } from '../reader.js';
import { chooseSplits, type ChosenSplits } from '../split.js';
import { countClasses, imbalanceOf, rangeOf } from './classes.js';
import { findingsOf } from './findings.js';
import { glanceAtFiles } from './files.js';
import { examinedPositions, typicalPositions, USUAL_LIMITS, type InspectLimits } from './sample.js';
import { showExamples, TYPICAL, uncut } from './show.js';
import { Survey } from './survey.js';
import { tokensBy } from './tokens.js';
import { showViews } from './views.js';
import { visitExamples } from './visit.js';

export interface InspectOptions extends OpenOptions {
  /** What a recipe says of its data, for what it would draw and prepare. */
  data: DataOptions;
  /** Of what is drawn; a recipe's default is 1. */
  seed?: number;
  /** The recipe's; null where its method makes no views; without a recipe a recipe's defaults. */
  augmentation?: AugmentationOptions | null;
  limits?: InspectLimits;
}

export interface Inspected {
  inspection: Inspection;
  /** Pictures and sounds of the examples: see exampleTensor of protocol/inspection.ts. */
  pictures: TensorFile;
}

/** Problems that are listed. */
const LISTED = 200;
/** Of the time: the second look, at the examples that are shown, takes the rest. */
const SURVEY_SHARE = 0.95;

/** @throws DataError when nothing can be read; the signal's reason when it is aborted */
export async function inspectDataset(
  dataset: Reader | Collection,
  { data, seed = 1, augmentation, limits = USUAL_LIMITS, signal, onProgress }: InspectOptions,
): Promise<Inspected> {
  const { info } = dataset;
  const positions = examinedPositions(dataset, limits, seed);
  const unreadable: UnreadableFile[] = [];
  const open = (from: number, share: number): OpenOptions => ({
    ...(signal ? { signal } : {}),
    onProgress: (fraction) => onProgress?.(from + share * fraction),
  });
  const survey = new Survey(dataset);
  const isKnown = await surveyExamples(
    dataset,
    positions,
    survey,
    (position, reason) => unreadable.push({ file: dataset.name(position), reason }),
    open(0, SURVEY_SHARE),
  );
  const problems = [...info.problems, ...unreadable].map(({ file, reason }) => ({
    file: withinDataset(file, info.path),
    reason,
  }));
  const counts = countClasses(dataset);
  const quantities = info.labelSets ? null : rangeOf(Object.keys(counts.classes));
  const surveyed = survey.result();
  const most = TYPICAL[info.kind];
  const typical = isKnown ? typicalPositions(dataset, positions, most, seed) : [];
  const { examples, pictures } = await showExamples(
    dataset,
    namedPositions({ ...surveyed, typical }),
    open(SURVEY_SHARE, 1 - SURVEY_SHARE),
  );
  const drawn = drawnSplits(dataset, data, seed);
  const plan = drawn && (await planOf(dataset, data, drawn, signal));
  const tokensOf = plan && tokensBy(plan);
  if (tokensOf)
    for (const example of examples) if (example.text !== undefined) example.tokens = tokensOf(uncut(example.text));
  const inTraining = new Set(drawn?.training);
  const facts: Omit<Inspection, 'findings'> = {
    path: info.path,
    kind: info.kind,
    format: info.format,
    title: detectors.find(({ name }) => name === info.format)?.title ?? info.format,
    reason: await reasonOf(dataset, data),
    count: info.count,
    shape: info.shape,
    examined: isKnown ? positions.length : 0,
    ...counts,
    quantities,
    imbalance: quantities ? null : imbalanceOf(counts.classesBySplit.train ?? counts.classes),
    splits: splitCounts(dataset),
    drawn: drawn && countsOf(drawn),
    prepared: plan && { shape: plan.preparation.shape, notes: plan.notes },
    augmentation:
      drawn && plan && augmentation !== null
        ? await showViews(
            dataset,
            plan,
            drawn.training,
            typical.filter((position) => inTraining.has(position)),
            { augmentation, seed, ...(signal && { signal }) },
            pictures,
          )
        : null,
    ...surveyed,
    problemCount: problems.length,
    problems: problems.slice(0, LISTED),
    typical: shownOf(typical, examples),
    examples,
  };
  return { inspection: { ...facts, findings: findingsOf(facts, info.remarks) }, pictures };
}

/** @returns false when this kind of dataset is none that is known here: nothing was visited */
async function surveyExamples(
  dataset: Reader | Collection,
  positions: Int32Array,
  survey: Survey,
  unreadable: (position: number, reason: string) => void,
  options: OpenOptions,
): Promise<boolean> {
  if (!isReader(dataset) && (dataset.kind === 'image' || dataset.kind === 'sound')) {
    await glanceAtFiles(dataset as Collection<'image' | 'sound'>, positions, survey, unreadable, options);
    return true;
  }
  return visitExamples(
    dataset,
    positions,
    (position, example) => {
      if ('reason' in example) unreadable(position, example.reason);
      else survey.add(position, example);
    },
    options,
  );
}

/** A file's name within the dataset, as its examples are called; the whole path of what lies elsewhere. */
function withinDataset(file: string, dataset: string): string {
  const relative = path.isAbsolute(file) ? path.relative(dataset, file) : file;
  return relative === '' || relative.startsWith('..') ? file : relative.split(path.sep).join('/');
}

function splitCounts({ info }: Reader | Collection): Inspection['splits'] {
  const count = (name: string): number => info.splits.find((split) => split.name === name)?.count ?? 0;
  return { train: count('train'), validation: count('validation'), test: count('test') };
}

function drawnSplits(dataset: Reader | Collection, data: DataOptions, seed: number): ChosenSplits | null {
  try {
    return chooseSplits(dataset, dataset.labels, data, seed);
  } catch (error) {
    if (error instanceof DataError) return null; // e.g. a single example: it shows in the counts
    throw error;
  }
}

function countsOf({ training, validation, test, validationFrom }: ChosenSplits): DrawnSplits {
  return { training: training.length, validation: validation.length, test: test?.length ?? 0, validationFrom };
}

/** Null for data that are not prepared here; that training says why is enough. */
async function planOf(
  dataset: Reader | Collection,
  data: DataOptions,
  drawn: ChosenSplits,
  signal: AbortSignal | undefined,
): Promise<Plan<Preparation> | null> {
  try {
    return await planPreparation(dataset, data, drawn, { glance: true, ...(signal ? { signal } : {}) });
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/**
 * Why it is read so, and how else it could be. Empty for a format that does not tell, or data that have moved since they
 * were opened.
 */
async function reasonOf({ info }: Reader | Collection, data: DataOptions): Promise<string> {
  const { format, filePattern, labelColumn, labelSeparator } = data;
  const chosen = {
    ...(format !== 'auto' && { format }),
    ...(filePattern !== null && { filePattern }),
    ...(labelColumn !== null && { labelColumn }),
    ...(labelSeparator !== null && { labelSeparator }),
    ...(info.format === 'text' && data.text.unit !== null && { text: { unit: data.text.unit } }),
  };
  if (Object.keys(chosen).length > 0)
    return t('It is read so because the recipe or an option says {0}.', choiceText(chosen));
  try {
    const detections = await detectDataset(info.path);
    const detection = detections.find(({ format }) => format === info.format);
    return detection ? [detection.reason, ...(detection.others ?? []).map(otherReadingText)].join(' ') : '';
  } catch (error) {
    if (error instanceof DataError) return '';
    throw error;
  }
}

/** All positions that an inspection names, each once. */
function namedPositions({
  typical,
  duplicates,
  blank,
  sizes,
  lengths,
}: Pick<Inspection, 'typical' | 'duplicates' | 'blank' | 'sizes' | 'lengths'>): number[] {
  const pairs = [...duplicates.exact.pairs, ...(duplicates.near?.pairs ?? [])];
  return [
    ...new Set([
      ...typical,
      ...pairs.flatMap(({ first, second }) => [first, second]),
      ...blank.positions,
      ...(sizes ? [sizes.smallest.position, sizes.largest.position] : []),
      ...(lengths ? [lengths.shortest.position, lengths.longest.position] : []),
    ]),
  ].sort((a, b) => a - b);
}

function shownOf(positions: number[], examples: ShownExample[]): number[] {
  const shown = new Set(examples.map(({ position }) => position));
  return positions.filter((position) => shown.has(position));
}
