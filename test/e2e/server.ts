import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../scripts/step.mjs';
import { workbenchParts } from '../../scripts/workbench.mjs';

/** A calm VS Code: nothing opens, updates or asks by itself. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'files.autoSave': 'off',
  'editor.accessibilitySupport': 'off',
};

export interface ServerOptions {
  /** Extensions to install for real before the start. */
  vsix?: string[];
  /** Unpacked extension folders that are made visible as installed extensions. */
  extensions?: string[];
  /** User settings besides the calm ones. */
  settings?: Record<string, unknown>;
  /** Environment of the server, the extension host and its children, besides this process' own. */
  env?: NodeJS.ProcessEnv;
  /** Whether trainers find the native library that the set-up put into the user's cache. Default true. */
  nativeEngine?: boolean;
  /** Whether VS Code asks if a folder is trusted. Default false: each is. */
  workspaceTrust?: boolean;
}

export interface VsCodeServer {
  readonly url: string;
  readonly port: number;
  /** Scratch folder with user data, extensions and logs; removed by {@link VsCodeServer.stop}. */
  readonly home: string;
  readonly userData: string;
  /** What the server printed. */
  logs(): string;
  /** Ends the server and all that it started. */
  stop(): Promise<void>;
}

/** Starts a real VS Code server in a scratch folder of its own. */
export async function launchServer(options: ServerOptions = {}): Promise<VsCodeServer> {
  const { vsix = [], extensions = [], workspaceTrust = false } = options;
  const { node, codeServer } = workbenchParts(path.join(cacheFolder(), 'workbench'));
  if (!fs.existsSync(codeServer))
    throw new Error('There is no VS Code for tests: run "npm test -- e2e", which sets it up.');
  // A short path: VS Code puts Unix sockets below it, and their paths hold 107 characters.
  const home = fs.mkdtempSync(path.join(process.platform === 'darwin' ? '/tmp' : os.tmpdir(), 'vscode-'));
  const userData = path.join(home, 'user-data');
  const extensionsFolder = path.join(home, 'extensions');
  const trust = { 'security.workspace.trust.enabled': workspaceTrust };
  fs.mkdirSync(path.join(userData, 'User'), { recursive: true });
  fs.writeFileSync(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...SETTINGS, ...trust, ...options.settings }),
  );
  fs.writeFileSync(path.join(home, 'config.yaml'), 'cert: false\n');
  linkExtensions(extensions, extensionsFolder);

  const env = serverEnvironment(home, options);
  const folders = [
    '--config',
    path.join(home, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensionsFolder,
  ];
  for (const file of vsix) {
    const args = [codeServer, ...folders, '--install-extension', path.resolve(file)];
    const { status, stdout, stderr } = spawnSync(node, args, { env, cwd: home, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${file} could not be installed: ${stdout}${stderr}`);
  }
  const port = await freePort();
  const logFile = path.join(home, 'server.log');
  const log = fs.openSync(logFile, 'a');
  const quiet = [
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
  ];
  const child = spawn(
    node,
    [
      ...[
        codeServer,
        ...folders,
        ...quiet,
        '--ignore-last-opened',
        '--auth',
        'none',
        '--bind-addr',
        `127.0.0.1:${port}`,
      ],
      ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
    ],
    { env, cwd: home, stdio: ['ignore', log, log], detached: true }, // a process group of its own, so that all of it can be ended
  );
  fs.closeSync(log);
  const server: VsCodeServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    home,
    userData,
    logs: () => fs.readFileSync(logFile, 'utf8'),
    stop: async () => {
      await endGroup(child.pid);
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  await untilHealthy(server, () => child.exitCode);
  return server;
}

function serverEnvironment(home: string, { env, nativeEngine = true }: ServerOptions): NodeJS.ProcessEnv {
  const temporary = path.join(home, 'tmp'); // VS Code leaves sockets and logs there
  const cache = nativeEngine ? path.dirname(cacheFolder()) : path.join(home, 'cache');
  fs.mkdirSync(temporary);
  const result: NodeJS.ProcessEnv = {
    ...process.env,
    // Downloads stay in the person's own caches: a test that installs something does not fetch it each time.
    PIP_CACHE_DIR: process.env['PIP_CACHE_DIR'] ?? path.join(os.homedir(), '.cache', 'pip'),
    npm_config_cache: process.env['npm_config_cache'] ?? path.join(os.homedir(), '.npm'),
    EXTENSIONS_GALLERY: '{}', // else it asks a gallery on the internet
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, 'xdg'),
    XDG_DATA_HOME: path.join(home, 'xdg'),
    XDG_CACHE_HOME: cache,
    TMPDIR: temporary,
    NODE_ENV: 'production',
    ...env,
  };
  const own = [
    'PORT',
    'PASSWORD',
    'HASHED_PASSWORD',
    'NODE_OPTIONS',
    'ELECTRON_RUN_AS_NODE',
    'VSCODE_IPC_HOOK_CLI',
    'XDG_RUNTIME_DIR',
  ];
  return Object.fromEntries(Object.entries(result).filter(([name]) => !own.includes(name)));
}

/** Folders are picked up by the first scan only, while there is no extensions.json yet: in a fresh folder. */
function linkExtensions(extensions: string[], target: string): void {
  fs.mkdirSync(target);
  for (const extension of extensions) {
    const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8')) as Record<
      'publisher' | 'name' | 'version',
      string
    >;
    fs.symlinkSync(
      path.resolve(extension),
      path.join(target, `${manifest.publisher}.${manifest.name}-${manifest.version}`),
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function untilHealthy(server: VsCodeServer, exitCode: () => number | null): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const healthy = await fetch(`${server.url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    const code = exitCode();
    if (code !== null || Date.now() > end) {
      const logs = server.logs();
      await server.stop();
      throw new Error(
        `code-server ${code === null ? 'did not start within a minute' : `ended with code ${code}`}:\n${logs}`,
      );
    }
    await sleep(100);
  }
}

async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(-pid, signal);
    } catch {
      return false; // nobody is left
    }
  };
  send('SIGTERM');
  for (let i = 0; i < 50 && send(0); i++) await sleep(100);
  if (send('SIGKILL')) await sleep(200);
}
