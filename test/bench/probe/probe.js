// Runs beside the extension in the same extension host: starts a run, and profiles the thread while
// it trains. What it found goes as JSON into the file that PROBE_OUT names.
const fs = require('node:fs');
const inspector = require('node:inspector/promises');
const vscode = require('vscode');

const PROFILE_SECONDS = 15;

exports.activate = async () => {
  const found = {};
  try {
    const extension = vscode.extensions.getExtension('pretrain-studio.pretrain-studio');
    // Starting VS Code keeps both cores of a small machine busy: what is to be timed waits until that is over.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    await extension.activate();
    const recipe = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'recipe.json');
    const target = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'bench.pretrain.json');
    await vscode.workspace.fs.copy(recipe, target);
    await vscode.commands.executeCommand('pretrain.start', target);
    await new Promise((resolve) => setTimeout(resolve, 5000)); // the monitor has opened, the trainer is training

    const session = new inspector.Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
    await new Promise((resolve) => setTimeout(resolve, PROFILE_SECONDS * 1000));
    const { profile } = await session.post('Profiler.stop');
    void vscode.commands.executeCommand('pretrain.stop');
    Object.assign(found, longestWork(profile), {
      profileSeconds: PROFILE_SECONDS,
    });
  } catch (error) {
    found.error = String(error);
  }
  fs.writeFileSync(process.env.PROBE_OUT + '.tmp', JSON.stringify(found));
  fs.renameSync(process.env.PROBE_OUT + '.tmp', process.env.PROBE_OUT);
};

/** Longest stretch of samples with the extension's code on the stack, and all of them together, in milliseconds. */
function longestWork({ nodes, samples, timeDeltas }) {
  const parents = new Map();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isOurs = new Map();
  const ours = (node) => {
    if (!node) return false;
    if (!isOurs.has(node.id))
      isOurs.set(node.id, node.callFrame.url.endsWith('/dist/extension.js') || ours(parents.get(node.id)));
    return isOurs.get(node.id);
  };
  let longest = 0;
  let together = 0;
  let current = 0;
  samples.forEach((id, i) => {
    if (ours(byId.get(id))) {
      current += timeDeltas[i] / 1000;
      together += timeDeltas[i] / 1000;
      longest = Math.max(longest, current);
    } else current = 0;
  });
  return { longestMilliseconds: longest, togetherMilliseconds: together, samples: samples.length };
}
