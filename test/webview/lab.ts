import assert from 'node:assert/strict';
import { buildMonitor, MonitorLab, type FakeHost, type OpenOptions } from './page.js';
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
