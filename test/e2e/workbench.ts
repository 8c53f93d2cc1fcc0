import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../webview/browser.js';
import { untilEditorsSaved } from './savedState.js';
import type { VsCodeServer } from './server.js';

export { launchServer, type ServerOptions, type VsCodeServer } from './server.js';

/** A window of VS Code in Chromium. */
export interface Workbench {
  readonly page: Page;
  /** What the page printed to its console, for a failing test's message. */
  readonly consoleLines: string[];
  /** Hosts other than this machine that the page asked; must stay empty. */
  readonly external: Set<string>;
  /** Reloads the window once its open editors are in its saved state. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface WorkbenchOptions {
  server: VsCodeServer;
  /** Workspace folder; without one the window is empty. */
  folder?: string;
  viewport?: { width: number; height: number };
}

/** Opens a window and waits until it is shown. */
export async function openWorkbench({
  server,
  folder,
  viewport = { width: 1400, height: 900 },
}: WorkbenchOptions): Promise<Workbench> {
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport, locale: 'en-US' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const page = await context.newPage();
    const consoleLines: string[] = [];
    const external = new Set<string>();
    page.on('request', (request) => {
      const { protocol, hostname, origin } = new URL(request.url());
      // A webview's own files have names that its service worker answers; they never leave the browser.
      const local = hostname === '127.0.0.1' || hostname === 'localhost' || hostname.includes('.vscode-resource.');
      if (/^(https?|wss?):$/.test(protocol) && !local) external.add(origin);
    });
    page.on('console', (message) => consoleLines.push(`[${message.type()}] ${message.text()}`));
    page.on('pageerror', (error) => consoleLines.push(`[pageerror] ${error.message}`));
    const query = new URLSearchParams(folder === undefined ? { ew: 'true' } : { folder: path.resolve(folder) });
    const show = async () => {
      await page.goto(`${server.url}/?${query.toString()}`, { waitUntil: 'domcontentloaded' });
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    };
    await show();
    const reload = async () => {
      await untilEditorsSaved(page);
      await show();
    };
    return { page, consoleLines, external, reload, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

interface Patience {
  /** Milliseconds. */
  timeout?: number;
}

/** Runs a command by its title in the palette ("Category: Title"), as soon as the palette lists it. */
export function runCommand(page: Page, title: string, { timeout = 30_000 }: Patience = {}): Promise<void> {
  const label = page.locator('.label-name', { hasText: exactly(title) });
  return pick(page, 'F1', `>${title}`, (widget) => rows(widget).filter({ has: label }).first(), timeout);
}

/** Opens a file of the workspace by its name. */
export async function openFile(page: Page, name: string, { timeout = 20_000 }: Patience = {}): Promise<void> {
  await pick(page, 'Control+P', name, (widget) => rows(widget).filter({ hasText: name }).first(), timeout);
  await page.locator(`.tab[data-resource-name="${name}"]`).waitFor({ timeout });
}

/** Answers the question that is open: with the row that has this label, or in an input box with the text itself. */
export async function answer(page: Page, text: string, { timeout = 10_000 }: Patience = {}): Promise<void> {
  const widget = quickInput(page);
  const input = widget.locator('input[type="text"]').first();
  await input.waitFor({ timeout });
  const isList = await widget.locator('.quick-input-list').isVisible();
  await input.fill(text, { timeout });
  if (!isList) return page.keyboard.press('Enter');
  const label = page.locator('.label-name', { hasText: text });
  await rows(widget).filter({ has: label }).first().click({ timeout });
}

/** Chooses an entry of the open menu, which takes no click in its first moments: until it is gone. */
export async function chooseInMenu(page: Page, text: string, { timeout = 15_000 }: Patience = {}): Promise<void> {
  const end = Date.now() + timeout;
  const entry = page.locator('.monaco-menu .action-item', { hasText: text });
  await entry.waitFor({ timeout });
  do {
    await sleep(200);
    // Gone between the look and the click.
    if (await entry.isVisible()) await entry.click({ timeout: 1_000 }).catch(() => undefined);
    if (Date.now() > end) throw new Error(`The menu does not take "${text}"`);
  } while (await entry.isVisible());
}

/** Takes the path that the open dialog for files proposes, which hears nothing in its first moments: until it is gone. */
export async function acceptPath(page: Page, { timeout = 15_000 }: Patience = {}): Promise<void> {
  const end = Date.now() + timeout;
  const accept = page.locator('.quick-input-widget:visible .monaco-button', { hasText: 'OK' }).first();
  await accept.waitFor({ timeout });
  do {
    await sleep(300);
    // Gone between the look and the click.
    if (await accept.isVisible()) await accept.click({ timeout: 1_000 }).catch(() => undefined);
    if (Date.now() > end) throw new Error('The dialog does not take its path');
  } while (await accept.isVisible());
}

/** What the open question says: its title, placeholder and rows. */
export async function question(
  page: Page,
  { timeout = 10_000 }: Patience = {},
): Promise<{ title: string; placeholder: string; labels: string[] }> {
  const widget = quickInput(page);
  const input = widget.locator('input[type="text"]').first();
  await input.waitFor({ timeout });
  return {
    title: (await widget.locator('.quick-input-title').textContent()) ?? '',
    placeholder: (await input.getAttribute('placeholder')) ?? '',
    labels: await rows(widget).locator('.quick-input-list-row > .monaco-icon-label .label-name').allTextContents(),
  };
}

/** A notification that contains a text; its buttons are inside. */
export async function notification(
  page: Page,
  text: string | RegExp,
  { timeout = 20_000 }: Patience = {},
): Promise<Locator> {
  const found = page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  await found.waitFor({ timeout });
  return found;
}

/**
 * What is shown about a row while the mouse rests on it. A tree that draws its rows anew forgets what the mouse is on
 * until that moves, so it is moved away and back, as a person would, until the text is there.
 */
export async function hoverOf(
  page: Page,
  row: Locator,
  text: string | RegExp,
  { timeout = 30_000 }: Patience = {},
): Promise<Locator> {
  const found = page.locator('.monaco-hover:visible, .workbench-hover:visible').filter({ hasText: text }).first();
  const last = Date.now() + timeout;
  for (;;) {
    await page.mouse.move((page.viewportSize()?.width ?? 1200) - 300, 300);
    await row.hover();
    try {
      await found.waitFor({ timeout: 4_000 });
      return found;
    } catch (error) {
      if (Date.now() > last) throw error;
    }
  }
}

/**
 * The inner frame of a webview (panel, view, custom editor), found by what it shows, as the ids are random.
 * @param selector an element that it has, which contains `text` if given
 */
export async function webviewFrame(
  page: Page,
  { selector = 'body', text = '', timeout = 20_000 }: Patience & { selector?: string; text?: string } = {},
): Promise<Frame> {
  const end = Date.now() + timeout;
  for (;;) {
    for (const frame of page.frames()) {
      // page > iframe.webview > iframe#active-frame
      if (!frame.parentFrame()?.parentFrame()) continue;
      const shown = await frame
        .locator(selector)
        .first()
        .textContent({ timeout: 500 })
        .catch(() => null); // a frame that is just being replaced
      if (shown?.includes(text) === true) return frame;
    }
    if (Date.now() > end) {
      const urls = page.frames().map((frame) => frame.url().slice(0, 90));
      throw new Error(`No webview shows ${selector}${text && ` with "${text}"`}; frames: ${urls.join(' | ')}`);
    }
    await sleep(100);
  }
}

/** Writes test-results/NAME.png, and returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const file = path.resolve('test-results', `${name}.png`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  return file;
}

const quickInput = (page: Page) => page.locator('.quick-input-widget:visible');
const rows = (widget: Locator) => widget.locator('.quick-input-list .monaco-list-row');
const exactly = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** The palette closes itself when the focus moves (to an editor that just opened, say): short steps, all retried. */
async function pick(
  page: Page,
  key: string,
  text: string,
  row: (widget: Locator) => Locator,
  timeout: number,
): Promise<void> {
  const end = Date.now() + timeout;
  const widget = quickInput(page);
  const input = widget.locator('input[type="text"]').first();
  for (;;) {
    try {
      await page.keyboard.press(key);
      await input.waitFor({ timeout: 3_000 });
      await input.fill(text, { timeout: 2_000 });
      await row(widget).click({ timeout: 3_000 });
      break;
    } catch (error) {
      if (Date.now() > end) throw new Error(`"${text}" was not found with ${key}`, { cause: error });
      await page.keyboard.press('Escape');
      await sleep(250);
    }
  }
  // It stays open when the command itself asks something.
  await widget.waitFor({ state: 'hidden', timeout: 1_500 }).catch(() => undefined);
}
