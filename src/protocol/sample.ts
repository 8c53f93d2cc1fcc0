/**
 * `samples/<step>.safetensors`: what the monitor shows beside the curves at one step. The tensors are in the file; its
 * metadata hold { step, epoch, views }, each a JSON text, `views` an array of {@link SampleView} that says which
 * tensors to draw and how. A method adds views through its preview; the monitor has one drawing for each kind.
 *
 * Where a view takes examples, its tensor holds them in one of three ways:
 * - pictures like those of {@link ReconstructionView};
 * - ids of tokens as in {@link TokensView};
 * - rows of a table as in {@link CellsView}.
 */
export type SampleView =
  | ReconstructionView
  | WeightsView
  | GridView
  | ActivityView
  | PairsView
  | MatrixView
  | GuessesView
  | LabelsView
  | AgreementView
  | TokensView
  | CellsView
  | ConfusionView
  | CalibrationView
  | LabelScoresView
  | ScatterView
  | MapView;

/**
 * Rows of examples: input, what the model saw if that is something else (noise, masks), output. Each tensor has shape
 * [count, height, width, channels], uint8 0..255; channels 1 (grey) or 3 (RGB). The error is output - input, drawn by
 * the monitor.
 */
export interface ReconstructionView {
  kind: 'reconstruction';
  /** Where the examples come from, e.g. "validation". */
  from: string;
  input: string;
  seen?: string;
  output: string;
}

/** First-layer weights as pictures: tensor [shown, height, width, channels] float32, each picture scaled by its own maximum. */
export interface WeightsView {
  kind: 'weights';
  tensor: string;
  /** How many units the layer has; the tensor may hold fewer. */
  total: number;
}

/**
 * Pictures that a model made up, in rows of so many columns: tensor [count, height, width, channels] as in
 * {@link ReconstructionView}.
 */
export interface GridView {
  kind: 'grid';
  /**
   * "samples" from random codes, the same at each step; "plane" of codes of two numbers, the first one growing to the
   * right and the second upwards; "walk" from one example to another, one pair a row.
   */
  content: 'samples' | 'plane' | 'walk';
  tensor: string;
  columns: number;
}

/** How often each unit of the code is active: tensor [units] float32, shares 0..1 of the latest examples. */
export interface ActivityView {
  kind: 'activity';
  tensor: string;
}

/** Two views of each example. */
export interface PairsView {
  kind: 'pairs';
  from: string;
  /** Examples. */
  first: string;
  second: string;
  /** Tensor [count, count] float32: cosine similarity, -1..1, of each first view (row) with each second one (column). */
  similarity: string;
}

/** A cross-correlation: tensor [rows, columns] float32, each -1..1. Rows are features of first views, columns of second ones. */
export interface MatrixView {
  kind: 'matrix';
  tensor: string;
}

/** What class the network takes each example for. */
export interface GuessesView {
  kind: 'guesses';
  from: string;
  /** Examples. */
  input: string;
  classes: string[];
  /** The class of each example, -1 for none. */
  labels: number[];
  /** Tensor [count, classes] float32: each row sums to 1. */
  probabilities: string;
}

/** What labels the network gives examples that may have several, or none. */
export interface LabelsView {
  kind: 'labels';
  from: string;
  /** Examples. */
  input: string;
  /** Of the labels. */
  names: string[];
  /** Tensor [count, labels] uint8: 1 where an example has the label, else 0. */
  has: string;
  /** Tensor [count, labels] float32, 0..1; a label above 0.5 is given. */
  probabilities: string;
}

/**
 * A student beside its teacher: of labels, what class each takes an example for; of features, how alike what they make
 * of it is.
 */
export type AgreementView = {
  kind: 'agreement';
  from: string;
  /** Examples. */
  input: string;
} & (
  | {
      classes: string[];
      /** Tensors [count, classes] float32: each row sums to 1. */
      student: string;
      teacher: string;
    }
  /** Tensor [count] float32: cosine between the student's and the teacher's features, -1..1. */
  | { cosine: string }
);

/**
 * Texts, as ids of tokens: tensors int32 [count, any length], -1 where there is nothing. The text of each id that occurs is in
 * the file's metadata `tokens`, a JSON record from id to text; it is the text that the token adds to what stands before.
 */
export interface TokensView {
  kind: 'tokens';
  /**
   * "masked": `input` are texts, `output` of the same shape the model's guesses where a token was hidden from it;
   * "generated": `input` are beginnings of texts, `output` what the model writes after them;
   * "bag": `input` are the tokens that occur in each text, in no order of the text, `output` as many that the model holds
   * for the likeliest; both the likeliest first.
   */
  content: 'masked' | 'generated' | 'bag';
  /** Where the texts come from, e.g. "validation". */
  from: string;
  input: string;
  output: string;
  /** exp of the mean loss over tokens, of these texts; 1 is certainty, the size of the vocabulary chance. */
  perplexity?: number;
}

/**
 * Rows of a table: what each is, what the model saw if that is something else (noise, masks), what it makes of it. Tensors
 * [count, width] float32, as the network gets and gives them. The cells are in the file's metadata, so that nobody else needs to
 * know how they were prepared: `columns`, a JSON array of {@link ShownColumn}, and `rows`, a JSON record from the name of a
 * tensor to the cells of each row, as texts. Of a wide table both hold the first columns.
 */
export interface CellsView {
  kind: 'cells';
  from: string;
  input: string;
  seen?: string;
  output: string;
}

export interface ShownColumn {
  name: string;
  /** How many values of a row are this column's. */
  width: number;
}

/** What a classifier takes examples of each class for, with some of them. */
export interface ConfusionView {
  kind: 'confusion';
  /** Where the examples come from, e.g. "test". */
  from: string;
  classes: string[];
  /** Tensor [classes, classes] int32: how many examples of the row's class are taken for the column's. */
  counts: string;
  /** Examples of each cell, some, the surest first. */
  examples: string;
  /** Of each of these: its class, what it is taken for, and the probability of that. */
  labels: number[];
  guesses: number[];
  /** Tensor [examples] float32, 0..1. */
  confidences: string;
}

/** Whether a classifier is right as often as it says. */
export interface CalibrationView {
  kind: 'calibration';
  from: string;
  /** Tensor [bins, 3] float32: of equally wide parts of 0..1 the mean confidence, the part that is right, the count. */
  bins: string;
  /** Mean difference between the two, weighted by counts, 0..1. */
  expectedError: number;
}

/** How well each label is told where an example may have several, with some examples that are wrong in one. */
export interface LabelScoresView extends Omit<LabelsView, 'kind'> {
  kind: 'labelScores';
  /** Tensor [labels, 5] float32: examples that have it, precision, recall, F1, average precision. */
  scores: string;
  /** Of all labels, 0..1. */
  macroF1: number;
  microF1: number;
  meanAveragePrecision: number;
  /** Part of the examples of which every label is right. */
  subsetAccuracy: number;
  /** Part of all labels of all examples that are wrong. */
  hammingLoss: number;
}

/** What is predicted of numbers against what is true, both in the unit of the labels. */
export interface ScatterView {
  kind: 'scatter';
  from: string;
  /** Tensor [shown, 2] float32: true and predicted. */
  points: string;
  /** Of all examples, of which the tensor may hold fewer. */
  count: number;
  meanAbsoluteError: number;
  /** 1 - Σ (prediction - value)² / Σ (value - mean)², at most 1; null for one example. */
  r2: number | null;
}

/**
 * Codes of the same examples at each step as points of a plane. What the examples are is in `examples.safetensors` of the run folder, in the
 * same order.
 */
export interface MapView {
  kind: 'map';
  /** "pca": the first two principal components, turned so that the map is like the one before; "umap": laid out by UMAP. */
  method: 'pca' | 'umap';
  /** Where the examples come from, e.g. "validation". */
  from: string;
  /** Step at which the codes were taken: that of the sample, or an earlier one. */
  step: number;
  /** Tensor [count, 2] float32. */
  points: string;
  /** Tensor [count] uint8: the cluster of each code, of at most 8, by k-means. Numbers are kept from map to map. */
  clusters: string;
  /** Of principal components: the share of all variance that each of the two has, 0..1. */
  shares?: number[];
}

/**
 * The metadata of `examples.safetensors` of the run folder, each a JSON text. Its tensor "examples" holds the examples, pictures
 * made small; "labels" [count] int32 the class of each, -1 for none,
 * where there are classes; "values" [count] float32 the number that each is labelled with, NaN for none, where there are
 * numbers.
 */
export interface MapExamplesMetadata {
  /** Of classes. */
  classes?: string;
  /** What to call each example. */
  names: string;
  tokens?: string;
  columns?: string;
  rows?: string;
}
