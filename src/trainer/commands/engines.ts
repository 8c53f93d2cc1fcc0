import path from 'node:path';
import { engineNames } from '../../learn/engine/index.js';
import { diagnoseEngine, diagnoseEngines } from '../diagnose.js';
import { Stopped, UserError } from '../errors.js';
import { installNative, NativeError } from '../native.js';
import type { Output } from '../output.js';
import { jsonOption, type Command } from './command.js';

export const engines: Command = {
  name: 'engines',
  summary: "Tells which engines load here, and how fast they are; or installs TensorFlow's native library.",
  usage: '',
  words: [0, 0],
  options: {
    install: { type: 'boolean', summary: "install TensorFlow's native library" },
    to: { type: 'string', value: 'DIR', summary: "install it there instead of in the user's cache" },
    only: { type: 'string', value: 'NAME', summary: 'tell of this engine alone' },
    ...jsonOption,
  },
  example: 'pretrain engines',

  async run(_words, { install, to, only }, output) {
    if (install === true) return installTensorFlow(typeof to === 'string' ? path.resolve(to) : undefined, output);
    output.transient('Timing a training step of each engine ...');
    const name = engineNames.find((candidate) => candidate === only);
    if (only !== undefined && !name)
      throw new UserError(`There is no engine "${String(only)}". There are: ${engineNames.join(', ')}.`);
    const rows = name ? [await diagnoseEngine(name)] : await diagnoseEngines();
    output.object({ engines: rows });
    for (const { name, loads, reason, version, threads, stepMilliseconds } of rows) {
      if (loads)
        output.line(
          `${name.padEnd(10)}  version ${version ?? '?'}, ${threads ?? 1} thread${threads === 1 ? '' : 's'}, ${stepMilliseconds === null ? 'not timed' : `${stepMilliseconds.toFixed(1)} ms`} a step (784-32-784, batch of 256)`,
        );
      else output.line(`${name.padEnd(10)}  does not load: ${reason ?? 'unknown'}`);
    }
    return rows.some(({ loads }) => loads) ? 0 : 1;
  },
};

async function installTensorFlow(folder: string | undefined, output: Output): Promise<number> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  try {
    const { binding, how, version } = await installNative({
      folder,
      signal: abort.signal,
      onProgress: (message, fraction) => {
        output.object({ type: 'progress', message, fraction });
        output.transient(fraction === null ? `${message} ...` : `${message} ${Math.round(fraction * 100)} %`);
      },
    });
    output.object({ binding, how, version });
    output.line(
      how === 'present' ? `TensorFlow ${version} is installed.` : `TensorFlow ${version} has been installed.`,
    );
    return 0;
  } catch (error) {
    if (abort.signal.aborted) throw new Stopped('The installation was cancelled; nothing of it is left.');
    if (!(error instanceof NativeError)) throw error;
    if (output.json && error.log !== '') process.stderr.write(`${error.log.trimEnd()}\n`); // for the editor's log
    throw new UserError(error.message);
  }
}
