/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.js';
import type { FromMonitor, ToMonitor } from '../../src/protocol/monitor.js';
import { monitorHtml, type MonitorPage } from '../../src/protocol/monitorPage.js';
import { pageHtml } from '../../src/protocol/page.js';
import type { RunState } from '../../src/protocol/run.js';
import { lines, type Recording } from './recording.js';

const root = path.resolve(import.meta.dirname, '../..');
export const results = path.join(root, 'test-results');

export type ThemeName = 'dark-modern' | 'light-modern' | 'high-contrast' | 'high-contrast-light';

interface ThemeFixture {
  kind: string;
  variables: Record<string, string>;
}

declare global {
  interface Window {
    /** Null asks for nothing but an answer. */
    toHost?: (message: FromMonitor | null) => Promise<void>;
    applyTheme?: (theme: ThemeFixture) => void;
  }
}

export async function buildMonitor(): Promise<void> {
  const webpack = path.join(root, 'node_modules/webpack/bin/webpack.js');
  await promisify(execFile)(process.execPath, [webpack, '--config-name', 'webview'], { cwd: root });
}

/** Pages beside the monitor. */
export type OtherPage = 'inspection' | 'efficiency' | 'use' | 'comparison';

/** Plays the part of VS Code: the page with its real policy and bundle, the theme's variables, the host. */
export class MonitorLab {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<MonitorLab> {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const respond = (type: string, body: string | Buffer): void =>
        void response.setHeader('Content-Type', type).end(body);
      const files: Record<string, [string, string]> = {
        '/monitor.js': ['text/javascript', 'dist/monitor.js'],
        '/monitor.css': ['text/css', 'media/monitor.css'],
        '/inspection.js': ['text/javascript', 'dist/inspection.js'],
        '/inspection.css': ['text/css', 'media/inspection.css'],
        '/efficiency.js': ['text/javascript', 'dist/efficiency.js'],
        '/efficiency.css': ['text/css', 'media/efficiency.css'],
        '/use.js': ['text/javascript', 'dist/use.js'],
        '/use.css': ['text/css', 'media/use.css'],
        '/comparison.js': ['text/javascript', 'dist/comparison.js'],
        '/comparison.css': ['text/css', 'media/comparison.css'],
      };
      const file = files[pathname];
      if (file) void readFile(path.join(root, file[1])).then((body) => respond(file[0], body));
      else if (pathname === '/monitor.html')
        respond(
          'text/html',
          monitorHtml({ ...page, ...(JSON.parse(searchParams.get('page') ?? '{}') as Partial<MonitorPage>) }),
        );
      else if (pathname === '/inspection.html') respond('text/html', extraPage('inspection', ['inspection']));
      else if (pathname === '/efficiency.html')
        respond('text/html', extraPage('efficiency', ['inspection', 'efficiency']));
      else if (pathname === '/use.html') respond('text/html', extraPage('use', ['inspection', 'use']));
      else if (pathname === '/comparison.html')
        respond('text/html', extraPage('comparison', ['inspection', 'comparison']));
      else respond('text/plain', '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const page: MonitorPage = {
      script: `${origin}/monitor.js`,
      styles: [`${origin}/monitor.css`],
      nonce: 'c2VjcmV0',
      cspSource: origin,
      strings: {},
      title: 'mnist-autoencoder',
      language: 'en',
    };
    const extraPage = (name: string, styles: string[]): string =>
      pageHtml(
        {
          ...page,
          script: `${origin}/${name}.js`,
          styles: [...page.styles, ...styles.map((style) => `${origin}/${style}.css`)],
        },
        name,
        { strings: {} },
      );
    return new MonitorLab(await launchBrowser(), server, origin);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async open(options: OpenOptions = {}): Promise<FakeHost> {
    const host = new FakeHost(await this.newPage(options));
    const { page } = host;
    await page.exposeFunction('toHost', (message: FromMonitor | null) => message && host.receive(message));
    listen(page, host.complaints);
    await page.goto(`${this.origin}/monitor.html?page=${encodeURIComponent(JSON.stringify(options.page ?? {}))}`);
    await host.ready();
    return host;
  }

  /** Another page than the monitor, which `received` gets the messages of. */
  async openOther<Message>(
    name: OtherPage,
    options: OpenOptions,
    received: (message: Message) => void,
    complaints: string[],
  ): Promise<Page> {
    const page = await this.newPage(options);
    await page.exposeFunction('toHost', received);
    listen(page, complaints);
    await page.goto(`${this.origin}/${name}.html`);
    return page;
  }

  private async newPage(options: OpenOptions): Promise<Page> {
    const { width = 1280, height = 860, theme = 'dark-modern', reducedMotion = 'no-preference' } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      reducedMotion,
      deviceScaleFactor: options.scale ?? 1,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.addInitScript('globalThis.__name = (named) => named'); // functions sent to the page were compiled with it
    await page.addInitScript(playVsCode, await readTheme(theme));
    return page;
  }
}

function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
}

export interface OpenOptions {
  width?: number;
  height?: number;
  theme?: ThemeName;
  scale?: number;
  reducedMotion?: 'reduce' | 'no-preference';
  page?: Partial<MonitorPage>;
}

export async function readTheme(name: ThemeName): Promise<ThemeFixture> {
  return JSON.parse(await readFile(path.join(root, `test/fixtures/themes/${name}.json`), 'utf8')) as ThemeFixture;
}

/** Runs in the page before everything else. */
function playVsCode(theme: ThemeFixture): void {
  window.applyTheme = ({ kind, variables }) => {
    document.documentElement.removeAttribute('style');
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    document.body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light');
    document.body.classList.add(kind);
    if (kind.startsWith('vscode-high-contrast')) document.body.classList.add('vscode-high-contrast');
    document.body.setAttribute('data-vscode-theme-kind', kind);
  };
  const observer = new MutationObserver(() => {
    if (!document.querySelector('body')) return;
    observer.disconnect();
    window.applyTheme?.(theme);
  });
  observer.observe(document, { childList: true, subtree: true });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`policy violated: ${violatedDirective} ${blockedURI}`),
  );
  const api = {
    postMessage: (message: FromMonitor) => void window.toHost?.(message),
    getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  };
  Object.assign(window, { acquireVsCodeApi: () => api });
}

/** The extension host's side of one page. */
export class FakeHost {
  readonly sent: FromMonitor[] = [];
  /** Errors, warnings and violations of the policy that the page has told. */
  readonly complaints: string[] = [];
  samples: ReadonlyMap<number, Uint8Array> = new Map();
  examples: Uint8Array | null = null;
  private readyCount = 0;
  private wake: (() => void) | undefined;
  private fail: ((error: Error) => void) | undefined;

  constructor(readonly page: Page) {}

  receive(message: FromMonitor): void {
    this.sent.push(message);
    if (message.type === 'ready') {
      this.readyCount += 1;
      this.wake?.();
    }
    if (message.type === 'requestSample')
      void this.send({ type: 'sample', step: message.step, bytes: this.samples.get(message.step) ?? null });
    if (message.type === 'requestExamples') void this.send({ type: 'examples', bytes: this.examples });
  }

  async ready(count = 1): Promise<void> {
    const late = setTimeout(
      () => this.fail?.(new Error(`The page did not say it is ready: ${this.complaints.join('; ')}`)),
      20_000,
    );
    while (this.readyCount < count)
      await new Promise<void>((resolve, reject) => {
        this.wake = resolve;
        this.fail = reject;
      });
    clearTimeout(late);
  }

  /** Messages of one kind that the monitor has sent. */
  of<T extends FromMonitor['type']>(type: T): Extract<FromMonitor, { type: T }>[] {
    return this.sent.filter((message): message is Extract<FromMonitor, { type: T }> => message.type === type);
  }

  async send(...messages: ToMonitor[]): Promise<void> {
    const plain = messages.map((message) =>
      (message.type === 'sample' || message.type === 'examples') && message.bytes
        ? { ...message, bytes: Buffer.from(message.bytes).toString('base64') }
        : message,
    );
    await this.page.evaluate((received) => {
      for (const message of received) {
        if ((message.type === 'sample' || message.type === 'examples') && typeof message.bytes === 'string')
          window.postMessage({
            ...message,
            bytes: Uint8Array.from(atob(message.bytes), (letter) => letter.charCodeAt(0)),
          });
        else window.postMessage(message);
      }
    }, plain);
  }

  /** Sends a whole recording as the host does for a run that is under way. */
  async show({ run, metrics, events, samples }: Recording, state: RunState = run.state): Promise<void> {
    this.samples = samples;
    await this.send(
      { type: 'show', run, state },
      { type: 'metrics', text: lines(metrics) },
      { type: 'events', text: lines(events) },
      { type: 'live' },
    );
    await this.settle();
  }

  /** Waits for two frames, and until what the page has sent by then has arrived here. */
  async settle(): Promise<void> {
    await this.page.evaluate(async () => {
      await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      await window.toHost?.(null);
    });
  }

  async theme(name: ThemeName): Promise<void> {
    await this.page.evaluate((theme) => window.applyTheme?.(theme), await readTheme(name));
    await this.settle();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
