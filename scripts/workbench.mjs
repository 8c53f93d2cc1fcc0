// A browser and a real VS Code (code-server from npm: VS Code's server, extension host and web workbench) for tests.
//   FOLDER/node    Node 24 from npm, with its headers
//   FOLDER/server  code-server
// Each part has a stamp with its version and is made again only when another is wanted.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanEnvironment, npmScript, run, StepError, timed } from './step.mjs';

const NODE_VERSION = '24.21.0';
/** VS Code 1.139.1; wants Node 24. */
const CODE_SERVER_VERSION = '4.139.1';

const nodePackage = `node-${process.platform}-${process.arch}`;

/** The first is Chromium without its windows: all that tests show, a third faster. */
const BROWSERS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

/** Chromium's executable: PRETRAIN_CHROMIUM, or one on PATH or in its usual place; null when there is none. */
export function findBrowser() {
  const configured = process.env.PRETRAIN_CHROMIUM;
  if (configured) return existsSync(configured) ? configured : null;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const usual = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const candidates = [...folders.flatMap((folder) => BROWSERS.map((name) => path.join(folder, name))), ...usual];
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** Where the parts of the VS Code of the tests are. */
export function workbenchParts(folder) {
  const nodeHome = path.join(folder, 'node', 'node_modules', nodePackage);
  return {
    nodeHome,
    node: path.join(nodeHome, 'bin', 'node'),
    codeServer: path.join(folder, 'server', 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

export async function ensureBrowser() {
  if (findBrowser()) return;
  const why = 'The tests of the monitor need Chromium or Google Chrome';
  // Not every distribution has a package of the first.
  await aptInstall(['chromium-headless-shell'], why, 'about 20 s').catch(() =>
    aptInstall(['chromium'], why, 'about 40 s'),
  );
  if (!findBrowser())
    throw new StepError('Chromium was installed but is not on PATH: set PRETRAIN_CHROMIUM to its executable.');
}

export async function ensureWorkbench(folder) {
  mkdirSync(folder, { recursive: true });
  if (process.platform === 'win32')
    throw new StepError(
      'The end-to-end tests need Linux or macOS: their VS Code server does not install from npm on Windows.',
    );
  const { node, nodeHome } = workbenchParts(folder);

  await make(
    folder,
    'node',
    NODE_VERSION,
    `Fetching Node ${NODE_VERSION} for the VS Code of the tests`,
    'about 10 s',
    async (target) => {
      writeFileSync(path.join(target, 'package.json'), '{"private":true,"name":"e2e-node"}\n');
      const args = [
        'install',
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        `${nodePackage}@${NODE_VERSION}`,
      ];
      return run(process.execPath, [npmScript(), ...args], { cwd: target, env: cleanEnvironment() });
    },
  );

  const what = `Installing the VS Code of the tests (code-server ${CODE_SERVER_VERSION}), partly compiled`;
  await make(folder, 'server', `${CODE_SERVER_VERSION}+${NODE_VERSION}`, what, 'about 2 minutes', async (target) => {
    await ensureCompilers();
    writeFileSync(
      path.join(target, 'package.json'),
      `{ "private": true, "name": "e2e-server", "allowScripts": { "code-server@${CODE_SERVER_VERSION}": true, "argon2": true } }\n`,
    );
    // npm itself must run on Node 24 (the package checks that), and native modules need Node 24's headers.
    const env = cleanEnvironment({
      PATH: path.join(nodeHome, 'bin') + path.delimiter + process.env.PATH,
      npm_config_nodedir: nodeHome,
      npm_config_ignore_scripts: 'false',
    });
    const args = [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--foreground-scripts',
      `code-server@${CODE_SERVER_VERSION}`,
    ];
    const log = path.join(folder, 'server-install.log');
    const result = await run(node, [npmScript(), ...args], { cwd: target, env, log });
    if (result.code === 0)
      removeLeftovers(path.join(target, 'node_modules', 'code-server', 'lib', 'vscode', 'node_modules'));
    return result;
  });
}

/** Makes FOLDER/NAME anew unless its stamp says `version`. */
async function make(folder, name, version, what, about, work) {
  const target = path.join(folder, name);
  const stampFile = path.join(target, '.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === version) return;
  await timed(what, about, async () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
    const { code, output } = await work(target);
    if (code !== 0)
      throw new StepError(
        `${what} failed (npm's words are above): check the connection to the npm registry, then run this again.`,
        output.slice(-4_000),
      );
    writeFileSync(stampFile, version);
  });
}

/** What other systems need, and the compiler's leftovers: about 55 MB. */
function removeLeftovers(modules) {
  const ripgrep = path.join(modules, '@vscode', 'ripgrep-universal', 'bin');
  if (existsSync(ripgrep)) {
    const own = `${process.platform}-${process.arch}`;
    for (const name of readdirSync(ripgrep)) if (name !== own) rmSync(path.join(ripgrep, name), { recursive: true });
  }
  const compiled = readdirSync(modules, { recursive: true }).filter((name) => path.basename(name) === 'obj.target');
  for (const name of compiled) rmSync(path.join(modules, name), { recursive: true, force: true });
}

/** code-server's native modules are compiled: a C++ toolchain for node-gyp, Kerberos' headers for one of them. */
async function ensureCompilers() {
  if (process.platform !== 'linux') return;
  const onPath = (name) =>
    (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
  const packages = ['g++', 'make', 'python3'].filter((name) => !onPath(name));
  if (!existsSync('/usr/include/gssapi/gssapi.h') && !existsSync('/usr/include/gssapi.h')) packages.push('libkrb5-dev');
  if (packages.length > 0) await aptInstall(packages, 'The VS Code of the tests is partly compiled', 'about 30 s');
}

async function aptInstall(packages, why, about) {
  const list = packages.join(' ');
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get'))
    throw new StepError(`${why}: install ${list}, then run this again.`);
  if (process.getuid() !== 0) throw new StepError(`${why}: run "sudo apt-get install ${list}", then run this again.`);
  await timed(`Installing ${list} with apt-get`, about, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const update = await run('apt-get', ['update', '-qq'], { env });
    const install = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
    if (install.code !== 0)
      throw new StepError(
        `apt-get could not install ${list} (its words are above): install it yourself, then run this again.`,
        update.output + install.output,
      );
  });
}
