import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.js';
import { Command, INSPECTION } from './contributions.js';
import { pickDataset } from './datasetPicker.js';
import type { Host } from './host.js';
import { InspectionPanel } from './inspectionPanel.js';
import { isInspection, KeptInspections, type InspectedDataset } from './keptInspections.js';
import { reason } from './message.js';
import { activeRecipe, isRecipe, saveRecipe } from './recipeFiles.js';
import { SamplesFile } from './samplesFile.js';
import { uriOf } from './target.js';
import { withTrainer } from './trainerProgress.js';
import { requireTrust } from './trust.js';
import { webviewOptions } from './webviewPage.js';

/**
 * Inspect Dataset: of the file or folder it is called for, or the one picked; of a recipe, its data as it says. A
 * trainer looks at the data. One page a dataset, which comes back after a reload of the window.
 */
export function registerInspect(host: Host): vscode.Disposable {
  const { storageUri, globalStorageUri } = host.context;
  const kept = new KeptInspections(path.join((storageUri ?? globalStorageUri).fsPath, 'inspections'));
  const panels = new Map<string, InspectionPanel>();
  const underWay = new Set<string>();
  const show = (panel: vscode.WebviewPanel, inspected: InspectedDataset) => {
    const { target } = inspected;
    panels.set(target, new InspectionPanel(host, panel, inspected));
    panel.onDidDispose(() => panels.delete(target));
  };
  const look = async (target: string): Promise<InspectedDataset | undefined> => {
    underWay.add(target);
    try {
      const inspected = await inspect(host, target);
      if (inspected !== undefined)
        await kept
          .keep(inspected)
          .catch((error: unknown) => host.log.warn(`${target}: its inspection is not kept: ${reason(error)}`));
      return inspected;
    } finally {
      underWay.delete(target);
    }
  };
  return vscode.Disposable.from(
    { dispose: () => panels.forEach((panel) => panel.dispose()) },
    vscode.commands.registerCommand(Command.inspectDataset, async (called?: unknown) => {
      if (!(await requireTrust())) return;
      const data = uriOf(called) ?? (await pick(host));
      if (data === undefined || (isRecipe(data) && !(await saveRecipe(data)))) return;
      const target = path.resolve(data.fsPath);
      panels.get(target)?.reveal();
      if (underWay.has(target)) return;
      const inspected = await look(target);
      if (inspected === undefined) return;
      const open = panels.get(target);
      if (open !== undefined) return open.show(inspected);
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      show(vscode.window.createWebviewPanel(INSPECTION, '', place, webviewOptions(host)), inspected);
    }),
    vscode.window.registerWebviewPanelSerializer(INSPECTION, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const target = typeof state === 'object' && state !== null && 'target' in state ? state.target : null;
        const inspected = typeof target === 'string' && !panels.has(target) ? await kept.find(target) : null;
        panel.webview.options = webviewOptions(host);
        if (inspected === null) panel.dispose();
        else show(panel, inspected);
      },
    }),
  );
}

function pick({ datasets }: Host): Promise<vscode.Uri | undefined> {
  return pickDataset(datasets, {
    title: t('Inspect Dataset'),
    placeholder: t('Which data?'),
    nothingFound: t('No dataset was found in this workspace. Choose one, or have one drawn.'),
    openLabel: t('Inspect'),
    recipe: activeRecipe(),
  });
}

/** Undefined when it was cancelled, or failed and the person was told. */
async function inspect(host: Host, target: string): Promise<InspectedDataset | undefined> {
  const samples = new SamplesFile();
  try {
    const title = t('Inspecting {0}', vscode.workspace.asRelativePath(target));
    const result = await withTrainer(host, title, ['inspect', target, '--samples', samples.path]);
    if (!isInspection(result)) return undefined;
    const at = new Date().toISOString();
    return { target, at, inspection: result, pictures: await samples.read(host) };
  } finally {
    await samples.remove();
  }
}
