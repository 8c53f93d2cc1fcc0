import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { buildMonitor, MonitorLab, results, type FakeHost, type OpenOptions, type OtherPage } from './page.js';
import type { Recording } from './recording.js';

let lab: Promise<MonitorLab> | undefined;

/** One bundle and one browser for all files of this folder. */
export function sharedLab(): Promise<MonitorLab> {
  lab ??= buildMonitor().then(() => MonitorLab.start());
  return lab;
}

after(async () => {
  await (await lab)?.stop();
});

export interface MonitorFixture {
  /** The host of the page that the test has opened last. */
  readonly host: FakeHost;
  open(options?: OpenOptions): Promise<FakeHost>;
  /** Shows a recording and waits until its newest pictures are there. */
  showAll(recording: Recording, options?: OpenOptions): Promise<FakeHost>;
}

/** For the suite that calls it: a page for each test, closed after it, of which nothing may be complained. */
export function useMonitor(): MonitorFixture {
  let browser: MonitorLab;
  let host: FakeHost | undefined;

  before(async function () {
    this.timeout(120_000);
    browser = await sharedLab();
  });

  afterEach(async () => {
    await host?.close();
    assert.deepEqual(host?.complaints ?? [], [], 'neither the console nor the policy has anything to complain about');
    host = undefined;
  });

  const open = async (options?: OpenOptions): Promise<FakeHost> => {
    await host?.close();
    host = await browser.open(options);
    return host;
  };
  return {
    get host() {
      if (!host) throw new Error('The test has not opened a page yet.');
      return host;
    },
    open,
    showAll: async (recording, options) => {
      const opened = await open(options);
      await opened.show(recording);
      const newest = [...recording.samples.keys()].at(-1);
      await opened.page.locator('canvas[data-row="second"][data-drawn="true"]').waitFor();
      await opened.page.locator(`canvas[data-row="output"][data-step="${newest}"]`).waitFor();
      await opened.settle();
      return opened;
    },
  };
}

export interface OtherFixture<From> {
  /** What the page has sent since the test began. */
  readonly sent: readonly From[];
  /** Opens the page, in the place of one that is open, and waits until it is ready. */
  open(options?: OpenOptions): Promise<Page>;
}

/** As {@link useMonitor}, of another page. */
export function useOther<From extends { type: string }>(name: OtherPage): OtherFixture<From> {
  let browser: MonitorLab;
  let page: Page | undefined;
  let sent: From[] = [];
  let complaints: string[] = [];

  before(async function () {
    this.timeout(120_000);
    await mkdir(results, { recursive: true });
    browser = await sharedLab();
  });
  beforeEach(() => {
    sent = [];
    complaints = [];
  });
  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    assert.deepEqual(complaints, [], 'neither the console nor the policy has anything to complain about');
  });

  return {
    get sent() {
      return sent;
    },
    open: async (options = {}) => {
      await page?.context().close();
      let ready: () => void = () => undefined;
      const isReady = new Promise<void>((resolve) => (ready = resolve));
      const received = (message: From): void => {
        sent.push(message);
        if (message.type === 'ready') ready();
      };
      page = await browser.openOther<From>(name, options, received, complaints);
      await isReady;
      return page;
    },
  };
}
