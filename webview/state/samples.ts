import { decodeSafetensors, type TensorFile } from '../../src/protocol/safetensors.js';
import { readCalibration, readConfusion, type Calibration, type Confusion } from './classifying.js';
import { readGiven, readLabelScores, type Given, type LabelScores } from './labels.js';
import {
  bytePictures,
  floatMatrix,
  pictureTensor,
  readCells,
  readExamples,
  tensorNamed,
  text,
  tokenRows,
  wordsOf,
  type Cells,
  type Examples,
  type Matrix,
  type Pictures,
} from './tensors.js';

export interface Reconstruction {
  from: string;
  input: Pictures<Uint8Array>;
  seen: Pictures<Uint8Array> | null;
  output: Pictures<Uint8Array>;
}

/** Rows of a table and what the network makes of them. */
export interface Rows {
  from: string;
  input: Cells;
  /** What the network saw, where that is something else. */
  seen: Cells | null;
  output: Cells;
  /** Of each row and column the largest distance between the values of input and output. */
  errors: Float32Array[];
}

export interface Weights {
  pictures: Pictures<Float32Array>;
  total: number;
}

export interface PictureGrid {
  /** "samples", "plane", "walk"; of a newer trainer perhaps another. */
  content: string;
  pictures: Pictures<Uint8Array>;
  columns: number;
}

/** Two views of each example. */
export interface Pairs {
  from: string;
  first: Examples;
  second: Examples;
  /** [count, count]: cosine similarity of each first view with each second one, -1..1. */
  similarity: Float32Array;
}

export interface Guesses {
  from: string;
  input: Examples;
  /** One for each example. */
  guesses: Guess[];
}

export interface Guess {
  /** The likeliest class, and how likely, 0..1. */
  guess: string;
  probability: number;
  /** Null where it is not known. */
  truth: string | null;
}

/** A student beside its teacher, for each example: what class each takes it for, or how alike their features are. */
export type Agreement = { from: string; input: Examples } & (
  | { opinions: Record<'student' | 'teacher', Guess>[]; cosines: null }
  /** -1..1 */
  | { opinions: null; cosines: Float32Array }
);

export interface Tokens {
  /** "masked", "generated", "bag"; of a newer trainer perhaps another. */
  content: string;
  from: string;
  /** One text each. */
  texts: TokenText[];
  /** Of these texts; NaN where it is not known. */
  perplexity: number;
}

export interface TokenText {
  /** Text of each token; empty where there is none. */
  input: string[];
  /** Masked: the guess for each token that was hidden, null for the others. Generated: what follows. Bag: the likeliest. */
  output: (string | null)[];
}

/** What is predicted of numbers against what is true. */
export interface Scatter {
  from: string;
  /** One pair after the other: true, predicted. */
  points: Float32Array;
  /** Examples, of which only some may be among the points. */
  count: number;
  /** NaN where they are not known. */
  meanAbsoluteError: number;
  r2: number;
}

/** Codes as points of a plane. */
export interface CodePoints {
  /** "pca", "umap"; of a newer trainer perhaps another. */
  method: string;
  from: string;
  /** Step at which the codes were taken. */
  step: number;
  /** One pair after the other. */
  points: Float32Array;
  /** The cluster of each. */
  clusters: Uint8Array;
  /** Share of all variance that the map shows, 0..1; NaN where it is not known. */
  share: number;
}

/** A file of `samples/`, checked; a view that it does not have is null. */
export interface Sample {
  step: number;
  epoch: number;
  reconstruction: Reconstruction | null;
  rows: Rows | null;
  weights: Weights | null;
  /** Each with other content. */
  grids: PictureGrid[];
  /** Share of the examples that each unit of the code is active in, 0..1. */
  activity: Float32Array | null;
  pairs: Pairs | null;
  /** Each -1..1. */
  matrix: Matrix | null;
  guesses: Guesses | null;
  labels: Given | null;
  labelScores: LabelScores | null;
  confusion: Confusion | null;
  calibration: Calibration | null;
  agreement: Agreement | null;
  tokens: Tokens | null;
  /** Of the view that came last: what is measured in the end counts more than a few examples. */
  scatter: Scatter | null;
  /** Each by another method; of one method that of the view that came last. */
  maps: CodePoints[];
  byteLength: number;
}

/** @throws Error with what is wrong. */
export function decodeSample(step: number, bytes: Uint8Array): Sample {
  const file = decodeSafetensors(bytes);
  const views: unknown = JSON.parse(file.metadata['views'] ?? '[]');
  const epoch: unknown = JSON.parse(file.metadata['epoch'] ?? 'null');
  const sample: Sample = {
    step,
    epoch: typeof epoch === 'number' ? epoch : NaN,
    reconstruction: null,
    rows: null,
    weights: null,
    grids: [],
    activity: null,
    pairs: null,
    matrix: null,
    guesses: null,
    labels: null,
    labelScores: null,
    confusion: null,
    calibration: null,
    agreement: null,
    tokens: null,
    scatter: null,
    maps: [],
    byteLength: bytes.byteLength,
  };
  if (!Array.isArray(views)) throw new Error('Its metadata "views" are not a list');
  for (const view of views as unknown[]) {
    if (typeof view !== 'object' || view === null) continue;
    const fields = view as Record<string, unknown>;
    if (fields['kind'] === 'reconstruction') sample.reconstruction ??= readReconstruction(file, fields);
    else if (fields['kind'] === 'cells') sample.rows ??= readRows(file, fields);
    else if (fields['kind'] === 'weights') sample.weights ??= readWeights(file, fields);
    else if (fields['kind'] === 'activity') sample.activity ??= readActivity(file, fields['tensor']);
    else if (fields['kind'] === 'pairs') sample.pairs ??= readPairs(file, fields);
    else if (fields['kind'] === 'matrix') sample.matrix ??= readMatrix(file, fields['tensor']);
    else if (fields['kind'] === 'guesses') sample.guesses ??= readGuesses(file, fields);
    else if (fields['kind'] === 'labels') sample.labels ??= readGiven(file, fields);
    else if (fields['kind'] === 'labelScores') sample.labelScores ??= readLabelScores(file, fields);
    else if (fields['kind'] === 'confusion') sample.confusion ??= readConfusion(file, fields);
    else if (fields['kind'] === 'calibration') sample.calibration ??= readCalibration(file, fields);
    else if (fields['kind'] === 'agreement') sample.agreement ??= readAgreement(file, fields);
    else if (fields['kind'] === 'tokens') sample.tokens ??= readTokens(file, fields);
    else if (fields['kind'] === 'scatter') sample.scatter = readScatter(file, fields);
    else if (fields['kind'] === 'map') addMap(sample.maps, readMap(file, fields, step));
    else if (fields['kind'] === 'grid') addGrid(sample.grids, readGrid(file, fields));
  }
  return sample;
}

function readReconstruction(file: TensorFile, view: Record<string, unknown>): Reconstruction {
  const input = bytePictures(file, view['input']);
  const output = bytePictures(file, view['output']);
  const seen = view['seen'] === undefined ? null : bytePictures(file, view['seen']);
  for (const other of [output, seen])
    if (other && other.data.length !== input.data.length) throw new Error('Input and output differ in shape');
  return { from: text(view['from']), input, seen, output };
}

function readRows(file: TensorFile, view: Record<string, unknown>): Rows {
  const [input, output] = [readCells(file, view['input']), readCells(file, view['output'])];
  const [truth, made] = [floatMatrix(file, view['input']), floatMatrix(file, view['output'])];
  if (truth.rows !== made.rows || truth.columns !== made.columns) throw new Error('Input and output differ in shape');
  const errors = input.rows.map((_, row) => {
    let at = row * truth.columns;
    return Float32Array.from(input.columns, ({ width }) => {
      let largest = 0;
      for (const end = at + width; at < end; at++)
        largest = Math.max(largest, Math.abs((made.data[at] ?? 0) - (truth.data[at] ?? 0)) || 0);
      return largest;
    });
  });
  const seen = view['seen'] === undefined ? null : readCells(file, view['seen']);
  return { from: text(view['from']), input, seen, output, errors };
}

function readWeights(file: TensorFile, view: Record<string, unknown>): Weights {
  const { tensor, shape } = pictureTensor(file, view['tensor']);
  if (!(tensor.data instanceof Float32Array)) throw new Error(`Tensor ${String(view['tensor'])} is not of type F32`);
  const total = typeof view['total'] === 'number' && Number.isFinite(view['total']) ? view['total'] : shape.count;
  return { pictures: { ...shape, data: tensor.data }, total };
}

/** More would push everything else off the page. */
const MAX_GRIDS = 8;

function addGrid(grids: PictureGrid[], grid: PictureGrid): void {
  if (grids.length < MAX_GRIDS && grids.every(({ content }) => content !== grid.content)) grids.push(grid);
}

function readGrid(file: TensorFile, view: Record<string, unknown>): PictureGrid {
  const pictures = bytePictures(file, view['tensor']);
  const { columns } = view;
  if (typeof columns !== 'number' || !Number.isInteger(columns) || columns < 1 || columns > pictures.count)
    throw new Error(`Its grid has ${String(columns)} columns for ${pictures.count} pictures`);
  return { content: text(view['content']), pictures, columns };
}

function readActivity(file: TensorFile, name: unknown): Float32Array {
  const tensor = typeof name === 'string' ? file.tensors[name] : undefined;
  if (!(tensor?.data instanceof Float32Array) || tensor.shape.length !== 1 || tensor.data.length === 0)
    throw new Error(`Tensor ${String(name)} is not a list of numbers`);
  return tensor.data.map((share) => Math.min(1, Math.max(0, share || 0)));
}

function readPairs(file: TensorFile, view: Record<string, unknown>): Pairs {
  const first = readExamples(file, view['first']);
  const second = readExamples(file, view['second']);
  if (first.count !== second.count || first.pictures?.data.length !== second.pictures?.data.length)
    throw new Error('First and second views differ in shape');
  const { rows, columns, data } = readMatrix(file, view['similarity']);
  if (rows !== first.count || columns !== first.count)
    throw new Error(`Its similarities are ${rows} x ${columns} for ${first.count} pairs`);
  return { from: text(view['from']), first, second, similarity: data };
}

function readMatrix(file: TensorFile, name: unknown): Matrix {
  const { data, rows, columns } = floatMatrix(file, name);
  return { rows, columns, data: data.map((value) => Math.min(1, Math.max(-1, value || 0))) };
}

function readGuesses(file: TensorFile, view: Record<string, unknown>): Guesses {
  const input = readExamples(file, view['input']);
  const { classes, labels } = view;
  if (!Array.isArray(labels)) throw new Error('Its guesses have no labels');
  const guesses = likeliest(file, view['probabilities'], classes, input.count, labels);
  return { from: text(view['from']), input, guesses };
}

/** @param tensor name of one with the probability of each class, for so many examples */
function likeliest(
  file: TensorFile,
  tensor: unknown,
  classes: unknown,
  count: number,
  labels: readonly unknown[] = [],
): Guess[] {
  const { data, rows, columns } = floatMatrix(file, tensor);
  if (rows !== count || !Array.isArray(classes) || classes.length !== columns)
    throw new Error(`Its guesses are ${rows} x ${columns} for ${count} examples`);
  const name = (label: unknown): string | null => {
    const found: unknown = typeof label === 'number' ? classes[label] : undefined;
    return found === undefined ? null : text(found);
  };
  return Array.from({ length: rows }, (_, row): Guess => {
    const chances = data.subarray(row * columns, (row + 1) * columns);
    const best = chances.reduce((most, chance, i) => (chance > (chances[most] ?? 0) ? i : most), 0);
    const probability = Math.min(1, Math.max(0, chances[best] ?? 0)) || 0;
    return { guess: name(best) ?? '', probability, truth: name(labels[row]) };
  });
}

function readAgreement(file: TensorFile, view: Record<string, unknown>): Agreement {
  const input = readExamples(file, view['input']);
  const common = { from: text(view['from']), input };
  const { cosine, classes } = view;
  if (cosine === undefined) {
    const [students, teachers] = [view['student'], view['teacher']].map((tensor) =>
      likeliest(file, tensor, classes, input.count),
    ) as [Guess[], Guess[]];
    const opinions = students.map((student, i) => ({ student, teacher: teachers[i] ?? student }));
    return { ...common, opinions, cosines: null };
  }
  const tensor = typeof cosine === 'string' ? file.tensors[cosine] : undefined;
  if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== input.count)
    throw new Error(`Tensor ${text(cosine)} is not a number for each of ${input.count} examples`);
  return { ...common, opinions: null, cosines: tensor.data.map((value) => Math.min(1, Math.max(-1, value || 0))) };
}

function readTokens(file: TensorFile, view: Record<string, unknown>): Tokens {
  const word = wordsOf(file);
  const [input, output] = [tokenRows(file, view['input']), tokenRows(file, view['output'])];
  const content = text(view['content']);
  if (input.length !== output.length || (content === 'masked' && input[0]?.length !== output[0]?.length))
    throw new Error('Its texts and what the network makes of them differ in shape');
  const { perplexity } = view;
  return {
    content,
    from: text(view['from']),
    texts: input.map((ids, row) => ({
      input: Array.from(ids, (id) => word(id) ?? ''),
      output: Array.from(output[row] ?? [], word),
    })),
    perplexity: typeof perplexity === 'number' ? perplexity : NaN,
  };
}

function readScatter(file: TensorFile, view: Record<string, unknown>): Scatter {
  const { rows, columns, data } = floatMatrix(file, view['points']);
  if (columns !== 2) throw new Error(`Its points have ${columns} coordinates`);
  const number = (value: unknown): number => (typeof value === 'number' ? value : NaN);
  return {
    from: text(view['from']),
    points: data,
    count: Math.max(rows, number(view['count']) || 0),
    meanAbsoluteError: number(view['meanAbsoluteError']),
    r2: number(view['r2']),
  };
}

const MAX_MAPS = 4;
const MAX_POINTS = 10_000;

function addMap(maps: CodePoints[], map: CodePoints): void {
  const same = maps.findIndex(({ method }) => method === map.method);
  if (same >= 0) maps[same] = map;
  else if (maps.length < MAX_MAPS) maps.push(map);
}

/** @param step of the sample, for a view that does not tell its own */
function readMap(file: TensorFile, view: Record<string, unknown>, step: number): CodePoints {
  const { rows, columns, data } = floatMatrix(file, view['points']);
  if (columns !== 2 || rows > MAX_POINTS) throw new Error(`Its map has ${rows} points of ${columns} coordinates`);
  if (!data.every(Number.isFinite)) throw new Error('Its map has points that are nowhere');
  const clusters = tensorNamed(file, view['clusters'])?.data;
  if (!(clusters instanceof Uint8Array) || clusters.length !== rows)
    throw new Error(`It does not say what clusters the ${rows} points of its map are in`);
  const { shares } = view;
  const known = Array.isArray(shares) ? shares.filter((share) => typeof share === 'number') : [];
  return {
    method: text(view['method']),
    from: text(view['from']),
    step: typeof view['step'] === 'number' ? view['step'] : step,
    points: data,
    clusters,
    share: known.length > 0 ? known.reduce((sum, share) => sum + share, 0) : NaN,
  };
}
