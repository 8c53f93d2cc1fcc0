import { counted, formatCount, t } from '../../protocol/l10n.js';
import type { Diagnosis, Metrics } from '../loop.js';
import type { Codes } from './codes.js';

/** What is known after an epoch. */
export interface Measured {
  epoch: number;
  /** null where no step has one. */
  trainingLoss: number | null;
  validation: Metrics | null;
  /** Loss of the first step, before anything was learnt; null when unknown. */
  first: number | null;
  /** Where they were looked at after this epoch. */
  codes: Codes | null;
}

/** A rule tells what is wrong, null when nothing is, undefined where it cannot be judged. */
interface Rule {
  /** @param history oldest first, the last one is judged @param now the last one */
  find(history: readonly Measured[], now: Measured): Diagnosis | null | undefined;
  /** What is told when it is over; null tells nothing. */
  over(): string | null;
}

/** A rule must find nothing so many times in a row before what it told is over. */
const QUIET = 3;

/** Tells once what the rules find, and when it is over. */
export class Diagnostician {
  private readonly history: Measured[] = [];
  /** What was told and is not over: its level, and how many times nothing was found since. */
  private readonly told = new Map<Rule, { level: Diagnosis['level']; quiet: number }>();
  private readonly rules: readonly Rule[];

  /** @param isGame whether several objectives play against each other: the first one's loss then tells nothing */
  constructor(isGame: boolean) {
    this.rules = [
      deadUnits,
      collapse,
      posteriorCollapse,
      modeCollapse,
      ...(isGame ? [] : [overfitting, noLearning, floor]),
    ];
  }

  /** After each epoch; one that was passed before and trained again counts anew. */
  examine(measured: Measured): Diagnosis[] {
    const { history, told } = this;
    const past = history.findIndex(({ epoch }) => epoch >= measured.epoch);
    if (past >= 0) history.length = past;
    for (const before of history) before.codes = null; // rules look at the newest ones only
    history.push(measured);
    return this.rules.flatMap((rule): Diagnosis[] => {
      const found = rule.find(history, measured);
      const before = told.get(rule);
      if (found) {
        told.set(rule, { level: found.level, quiet: 0 });
        return before?.level === found.level ? [] : [found];
      }
      if (found === undefined || !before || ++before.quiet < QUIET) return [];
      told.delete(rule);
      const message = rule.over();
      return message === null ? [] : [{ level: 'good', message }];
    });
  }
}

/** Units of a code that are zero for every example: behind them a relu lets no gradient through any more. */
const deadUnits: Rule = {
  find(_, { codes }) {
    if (!codes || codes.count < 2) return undefined;
    const { width, data } = codes;
    const alive = new Uint8Array(width);
    for (let i = 0; i < data.length; i++) if (data[i] !== 0) alive[i % width] = 1;
    const dead = alive.reduce((sum, one) => sum + 1 - one, 0);
    if (dead === 0) return null;
    return {
      level: dead * 2 >= width ? 'problem' : 'warning',
      message: t(
        '{0} of {1} code units are zero for each of {2} examples: they hold nothing.',
        formatCount(dead),
        formatCount(width),
        formatCount(codes.count),
      ),
      advice: t('A smaller code may do as well; a lower learning rate at the start keeps units alive.'),
      recipePath: ['encoder'],
    };
  },
  over: () => t('All code units are in use again.'),
};

/** Part of 1 / √width below which the deviation of normalised codes counts as collapsed. */
const COLLAPSED = 0.05;

/**
 * All codes point the same way: the standard deviation of each number of codes of length 1, meant over numbers, is near 0
 * instead of 1 / √width (Chen & He 2021, "Exploring simple siamese representation learning", section 4.1).
 */
const collapse: Rule = {
  find(_, { codes }) {
    if (!codes || codes.count < 10 || codes.width < 2) return undefined;
    const share = normalisedDeviation(codes) * Math.sqrt(codes.width);
    if (!(share < COLLAPSED)) return null;
    return {
      level: 'problem',
      message: t(
        'The codes of {0} examples are nearly all the same: normalised, they vary by {1} % of what evenly spread codes would.',
        formatCount(codes.count),
        (100 * share).toPrecision(2),
      ),
      advice: t('Try a lower learning rate, or larger batches; of methods without negatives another one.'),
      recipePath: ['pretrain', 'optimizer', 'learningRate'],
    };
  },
  over: () => t('The codes differ from example to example again.'),
};

/** Standard deviation over codes of length 1, meant over their numbers; 0 where all are zero. */
export function normalisedDeviation({ count, width, data }: Codes): number {
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    const code = data.subarray(row * width, (row + 1) * width);
    const length = Math.sqrt(code.reduce((sum, value) => sum + value * value, 0)) || 1;
    code.forEach((value, i) => {
      sums[i] = (sums[i] as number) + value / length;
      squares[i] = (squares[i] as number) + (value / length) ** 2;
    });
  }
  let sum = 0;
  for (let i = 0; i < width; i++)
    sum += Math.sqrt(Math.max(0, (squares[i] as number) / count - ((sums[i] as number) / count) ** 2));
  return sum / width;
}

/** Nats per example below which a variational code holds nothing. */
const NOTHING = 0.1;

/** The code of a variational autoencoder is always the same normal distribution (Bowman et al. 2016, section 3.1). */
const posteriorCollapse: Rule = {
  find(_, { validation, epoch }) {
    const kl = validation?.['kl'];
    if (kl === undefined || epoch < 2) return undefined;
    if (kl >= NOTHING) return null;
    return {
      level: 'problem',
      message: t(
        'The code holds almost nothing of an example ({0} nats): the decoder makes the same of all (posterior collapse).',
        kl.toFixed(3),
      ),
      advice: t('Try "warmupEpochs", "freeBits", or a smaller "beta".'),
      recipePath: ['pretrain', 'beta'],
    };
  },
  over: () => t('The code is in use again.'),
};

/** Part of the examples' variance below which what a generator makes counts as all the same. */
const ALIKE = 0.1;

/** A generator makes nearly the same of any noise (Salimans et al. 2016, "Improved techniques for training GANs", section 3.2). */
const modeCollapse: Rule = {
  find(_, { validation }) {
    const variety = validation?.['variety'];
    if (variety === undefined) return undefined;
    if (variety >= ALIKE) return null;
    return {
      level: 'problem',
      message: t(
        'The generator makes nearly the same whatever it starts from: its examples vary by {0} % of what real ones do (mode collapse).',
        (100 * variety).toPrecision(2),
      ),
      advice: t('Try "stabilisation": "r1", or a lower learning rate.'),
      recipePath: ['pretrain', 'stabilisation'],
    };
  },
  over: () => t('What the generator makes varies again.'),
};

/** Epochs after the best one until a rising validation loss is told of; part of all progress by which it must have risen. */
const [LATER, RISE] = [5, 0.05];

/** The validation loss has risen again while the training loss kept falling. */
const overfitting: Rule = {
  find(history, now) {
    const losses = history.map(({ validation }) => validation?.['loss'] ?? NaN);
    const last = losses.length - 1;
    if (last < LATER || losses.some(Number.isNaN)) return undefined;
    const best = losses.indexOf(Math.min(...losses));
    const [low, high, loss] = [losses[best] as number, losses[0] as number, losses[last] as number];
    const start = Math.max(high, now.first ?? high);
    const [bestLoss, lastLoss] = [(history[best] as Measured).trainingLoss, now.trainingLoss];
    if (bestLoss === null || lastLoss === null) return undefined;
    if (last - best < LATER || lastLoss >= bestLoss || loss - low < RISE * (start - low)) return null;
    return {
      level: 'warning',
      message: t(
        'Overfitting: the validation loss was lowest in epoch {0} ({1}) and is now {2}, while the training loss still falls.',
        (history[best] as Measured).epoch,
        low.toPrecision(4),
        loss.toPrecision(4),
      ),
      advice: t('Set "earlyStopping", which ends with the best weights; or use more data or a smaller network.'),
      recipePath: ['pretrain', 'earlyStopping'],
    };
  },
  over: () => t('The validation loss falls with the training loss again.'),
};

/** Epochs before one is told that nothing is learnt; part of the first loss that counts as learning. */
const [PATIENCE, FALL] = [3, 0.01];

/** The training loss is where it was before the first step. */
const noLearning: Rule = {
  find(history, { first, trainingLoss }) {
    if (first === null || trainingLoss === null || history.length < PATIENCE) return undefined;
    if (first - trainingLoss >= FALL * Math.abs(first)) return null;
    return {
      level: 'problem',
      message: t(
        'Nothing is learnt: the training loss is {0}, and was {1} before the first step.',
        trainingLoss.toPrecision(4),
        first.toPrecision(4),
      ),
      advice: t(
        'Try another learning rate, ten times as large or a tenth, and look whether the data are what they should be.',
      ),
      recipePath: ['pretrain', 'optimizer', 'learningRate'],
    };
  },
  over: () => t('The training loss falls now.'),
};

/** Epochs that are compared, and part of all progress that they must still have brought. */
const [EPOCHS, PROGRESS] = [10, 0.002];

/** Loss at its floor: the last epochs have brought nearly nothing. */
const floor: Rule = {
  find(history, { first, trainingLoss }) {
    if (first === null || trainingLoss === null || history.length < 2 * EPOCHS) return undefined;
    const mean = (part: readonly Measured[]) =>
      part.reduce((sum, one) => sum + (one.validation?.['loss'] ?? one.trainingLoss ?? NaN), 0) / part.length;
    const [before, after] = [mean(history.slice(-2 * EPOCHS, -EPOCHS)), mean(history.slice(-EPOCHS))];
    if (first - trainingLoss < FALL * Math.abs(first) || Math.abs(before - after) > PROGRESS * (first - after))
      return null;
    return {
      level: 'good',
      message: t(
        'The loss has reached its floor: the last {0} brought less than {1} % of all progress.',
        counted(EPOCHS, '{0} epoch', '{0} epochs'),
        100 * PROGRESS,
      ),
      advice: t('More epochs will hardly help; a wider code, or a learning rate that falls, may.'),
      recipePath: ['pretrain', 'epochs'],
    };
  },
  over: () => null,
};
