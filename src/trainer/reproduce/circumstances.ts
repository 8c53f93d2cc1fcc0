import { isDeepStrictEqual } from 'node:util';
import type { FileHash } from '../../data/fingerprint.js';
import { t } from '../../protocol/l10n.js';
import type { EngineFacts, RunDataset, RunRecord, RunStart, RunTeacher } from '../../protocol/run.js';
import { changedDataFiles } from '../dataFiles.js';
import { versions } from '../versions.js';

/** What a run depends on beside its recipe. */
export interface Circumstances {
  engine: EngineFacts;
  dataset: RunDataset;
  /** What each file of the data is. */
  files: FileHash[];
  teacher: RunTeacher | null;
  start: RunStart | null;
}

/** What is otherwise than it was, in words. */
export interface Deviations {
  /** With these it is another computation: data, the network it starts from, the engine. */
  grave: string[];
  /** With these it may still give the same bits. */
  slight: string[];
}

/** @param folder of the recorded run, whose `data.json` tells which files changed */
export async function deviations(folder: string, recorded: RunRecord, now: Circumstances): Promise<Deviations> {
  const { engine, dataset, teacher, start } = now;
  const grave: string[] = [];
  if (recorded.dataset && recorded.dataset.fingerprint !== dataset.fingerprint) {
    const changes = await changedDataFiles(folder, now.files);
    grave.push(
      changes === ''
        ? t('The data in {0} are not what they were.', dataset.path)
        : t('The data in {0} are not what they were ({1}).', dataset.path, changes),
    );
  }
  if (recorded.teacher && recorded.teacher.fingerprint !== teacher?.fingerprint)
    grave.push(t('The teacher {0} is not what it was.', recorded.teacher.path));
  if (recorded.start && recorded.start.fingerprint !== start?.fingerprint)
    grave.push(
      t(
        'The checkpoint {0} of {1}, which it starts from, is not what it was.',
        recorded.start.step,
        recorded.start.path,
      ),
    );
  if (recorded.engine && recorded.engine.name !== engine.name)
    grave.push(t('It was computed by the engine {0}, and would be by {1} now.', recorded.engine.name, engine.name));
  return { grave, slight: slightDeviations(recorded, { engine, dataset }) };
}

function slightDeviations(recorded: RunRecord, now: Pick<Circumstances, 'engine' | 'dataset'>): string[] {
  const { engine, dataset } = now;
  const rows: [what: string, before: string, now: string][] = [];
  if (recorded.engine && recorded.engine.name === engine.name) {
    const before = recorded.engine;
    rows.push([t('version of the engine {0}', engine.name), before.version, engine.version]);
    rows.push([t('threads of the engine'), String(before.threads), String(engine.threads)]);
    rows.push([t('what the engine uses of the processor'), listed(before.features), listed(engine.features)]);
  }
  const here = versions();
  for (const name of new Set([...Object.keys(recorded.versions), ...Object.keys(here)]))
    rows.push([versionName(name), recorded.versions[name] ?? t('unknown'), here[name] ?? t('unknown')]);
  const sentences = rows
    .filter(([, before, current]) => before !== current)
    .map(([what, before, current]) => t('{0}: {1} then, {2} now.', capital(what), before, current));
  if (recorded.dataset && !isDeepStrictEqual(recorded.dataset.preparation, asWritten(dataset.preparation)))
    sentences.push(t('The examples are made numbers of in another way than then.'));
  return sentences;
}

/** As a file says it again: without what is undefined. */
function asWritten(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function versionName(name: string): string {
  if (name === 'pretrain-studio') return 'Pretrain Studio';
  return name === 'node' ? 'Node.js' : name === 'platform' ? t('platform') : name;
}

function listed(features: readonly string[]): string {
  return features.length === 0 ? t('nothing special') : features.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
