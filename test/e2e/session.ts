import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Frame, Page } from 'playwright-core';
import { effectiveState, RUNS_FOLDER, type RunRecord, type RunState } from '../../src/protocol/run.js';
import {
  launchServer,
  openWorkbench,
  screenshot,
  webviewFrame,
  type ServerOptions,
  type VsCodeServer,
  type Workbench,
} from './workbench.js';

const root = path.join(import.meta.dirname, '..', '..');
const trainer = path.join(root, 'dist', 'trainer.js');

/** Data handed to the project beside the checkout; tests on it are skipped where it is not. */
export const sharedMnist = path.join(root, '..', 'shared', 'data', 'mnist');

let digits: Promise<string> | null = null;

/** Ten kinds of digits in MNIST's files, drawn once for all tests of this process. */
function drawnDigits(): Promise<string> {
  digits ??= (async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pretrain-digits-'));
    process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    await promisify(execFile)(process.execPath, [trainer, 'sample', 'digits', folder, '--json']);
    return folder;
  })();
  return digits;
}

/** A window of a real VS Code with this extension on a workspace of its own. */
export class Session {
  private constructor(
    readonly folder: string,
    readonly server: VsCodeServer,
    readonly workbench: Workbench,
  ) {}

  /** @param files texts by name, beside the folder "digits" with the drawn digits */
  static async open(files: Record<string, string>, options: ServerOptions = {}): Promise<Session> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pretrain-e2e-'));
    fs.cpSync(await drawnDigits(), path.join(folder, 'digits'), { recursive: true });
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    const server = await launchServer({ extensions: [root], ...options });
    try {
      return new Session(folder, server, await openWorkbench({ server, folder }));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get page(): Page {
    return this.workbench.page;
  }

  /** Ends what runs in the workspace, and all else that was started. */
  async close(): Promise<void> {
    for (const { pid } of this.runs()) if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGKILL');
    await this.workbench.close();
    await this.server.stop();
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Records of the workspace's runs as their folders hold them, oldest first. */
  runs(): (RunRecord & { folder: string })[] {
    const runs = path.join(this.folder, RUNS_FOLDER);
    if (!fs.existsSync(runs)) return [];
    return fs
      .readdirSync(runs)
      .map((name) => path.join(runs, name))
      .filter((folder) => fs.existsSync(path.join(folder, 'run.json')))
      .map((folder) => ({
        ...(JSON.parse(fs.readFileSync(path.join(folder, 'run.json'), 'utf8')) as RunRecord),
        folder,
      }))
      .sort((a, b) => (a.created < b.created ? -1 : 1));
  }

  /** The newest run; its state is `interrupted` when its process is gone. */
  run(): RunRecord & { folder: string } {
    const run = this.runs().pop();
    if (run === undefined) throw new Error(`There is no run in ${this.folder}`);
    return { ...run, state: effectiveState(run, run.pid !== null && isAlive(run.pid)) };
  }

  async untilState(state: RunState, timeout = 60_000): Promise<void> {
    await until(() => this.runs().length > 0 && this.run().state === state, `the run is ${state}`, timeout);
  }

  monitor(): Promise<Monitor> {
    return Monitor.find(this.page);
  }

  /** For a failed test: what the window showed. */
  async keepPicture(name: string): Promise<void> {
    await screenshot(this.page, `failed-${name.replace(/\W+/g, '-')}`);
  }
}

/** The monitor as a person reads it. */
export class Monitor {
  private constructor(
    private readonly page: Page,
    private frame: Frame,
  ) {}

  static async find(page: Page): Promise<Monitor> {
    return new Monitor(page, await webviewFrame(page, { selector: '.pill[data-state]', timeout: 60_000 }));
  }

  /** After a reload or a move the page is another one. */
  async findAgain(): Promise<void> {
    this.frame = (await Monitor.find(this.page)).frame;
  }

  async state(): Promise<string | null> {
    return this.frame.locator('.pill').getAttribute('data-state');
  }

  async untilState(state: RunState, timeout = 30_000): Promise<void> {
    await this.frame.locator(`.pill[data-state="${state}"]`).waitFor({ timeout });
  }

  text(selector: string): Promise<string> {
    return this.frame.locator(selector).first().innerText();
  }

  /** The loss as it is written there. */
  async loss(): Promise<number> {
    const text = await this.frame.locator('.fact-loss').innerText({ timeout: 30_000 });
    return Number(/[\d.]+/.exec(text)?.[0] ?? NaN);
  }

  /** Step of the reconstructions that are drawn; -1 when there are none. */
  async shownStep(): Promise<number> {
    const canvas = this.frame.locator('canvas[data-row="output"][data-drawn]');
    return (await canvas.count()) === 0 ? -1 : Number(await canvas.getAttribute('data-step'));
  }

  async untilStep(step: number, timeout = 60_000): Promise<void> {
    await until(async () => (await this.shownStep()) >= step, `reconstructions of step ${step} are shown`, timeout);
  }

  /**
   * Mean absolute difference of what is drawn in a row to the drawn input, in grey levels from 0 to 1: of the output,
   * or of the earlier output above it. Each row is drawn when its sample has come, so it waits for both.
   */
  async reconstructionError(row: 'output' | 'first'): Promise<number> {
    let error: number | null = null;
    await until(async () => (error = await this.drawnError(row)) !== null, `input and ${row} are drawn`, 30_000);
    return error ?? NaN;
  }

  private drawnError(row: 'output' | 'first'): Promise<number | null> {
    return this.frame.evaluate(`(() => {
      const [input, output] = ['input', '${row}'].map((row) => {
        const canvas = document.querySelector('canvas[data-row="' + row + '"][data-drawn]');
        if (!canvas || canvas.width === 0) return null;
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      });
      if (!input || !output || input.data.length !== output.data.length) return null;
      let sum = 0;
      for (let i = 0; i < input.data.length; i += 4) sum += Math.abs(input.data[i] - output.data[i]);
      return sum / (input.data.length / 4) / 255;
    })()`);
  }

  press(name: string): Promise<void> {
    return this.frame.locator('vscode-button', { hasText: name }).click({ timeout: 10_000 });
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = 60_000,
): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${timeout / 1000} s: ${what}`);
    await sleep(100);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
