import { t } from '../../protocol/l10n.js';
import type { EngineName } from '../../protocol/run.js';
import type { EngineChoice } from '../../recipe/recipe.js';
import { startCpu } from './cpu.js';
import type { Engine } from './engine.js';
import { startTensorflow } from './tensorflow.js';
import { startWasm } from './wasm.js';

/** Engines from the fastest to the one that always runs: the order in which "auto" tries them. */
export const engineNames: readonly EngineName[] = ['tensorflow', 'wasm', 'cpu'];

/** Where engines find what is not JavaScript. */
export interface EnginePlaces {
  /** Paths of tfjs_binding.node to try, in order; they need not exist. */
  bindings: string[];
  /** Folder of the WebAssembly modules, with a separator at its end. */
  wasmFolder: string;
  /** Threads within one operation of the tensorflow engine. */
  threads: number;
}

/** An engine that was passed over, and why. */
export interface PassedOver {
  name: EngineName;
  reason: string;
}

/** No engine that was asked for loads. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    message: string,
    /** Each that was tried, with the reason. */
    readonly passedOver: PassedOver[],
  ) {
    super(message);
  }
}

/** Starts the engine of that name, or with "auto" the first that loads. @throws EngineError with every reason when none does. */
export async function startEngine(
  choice: EngineChoice,
  places: EnginePlaces,
): Promise<{ engine: Engine; passedOver: PassedOver[] }> {
  const passedOver: PassedOver[] = [];
  for (const name of choice === 'auto' ? engineNames : [choice]) {
    try {
      return { engine: await start(name, places), passedOver };
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = passedOver.map(({ name, reason }) => (choice === 'auto' ? `${name}: ${reason}` : reason)).join(' ');
  throw new EngineError(t('The engine "{0}" does not load here. {1}', choice, reasons), passedOver);
}

async function start(name: EngineName, places: EnginePlaces): Promise<Engine> {
  switch (name) {
    case 'tensorflow':
      return startFirst(places);
    case 'wasm':
      return startWasm({ folder: places.wasmFolder });
    case 'cpu':
      return startCpu();
    default: // the record of a run from another version may name any
      throw new Error(t('This version has no such engine.'));
  }
}

async function startFirst({ bindings, threads }: EnginePlaces): Promise<Engine> {
  const reasons: string[] = [];
  for (const binding of bindings) {
    try {
      return await startTensorflow({ binding, threads });
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    reasons.length > 0
      ? reasons.join(' ')
      : t(
          "TensorFlow's native library is not installed. The command Install Native Engine (pretrain engines --install) installs it.",
        ),
  );
}
