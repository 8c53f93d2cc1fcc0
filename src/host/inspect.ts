import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Inspection } from '../protocol/inspection.js';
import { t } from '../protocol/l10n.js';
import { Command } from './contributions.js';
import { pickDataset, uriOf } from './datasetPicker.js';
import type { Host } from './host.js';
import { InspectionPanel, type InspectedDataset } from './inspectionPanel.js';
import { reason } from './message.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';

/** Inspect Dataset: of the file or folder it is called for, or the one picked. A trainer looks at the data. */
export function registerInspect(host: Host): vscode.Disposable {
  const panels = new Map<string, InspectionPanel>();
  return vscode.Disposable.from(
    { dispose: () => panels.forEach((panel) => panel.dispose()) },
    vscode.commands.registerCommand(Command.inspectDataset, async (target?: unknown) => {
      if (!(await requireTrust())) return;
      const data = uriOf(target) ?? (await pick(host));
      if (data === undefined) return;
      const inspected = await inspect(host, data);
      if (inspected === undefined) return;
      const open = panels.get(data.fsPath);
      if (open !== undefined) return open.show(inspected);
      const panel = new InspectionPanel(host, inspected, () => panels.delete(data.fsPath));
      panels.set(data.fsPath, panel);
    }),
  );
}

function pick({ datasets }: Host): Promise<vscode.Uri | undefined> {
  return pickDataset(datasets, {
    title: t('Inspect Dataset'),
    placeholder: t('Which data?'),
    nothingFound: t('No dataset was found in this workspace. Choose one, or have one drawn.'),
    openLabel: t('Inspect'),
  });
}

/** Undefined when it was cancelled, or failed and the person was told. */
async function inspect(host: Host, data: vscode.Uri): Promise<InspectedDataset | undefined> {
  const samples = path.join(os.tmpdir(), `pretrain-${randomUUID()}.safetensors`);
  try {
    const title = t('Inspecting {0}', vscode.workspace.asRelativePath(data));
    const result = await withTrainer(host, title, ['inspect', data.fsPath, '--samples', samples]);
    if (!isInspection(result)) return undefined;
    return { data, inspection: result, pictures: await readPictures(host, samples) };
  } finally {
    await fs.rm(samples, { force: true });
  }
}

/** The inspection is of use without them. */
async function readPictures(host: Host, file: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await fs.readFile(file)); // a Buffer would travel to the page as JSON
  } catch (error) {
    host.log.warn(`the pictures of the examples cannot be read: ${reason(error)}`);
    return null;
  }
}

function isInspection(value: unknown): value is Inspection {
  return typeof value === 'object' && value !== null && 'findings' in value && 'classes' in value;
}
