import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { RUNS_FOLDER, effectiveState } from '../../protocol/run.js';
import { isTrained } from '../control.js';
import { UserError } from '../errors.js';
import { listRuns } from '../runFolder.js';
import { jsonOption, type Command } from './command.js';
import { tableLines } from './using.js';

export const runs: Command = {
  name: 'runs',
  summary: t('Lists the runs of a workspace, newest first.'),
  usage: '[DIR]',
  words: [0, 1],
  options: jsonOption,
  example: 'pretrain runs',

  async run([folder], _options, output) {
    const runs = folder === undefined ? path.resolve(RUNS_FOLDER) : await runsIn(path.resolve(folder));
    const rows = await Promise.all(
      (await listRuns(runs)).map(async ({ folder, record }) => {
        const state = effectiveState(record, await isTrained(folder, record));
        return {
          run: folder,
          name: record.name,
          method: record.method,
          state,
          epoch: record.epoch,
          epochs: record.epochs,
          step: record.step,
          created: record.created,
          metrics: record.metrics,
        };
      }),
    );
    output.object({ runs: rows });
    if (rows.length === 0) output.line(t('There are no runs in {0}.', runs));
    const cells = rows.map(({ run, name, state, epoch, epochs, metrics: { loss, validationLoss } }) => [
      state,
      name,
      t('epoch {0}/{1}', Math.floor(epoch), epochs),
      loss === undefined ? '' : t('loss {0}', loss.toFixed(4)),
      validationLoss === undefined ? '' : t('validation {0}', validationLoss.toFixed(4)),
      path.relative('', run),
    ]);
    for (const line of tableLines(cells)) output.line(line);
    return 0;
  },
};

/** A workspace's runs, or the folder itself: one that was given with --out. @throws UserError when it is none */
async function runsIn(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory())
    throw new UserError(found ? t('{0} is a file, not a folder.', folder) : t('There is no folder {0}.', folder), {
      file: folder,
      advice: t('Give the folder of a workspace, or one that holds runs.'),
    });
  const inside = path.join(folder, RUNS_FOLDER);
  return existsSync(inside) ? inside : folder;
}
