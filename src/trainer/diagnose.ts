import { execFile } from 'node:child_process';
import { t } from '../protocol/l10n.js';
import { EngineError, startEngine, engineNames } from '../learn/engine/index.js';
import { train, type Source } from '../learn/loop.js';
import type { EngineName } from '../protocol/run.js';
import type { EngineDiagnosis } from '../protocol/trainer.js';
import { stream } from '../protocol/random.js';
import { buildLearner } from './cost.js';
import { enginePlaces } from './places.js';
import { primerRecipe } from './primer.js';

/** Timing ends after this many steps, or when it has taken this long and there are three. */
const STEPS = 30;
const MILLISECONDS = 1500;
/** Pixels of an image of MNIST. */
const WIDTH = 784;

/** One engine after the other, each in a process of its own: native code that does not fit this machine can end it. */
export async function diagnoseEngines(): Promise<EngineDiagnosis[]> {
  const rows: EngineDiagnosis[] = [];
  for (const name of engineNames) rows.push(await diagnoseApart(name));
  return rows;
}

function diagnoseApart(name: EngineName): Promise<EngineDiagnosis> {
  const program = process.argv[1] ?? __filename;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...process.execArgv, program, 'engines', '--only', name, '--json'],
      { timeout: 60_000, maxBuffer: 1 << 20 },
      (error, stdout, stderr) => {
        try {
          const { engines } = JSON.parse(stdout.trim().split('\n').pop() ?? '') as { engines: [EngineDiagnosis] };
          resolve(engines[0]);
        } catch {
          const why = error?.signal
            ? t('the process that loaded it was ended by {0}', error.signal)
            : stderr.trim().split('\n').at(-1) || (error?.message ?? t('it said nothing'));
          resolve({ name, loads: false, reason: why, version: null, threads: null, stepMilliseconds: null });
        }
      },
    );
  });
}

/** Loads one engine in this process and times a training step of the primer's autoencoder: 784-32-784, batch of 256. */
export async function diagnoseEngine(name: EngineName): Promise<EngineDiagnosis> {
  try {
    const { engine } = await startEngine(name, enginePlaces());
    const { version, threads } = engine.facts;
    const recipe = primerRecipe();
    const options = { ...recipe.pretrain, epochs: STEPS };
    const times: number[] = [];
    const begin = performance.now();
    let last = begin;
    await train({
      engine,
      learner: buildLearner(recipe, { shape: [WIDTH] }),
      options,
      training: noise(options.batchSize, WIDTH),
      validation: null,
      previewPositions: Int32Array.of(0),
      start: null,
      observer: {
        beforeStep: () => (times.length >= 3 && performance.now() - begin > MILLISECONDS ? 'stop' : 'go'),
        afterStep: () => {
          const now = performance.now();
          times.push(now - last);
          last = now;
        },
        afterEpoch: () => undefined,
        checkpoint: () => Promise.resolve(),
        wantsPreview: () => false,
        preview: () => (last = performance.now()),
        wentBack: () => undefined,
        diagnosis: () => undefined,
      },
    });
    times.sort((a, b) => a - b);
    return { name, loads: true, reason: null, version, threads, stepMilliseconds: times[times.length >> 1] ?? null };
  } catch (error) {
    return {
      name,
      loads: false,
      reason: reasonOf(error),
      version: null,
      threads: null,
      stepMilliseconds: null,
    };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof EngineError) return error.passedOver.map(({ reason }) => reason).join(' ');
  return error instanceof Error ? error.message : String(error);
}

/** One batch, so that an epoch is a step. */
function noise(count: number, width: number): Source {
  const random = stream(1, 'diagnosis');
  const data = Float32Array.from({ length: count * width }, () => random.uniform());
  return { count, shape: [width], labels: null, batch: (positions) => data.slice(0, positions.length * width) };
}
