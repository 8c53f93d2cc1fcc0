/** Some examples beside views of them, as augmentation makes them. */
import { VIEWS, viewTensor, type Inspection, type ShownView, type ShownViews } from '../../protocol/inspection.js';
import { t } from '../../protocol/l10n.js';
import type { NamedTensor, TensorFile } from '../../protocol/safetensors.js';
import { augmentationOption, type AugmentationOptions } from '../../recipe/augmentation.js';
import { filled } from '../../recipe/defaults.js';
import { augment, augmenterOf, othersAt, type Augmentation, type ViewKey } from '../augment/index.js';
import { augmentationOf, strengthsOf, type Strengths } from '../augment/ofDataset.js';
import { prepareFew } from '../prepare/index.js';
import type { Assets, Plan, Preparation } from '../prepare/preparation.js';
import type { TablePreparation } from '../prepare/table.js';
import { TOKENIZER_FILE } from '../prepare/text.js';
import type { Collection, OpenOptions, Reader } from '../reader.js';
import { shownCells, shownColumns } from '../table/restore.js';
import { occurring } from '../text/bag.js';
import { textOfTokens } from '../text/tokenizer/tokenText.js';
import { MAX_VALUES, thumbnail } from './show.js';
import { MAX_TOKENS } from './tokens.js';

/** Of so many examples so many views each. */
const EXAMPLES = 6;
const VIEWS_EACH = 5;

export interface ViewsOptions extends OpenOptions {
  /** The recipe's; without one a recipe's defaults. */
  augmentation: AugmentationOptions | undefined;
  seed: number;
}

/**
 * Writes views into the file of pictures.
 * @param training positions: rows of which others may be mixed in
 * @param candidates positions, of which the first that can be prepared are shown
 */
export async function showViews(
  dataset: Reader | Collection,
  plan: Plan<Preparation>,
  training: Int32Array,
  candidates: readonly number[],
  { augmentation: given, seed, ...open }: ViewsOptions,
  { tensors, metadata }: TensorFile,
): Promise<Inspection['augmentation']> {
  const { preparation, assets = {} } = plan;
  const options = given ?? (filled(augmentationOption, {}) as unknown as AugmentationOptions); // as its schema says
  const augmentation = augmentationOf(dataset.info, preparation, options);
  const augmenter = augmenterOf(augmentation);
  const chosen = Int32Array.from(candidates.slice(0, EXAMPLES)).sort();
  const keys = Array.from({ length: VIEWS_EACH }, (_, view): ViewKey => ({ seed, step: 0, view }));
  const others = keys.map((key) =>
    augmenter.mixes ? othersAt(key, chosen, training.length).map((index) => training[index] as number) : chosen,
  );
  const wanted = Int32Array.from(new Set([chosen, ...others].flatMap((positions) => Array.from(positions)))).sort();
  const prepared = await prepareFew(dataset, plan, wanted, open);
  const write = contentOf(augmentation, preparation, assets);
  const withoutNoise = augmenterOf({ ...augmentation, options: { ...options, table: { ...options.table, noise: 0 } } });
  const examples: ShownViews['examples'] = [];
  chosen.forEach((position, row) => {
    const own = prepared.get(position);
    if (!own) return;
    const values = Float32Array.from(own);
    const views = keys.map((key, view) => {
      const other = prepared.get(others[view]?.[row] as number);
      if (!other) return null;
      const made = (by: typeof augmenter): Float32Array =>
        augment(by, key, Int32Array.of(position), values, Float32Array.from(augmenter.mixes ? other : []));
      return { values: made(augmenter), noiseless: made(withoutNoise) };
    });
    const all = [{ values, noiseless: values }, ...views.filter((view) => view !== null)];
    examples.push({
      position,
      name: dataset.name(position),
      views: all.map((view, index) => {
        const { tensor, shown } = write(view.values, view.noiseless, values);
        if (tensor) tensors[viewTensor(position, index)] = tensor;
        return shown;
      }),
    });
  });
  if (examples.length === 0) return null;
  const columns = isTable(preparation) && shownColumns(preparation.columns).map(({ name }) => name);
  const shown: ShownViews = { ...(columns && { columns }), examples };
  metadata[VIEWS] = JSON.stringify(shown);
  const strengths = strengthsOf(augmentation);
  return { kind: augmentation.kind, strengths, sentence: sentenceOf(strengths, seed, given !== undefined) };
}

function sentenceOf(strengths: Strengths, seed: number, isRecipes: boolean): string {
  const on = Object.entries(strengths).map(([name, value]) => (value === true ? name : `${name} ${value}`));
  if (on.length === 0) return t('The recipe’s "augmentation" turns all changes off for this kind of data.');
  const list = on.join(', ');
  if (isRecipes) return t('As the recipe’s "augmentation" changes examples with the seed {0}: {1}.', seed, list);
  return t('As "augmentation" of a recipe changes examples where it says nothing else: {0}.', list);
}

type Content = (
  values: Float32Array,
  /** The same without noise, which changes each value of a row. */
  noiseless: Float32Array,
  original: Float32Array,
) => { tensor?: NamedTensor; shown: ShownView };

function contentOf({ kind, shape, vocabulary }: Augmentation, preparation: Preparation, assets: Assets): Content {
  const tokenizer = assets[TOKENIZER_FILE];
  if (preparation.kind === 'text' && tokenizer !== undefined) {
    const textOf = textOfTokens(tokenizer, TOKENIZER_FILE);
    const isBag = preparation.features === 'bag';
    return (values) => {
      const ids = isBag ? occurring(values) : Array.from(values).filter((id) => id !== vocabulary?.pad);
      const text = ids
        .slice(0, MAX_TOKENS)
        .map((id) => (isBag ? textOf(id).trim() : textOf(id)))
        .join(isBag ? ' · ' : '')
        .trim();
      return { shown: { text: ids.length > MAX_TOKENS ? `${text}…` : text } };
    };
  }
  if (isTable(preparation)) {
    const cellsOf = (row: Float32Array): string[] => shownCells(preparation.columns, row);
    return (values, noiseless, original) => {
      const before = cellsOf(original);
      const replaced = cellsOf(noiseless).flatMap((cell, i) => (cell === before[i] ? [] : [i]));
      return { shown: { cells: cellsOf(values), replaced } };
    };
  }
  if (kind === 'image')
    return (values) => ({
      tensor: thumbnail(
        Uint8Array.from(values, (value) => Math.round(255 * value)),
        shape,
      ),
      shown: {},
    });
  if (kind === 'sound') return (values) => ({ tensor: bandsFirst(values, shape), shown: {} });
  return (values) => {
    const data = values.slice(0, MAX_VALUES);
    return { tensor: { shape: [data.length], data }, shown: {} };
  };
}

/** Ids of the tokens that a bag holds, noise passed over. */
/** @param shape [frames, bands, 1] */
function bandsFirst(values: Float32Array, [frames = 0, bands = 0]: readonly number[]): NamedTensor {
  const data = new Uint8Array(frames * bands);
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++)
      data[band * frames + frame] = Math.round(255 * (values[frame * bands + band] as number));
  return { shape: [bands, frames], data };
}

function isTable(preparation: Preparation): preparation is TablePreparation {
  return preparation.kind === 'table';
}
