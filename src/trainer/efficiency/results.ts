import path from 'node:path';
import {
  EfficiencyFile,
  type EfficiencyLine,
  type EfficiencyMeasure,
  type EfficiencyRecord,
} from '../../protocol/efficiency.js';
import { writeFileAtomic } from '../files.js';
import { drawCurves } from './curves.js';
import { pngOf } from './png.js';
import { svgOf } from './svg.js';

/** What a measurement leaves beside its points. */

/** @param nameOf a mode's name for people @throws the file system's error */
export async function writeResults(
  folder: string,
  record: EfficiencyRecord,
  lines: readonly EfficiencyLine[],
  nameOf: (mode: string) => string,
): Promise<void> {
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFileAtomic(path.join(folder, name), content);
  await write(EfficiencyFile.record, `${JSON.stringify(record, null, 2)}\n`);
  await write(EfficiencyFile.table, csvOf(lines, record.measure));
  const drawing = drawCurves(record, nameOf);
  await write(EfficiencyFile.drawing, svgOf(drawing));
  await write(EfficiencyFile.picture, pngOf(drawing));
}

/** One row a point (RFC 4180). */
export function csvOf(lines: readonly EfficiencyLine[], measure: EfficiencyMeasure): string {
  const rows = lines.map(({ mode, labelsPerClass, seed, score, labels, seconds }) =>
    [mode, labelsPerClass, seed, score, labels, seconds.toFixed(2)].join(','),
  );
  return [`mode,labelsPerClass,seed,${measure},labels,seconds`, ...rows, ''].join('\r\n');
}
