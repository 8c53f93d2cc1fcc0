import type { ModeDescription } from '../../recipe/description.js';

/** How much of a network learns a task, and when. */
export interface Mode {
  description: ModeDescription;
  /** Whether the encoder starts from what another run has learned. */
  startsFromRun: boolean;
  /** What is found at once, from the codes of all training examples, before any step. */
  solves: 'head' | 'neighbours' | null;
  plan(options: Record<string, unknown>, layers: readonly string[]): Plan;
}

export interface Plan {
  /** Names of encoder layers that never change. */
  frozen: readonly string[];
  /** Factor of the learning rate of an encoder layer at an epoch, 0..1; 0 while it stays as it is. */
  rate(layer: string, epoch: number): number;
  /** The same of the head; 0 when steps do not change it. */
  headRate: number;
}
