import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { packageExtension } from '../../scripts/setup.mjs';
import { nativeCandidates } from '../../src/trainer/native.js';
import type { ServerOptions } from './server.js';
import { Session, until } from './session.js';
import { answer, hoverOf, notification, openFile, runCommand, screenshot, webviewFrame } from './workbench.js';

const RECIPE = 'digits-autoencoder.pretrain.json';
const EPOCHS = 5;

/** A VS Code in which only the .vsix was installed, and that finds nothing in the user's cache. */
async function openInstalled(env: NodeJS.ProcessEnv = {}): Promise<Session> {
  const options: ServerOptions = { vsix: [await packageExtension()], extensions: [], nativeEngine: false, env };
  const session = await Session.open({}, options);
  fs.rmSync(path.join(session.folder, 'digits'), { recursive: true });
  return session;
}

/** From an empty folder to a recipe, by the palette. */
async function createRecipe({ page, folder }: Session): Promise<void> {
  await runCommand(page, 'Pretrain: Create Sample Dataset', { timeout: 60_000 });
  await answer(page, 'digits');
  const toast = await notification(page, 'The sample dataset is in digits', { timeout: 60_000 });
  await toast.getByRole('button', { name: 'New Recipe' }).click();
  await answer(page, 'Autoencoder');
  await page.locator(`.tab[data-resource-name="${RECIPE}"]`).waitFor();
  const recipe = path.join(folder, RECIPE);
  fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, `"epochs": ${EPOCHS}`));
  await page.locator('.view-lines', { hasText: `"epochs": ${EPOCHS}` }).waitFor();
}

/** Trains by the palette to the end. @returns what the monitor says computed, after the loss has fallen */
async function train(session: Session): Promise<string> {
  const before = session.runs().length;
  await openFile(session.page, RECIPE);
  await runCommand(session.page, 'Pretrain: Start Pretraining');
  await until(() => session.runs().length > before, 'it is started');
  await session.untilState('completed', 120_000);
  const monitor = await session.monitor();
  await monitor.untilState('completed', 30_000);
  // Before the first step each pixel is a guess: the cross-entropy is ln 2.
  const loss = await monitor.loss();
  assert.ok(loss < 0.6 * Math.LN2, `the loss fell to ${loss}`);
  assert.equal(session.run().epoch, EPOCHS);
  return monitor.text('.fact-engine');
}

/** The page of Diagnose Engines: for each engine the row of the table, and the whole text. */
async function diagnose(page: Page): Promise<{ rows: string[]; text: string }> {
  await runCommand(page, 'Pretrain: Diagnose Engines');
  const frame = await webviewFrame(page, { selector: 'h1', text: 'Engines on this computer', timeout: 60_000 });
  return {
    rows: await frame.locator('table tbody tr').allInnerTexts(),
    text: await frame.locator('body').innerText(),
  };
}

/** Where the extension puts the native engine. */
function storage({ server }: Session): string {
  return path.join(server.userData, 'User', 'globalStorage', 'pretrain-studio.pretrain-studio', 'native');
}

function filesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

describe('The packaged extension, on a computer with nothing else', () => {
  let session: Session;
  let empty: string;

  before(async function () {
    this.timeout(180_000);
    empty = fs.mkdtempSync(path.join(os.tmpdir(), 'pretrain-no-programs-'));
    // VSCODE_CLI: else it asks a login shell, which knows a PATH of its own.
    session = await openInstalled({ PATH: empty, npm_execpath: '', VSCODE_CLI: '1' });
  });
  after(async () => {
    await session.close();
    fs.rmSync(empty, { recursive: true });
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('holds what it needs to run, and nothing of its making', () => {
    const extensions = path.join(session.server.home, 'extensions');
    const own = fs.readdirSync(extensions).find((name) => name.startsWith('pretrain-studio.pretrain-studio-'));
    assert.ok(own !== undefined, 'it is installed');
    const folder = path.join(extensions, own);
    const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
      fs.statSync(path.join(folder, name)).isFile(),
    );
    for (const name of [
      ...['package.json', 'package.nls.json', 'readme.md', 'changelog.md', 'LICENSE.txt', 'l10n/bundle.l10n.json'],
      ...['dist/extension.js', 'dist/trainer.js', 'dist/monitor.js', 'dist/recipe.schema.json', 'media/icon.png'],
      ...['dist/editor.schema.json', 'media/language/configuration.json', 'media/language/grammar.json'],
      ...['dist/wasm/tfjs-backend-wasm-simd.wasm', 'media/walkthrough/start.md'],
    ])
      assert.ok(files.includes(name), `${name} is missing`);
    assert.ok(
      files.some((name) => /^dist\/extension-\d+\.js$/.test(name)),
      'what the host loads later is missing',
    );
    const expected =
      /^(dist|media|l10n)\/|^(package(\.nls)?\.json|(readme|changelog)\.md|LICENSE\.txt|\.vsixmanifest)$/;
    const unwanted = /\.(map|[cm]?ts|vsix)$|node_modules/;
    assert.deepEqual(
      files.filter((name) => !expected.test(name) || unwanted.test(name)),
      [],
    );
    const licenses = fs.readFileSync(path.join(folder, 'dist', 'third-party-licenses.txt'), 'utf8');
    for (const name of [
      'ajv',
      'uplot',
      '@tensorflow/tfjs-core',
      '@vscode/webview-ui-toolkit',
      '@cwasm/webp',
      'jsonc-parser',
    ])
      assert.match(licenses, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  });

  it('looks into a table in the tree of datasets, which needs a bundle of its own', async function () {
    this.timeout(60_000);
    const { page, folder } = session;
    fs.mkdirSync(path.join(folder, 'scores'));
    const lines = Array.from({ length: 400 }, (_, i) => `${i % 7}.5,${i % 11},${['cat', 'dog'][i % 2] ?? ''}`);
    fs.writeFileSync(path.join(folder, 'scores', 'scores.csv'), ['size,weight,kind', ...lines, ''].join('\n'));
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    const pane = page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Datasets' }) });
    const row = pane.locator('.monaco-list-row', { hasText: /scores.*CSV/ });
    await row.waitFor({ timeout: 30_000 });
    await screenshot(page, 'vsix-table');
    await hoverOf(page, row, 'from the column "kind"');
    fs.rmSync(path.join(folder, 'scores'), { recursive: true });
  });

  it('draws a dataset and trains on it with the wasm engine', async function () {
    this.timeout(180_000);
    await createRecipe(session);
    assert.match(await train(session), /WebAssembly/);
    assert.equal(session.run().engine?.name, 'wasm');
    await screenshot(session.page, 'vsix-wasm');
  });

  it('tells of all three engines, and why TensorFlow does not load', async function () {
    this.timeout(120_000);
    const { rows, text } = await diagnose(session.page);
    await screenshot(session.page, 'vsix-engines-missing');
    const shown = rows.map((row) => row.split(/\s+/).slice(0, 2).join(' '));
    assert.deepEqual(shown, ['tensorflow no', 'wasm yes', 'cpu yes']);
    assert.match(text, /tensorflow: .*native library.*\./);
    assert.doesNotMatch(text, /\n\s+at |Error:|undefined/);
  });

  it('says in one sentence that the native engine cannot be installed, and why', async function () {
    this.timeout(90_000);
    await runCommand(session.page, 'Pretrain: Install Native Engine');
    const toast = await notification(session.page, 'could not be installed', { timeout: 60_000 });
    await screenshot(session.page, 'vsix-not-installable');
    assert.equal(
      await toast.locator('.notification-list-item-message').innerText(),
      'TensorFlow’s native library could not be installed, because npm is not on this machine; to have it, ' +
        'install Node.js 20 or newer and install it again; the wasm engine goes on serving.',
    );
    assert.deepEqual(filesIn(storage(session)), []);
  });
});

/** What the set-up of this checkout has installed, if it could. */
const present = nativeCandidates().find((file) => fs.existsSync(file));

/** Whether the package's own download does not work here, so that TensorFlow came from its release for Python. */
function isFromWheel(): boolean {
  return (
    present !== undefined && fs.existsSync(path.join(path.dirname(present), '../../deps/lib/libtensorflow_cc.so.2'))
  );
}

/** Why the native engine cannot be installed here and now, by asking what it is made of; null when it can be. */
async function whyNotInstallable(): Promise<string | null> {
  if (present === undefined) return 'the set-up of this checkout could not install it either';
  const ask = async (program: string, ...args: string[]): Promise<string | null> => {
    try {
      await promisify(execFile)(program, args, { timeout: 60_000 });
      return null;
    } catch (error) {
      const lines = `${(error as { stderr?: string }).stderr ?? ''}\n${String(error)}`.split('\n');
      return `"${[program, ...args].join(' ')}" fails (${lines.find((line) => /error/i.test(line)) ?? 'no reason given'})`;
    }
  };
  const reasons = await Promise.all([
    ask('npm', 'view', '@tensorflow/tfjs-node', 'version', '--fetch-retries=0'),
    isFromWheel() ? ask('python3', '-m', 'pip', '--retries=0', 'index', 'versions', 'tensorflow-cpu') : null,
  ]);
  return reasons.find((reason) => reason !== null) ?? null;
}

describe('Installing the native engine in the packaged extension', () => {
  let session: Session | undefined;

  before(async function () {
    this.timeout(180_000);
    const reason = await whyNotInstallable();
    if (reason !== null) {
      console.log(`    Skipped: the native engine cannot be installed here: ${reason}.`);
      return this.skip();
    }
    session = await openInstalled();
  });
  after(() => session?.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session?.keepPicture(this.currentTest.title);
  });

  function opened(): Session {
    assert.ok(session !== undefined);
    return session;
  }

  it('leaves nothing when it is cancelled in the middle, and says so', async function () {
    this.timeout(180_000);
    const { page } = opened();
    const folder = storage(opened());
    await runCommand(page, 'Pretrain: Install Native Engine', { timeout: 60_000 });
    const middle = isFromWheel() ? /Downloading TensorFlow|Unpacking|Compiling/ : /own download/;
    await notification(page, middle, { timeout: 120_000 });
    const progress = await notification(page, 'Installing the native engine');
    assert.equal(filesIn(folder).length, 1, 'something is half built');
    await screenshot(page, 'vsix-installing');
    await progress.hover();
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await notification(page, 'was cancelled; nothing of it is left', { timeout: 60_000 });
    assert.deepEqual(filesIn(folder), []);
    assert.deepEqual(processesWith(folder), []);
  });

  it('succeeds, and from then on TensorFlow computes', async function () {
    this.timeout(300_000);
    const { page } = opened();
    await createRecipe(opened());
    await runCommand(page, 'Pretrain: Install Native Engine');
    await notification(page, 'The native engine is installed', { timeout: 240_000 });
    assert.deepEqual(filesIn(storage(opened())), ['node_modules']);
    assert.match(await train(opened()), /TensorFlow/);
    assert.equal(opened().run().engine?.name, 'tensorflow');
    await screenshot(page, 'vsix-tensorflow');
  });

  it('is what Diagnose Engines then tells', async function () {
    this.timeout(120_000);
    const { rows, text } = await diagnose(opened().page);
    await screenshot(opened().page, 'vsix-engines');
    const shown = rows.map((row) => row.split(/\s+/).slice(0, 2).join(' '));
    assert.deepEqual(shown, ['tensorflow yes', 'wasm yes', 'cpu yes']);
    assert.match(text, /use tensorflow/);
  });
});

/** Command lines of this machine's processes that name a folder; only Linux tells. */
function processesWith(folder: string): string[] {
  return filesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // it has just ended
      }
    })
    .filter((line) => line.includes(folder));
}
