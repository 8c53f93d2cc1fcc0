import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { RUNS_FOLDER, effectiveState } from '../../protocol/run.js';
import { isTrained } from '../control.js';
import { UserError } from '../errors.js';
import { listRuns } from '../runFolder.js';
import { jsonOption, type Command } from './command.js';

export const runs: Command = {
  name: 'runs',
  summary: 'Lists the runs of a workspace, newest first.',
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
    if (rows.length === 0) output.line(`There are no runs in ${runs}.`);
    for (const { run, name, state, epoch, epochs, metrics } of rows) {
      const { loss, validationLoss } = metrics;
      const losses = `${loss === undefined ? '' : `  loss ${loss.toFixed(4)}`}${validationLoss === undefined ? '' : `  validation ${validationLoss.toFixed(4)}`}`;
      output.line(
        `${state.padEnd(11)}  ${name.padEnd(24)}  epoch ${Math.floor(epoch)}/${epochs}${losses}  ${path.relative('', run)}`,
      );
    }
    return 0;
  },
};

/** A workspace's runs, or the folder itself: one that was given with --out. @throws UserError when it is none */
async function runsIn(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory())
    throw new UserError(found ? `${folder} is a file, not a folder.` : `There is no folder ${folder}.`, {
      file: folder,
      advice: 'Give the folder of a workspace, or one that holds runs.',
    });
  const inside = path.join(folder, RUNS_FOLDER);
  return existsSync(inside) ? inside : folder;
}
