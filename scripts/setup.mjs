// Sets up a checkout: packages, bundles, TensorFlow's native library; for tests also a browser, a real VS Code and the
// .vsix. Each step costs nothing when there is nothing to do. Only Node's built-ins are used.
import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  cacheFolder,
  cleanEnvironment,
  digest,
  npmScript,
  root,
  run,
  runMain,
  say,
  stamp,
  StepError,
  timed,
} from './step.mjs';
import { writeLicenses } from './licenses.mjs';
import { ensureBrowser, ensureWorkbench } from './workbench.mjs';

const NODE_LEAST = 20;
const VSIX = 'dist/pretrain-studio.vsix';
/** What an installed extension shows of itself: the checkout's README speaks of the checkout. */
const VSIX_README = 'docs/extension.md';
const LICENSES = 'dist/third-party-licenses.txt';
/** What the bundles are made of. */
const SOURCES = ['src', 'webview', 'package-lock.json', 'webpack.config.js', 'tsconfig.json'];
/** What the .vsix holds beside the bundles. */
const PACKAGED = [
  'package.json',
  'package.nls.json',
  'l10n',
  'media',
  VSIX_README,
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
  'scripts/licenses.mjs',
  'scripts/licenses',
];
/** How long a native library that could not be had is not asked for again. */
const RETRY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Everything that `npm start` needs. */
export async function setUp() {
  checkNode();
  await installPackages();
  await build();
  await installNative();
}

/** What the tests need besides. @returns what cannot be had, by suite: the sentence that says why */
export async function setUpTests({ browser, workbench, peers }) {
  const missing = {};
  // Beside the rest, which mostly waits for the network, too.
  const libraries = peers ? run(process.execPath, ['--import=tsx', 'test/bench/installPeers.ts']) : null;
  const attempt = async (name, step) => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      if (error.log) console.error(error.log.trimEnd());
      say(error.message);
      missing[name] = error.message;
    }
  };
  if (browser || workbench) await attempt('browser', ensureBrowser);
  if (workbench) {
    await attempt('workbench', () => ensureWorkbench(path.join(cacheFolder(), 'workbench')));
    await attempt('workbench', packageExtension);
  }
  const installed = await libraries;
  if (installed?.code) {
    console.error(installed.output.trimEnd());
    say('Python libraries that tests compare with cannot be had (see above): those tests are skipped.');
  }
  return missing;
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_LEAST)
    throw new StepError(`Node ${process.versions.node} is too old: install Node ${NODE_LEAST} or newer.`);
}

async function installPackages() {
  if (packagesMatch()) return;
  await timed('Installing packages with npm ci', 'about 30 s, longer on a slow connection', async () => {
    // Install scripts stay off: what is native comes by our own step, with a way out when it cannot be had.
    const { code, output } = await run(
      process.execPath,
      [npmScript(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      { env: cleanEnvironment() },
    );
    if (code !== 0)
      throw new StepError(
        'npm ci failed (its words are above): check the connection to the npm registry, then run this again.',
        output,
      );
  });
}

/** Whether node_modules holds exactly what package-lock.json asks for; optional packages of other systems may miss. */
function packagesMatch() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const wanted = packages(path.join(root, 'package-lock.json'));
  const present = packages(installed);
  return (
    Object.entries(wanted).every(
      ([name, { version, optional }]) => name === '' || (present[name] ? present[name].version === version : optional),
    ) && Object.keys(present).every((name) => name in wanted && existsSync(path.join(root, name)))
  );
}

async function build() {
  const done = stamp('build');
  const key = digest(SOURCES);
  const bundles = ['extension.js', 'trainer.js', 'worker.js', 'layout.js', 'monitor.js'].map((name) =>
    path.join(root, 'dist', name),
  );
  if (done.read() === key && bundles.every((file) => existsSync(file))) return;
  done.remove();
  await timed('Building dist/ with webpack', 'about 30 s', async () => {
    // Built aside: nobody meets half of it, and nothing of an earlier build stays.
    const aside = path.join('.setup', `dist-${process.pid}`);
    try {
      const webpack = ['node_modules/webpack/bin/webpack.js', '--mode', 'production', '--output-path', aside];
      const { code, output } = await run(process.execPath, webpack);
      if (code !== 0) throw new StepError('The build failed: webpack says above where.', output);
      rmSync(path.join(root, 'dist'), { recursive: true, force: true });
      renameSync(path.join(root, aside), path.join(root, 'dist'));
    } finally {
      rmSync(path.join(root, aside), { recursive: true, force: true });
    }
  });
  done.write(key);
}

async function installNative() {
  const done = stamp('native');
  const last = JSON.parse(done.read() ?? '{}');
  if (last.binding && last.binding === identity(last.file)) return;
  if (last.failed && Date.now() - last.failed < RETRY_MILLISECONDS) {
    say(`${last.sentence} (It is tried again a day after the last attempt, or when .setup/native is deleted.)`);
    return;
  }
  await timed(
    "Looking for TensorFlow's native library, else fetching it",
    '1 s; 1 to 3 minutes the first time',
    async () => {
      const { code, output } = await run(process.execPath, ['dist/trainer.js', 'engines', '--install', '--json']);
      const result = lastObject(output);
      if (code === 0 && typeof result?.binding === 'string') {
        done.write(JSON.stringify({ file: result.binding, binding: identity(result.binding) }));
        return;
      }
      const sentence =
        result?.error ?? "TensorFlow's native library could not be installed; the wasm engine goes on serving.";
      if (code === 130) throw new StepError(sentence); // Ctrl-C: nothing is known of what could have been
      if (result?.error === undefined) console.error(output.trimEnd());
      say(sentence);
      done.write(JSON.stringify({ failed: Date.now(), sentence }));
    },
  );
}

/** A file as it is now: changes when it is replaced. */
function identity(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${file} ${found.size} ${found.mtimeMs}` : null;
}

function lastObject(output) {
  const line = output.split('\n').findLast((text) => text.startsWith('{')) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return null; // a program that crashed does not end with its summary
  }
}

/** Makes the .vsix that the end-to-end tests install and that can be given to somebody. @returns its path */
export async function packageExtension() {
  const done = stamp('package');
  const file = path.join(root, VSIX);
  const key = digest([...SOURCES, ...PACKAGED]);
  if (done.read() === key && existsSync(file)) return file;
  done.remove();
  await timed(`Packaging ${VSIX}`, 'about 10 s', async () => {
    writeLicenses(path.join(root, 'dist'), path.join(root, LICENSES));
    const vsce = ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--out', VSIX];
    const { code, output } = await run(process.execPath, [
      ...vsce,
      ...['--allow-missing-repository', '--readme-path', VSIX_README],
    ]);
    // What vsce only warns of would be wrong in front of users too.
    if (code !== 0 || /WARN/.test(output))
      throw new StepError('Packaging the extension failed: vsce says above why.', output);
  });
  done.write(key);
  return file;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  void runMain(async () => {
    await setUp();
    if (process.argv.includes('--tests')) {
      const missing = await setUpTests({ browser: true, workbench: true, peers: true });
      if (Object.keys(missing).length > 0) return 1;
    }
    if (process.argv.includes('--package')) await packageExtension();
    say('Everything is set up.');
    return 0;
  });
}
