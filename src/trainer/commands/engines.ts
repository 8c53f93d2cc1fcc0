import path from 'node:path';
import { counted, t } from '../../protocol/l10n.js';
import { engineNames } from '../../learn/engine/index.js';
import { diagnoseEngine, diagnoseEngines } from '../diagnose.js';
import { Stopped, UserError } from '../errors.js';
import { installNative, NativeError } from '../native.js';
import type { Output } from '../output.js';
import { jsonOption, type Command } from './command.js';

export const engines: Command = {
  name: 'engines',
  summary: t("Tells which engines load here, and how fast they are; or installs TensorFlow's native library."),
  usage: '',
  words: [0, 0],
  options: {
    install: { type: 'boolean', summary: t("install TensorFlow's native library") },
    to: { type: 'string', value: 'DIR', summary: t("install it there instead of in the user's cache") },
    only: { type: 'string', value: 'NAME', summary: t('tell of this engine alone') },
    ...jsonOption,
  },
  example: 'pretrain engines',

  async run(_words, { install, to, only }, output) {
    if (install === true) return installTensorFlow(typeof to === 'string' ? path.resolve(to) : undefined, output);
    output.transient(t('Timing a training step of each engine ...'));
    const name = engineNames.find((candidate) => candidate === only);
    if (only !== undefined && !name)
      throw new UserError(t('There is no engine "{0}". There are: {1}.', String(only), engineNames.join(', ')));
    const rows = name ? [await diagnoseEngine(name)] : await diagnoseEngines();
    output.object({ engines: rows });
    for (const { name, loads, reason, version, threads, stepMilliseconds } of rows) {
      if (loads)
        output.line(
          t(
            '{0}  version {1}, {2}, {3} a step (784-32-784, batch of 256)',
            name.padEnd(10),
            version ?? '?',
            counted(threads ?? 1, '{0} thread', '{0} threads'),
            stepMilliseconds === null ? t('not timed') : `${stepMilliseconds.toFixed(1)} ms`,
          ),
        );
      else output.line(t('{0}  does not load: {1}', name.padEnd(10), reason ?? t('unknown')));
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
      how === 'present' ? t('TensorFlow {0} is installed.', version) : t('TensorFlow {0} has been installed.', version),
    );
    return 0;
  } catch (error) {
    if (abort.signal.aborted) throw new Stopped(t('The installation was cancelled; nothing of it is left.'));
    if (!(error instanceof NativeError)) throw error;
    if (output.json && error.log !== '') process.stderr.write(`${error.log.trimEnd()}\n`); // for the editor's log
    throw new UserError(error.message);
  }
}
