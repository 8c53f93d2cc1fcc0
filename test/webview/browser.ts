import { chromium, type Browser } from 'playwright-core';
import { findBrowser } from '../../scripts/workbench.mjs';

/** Starts the Chromium or Chrome of this machine without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error(
      'There is no Chromium or Chrome on PATH: run "npm test", which sets one up, or set PRETRAIN_CHROMIUM.',
    );
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // Chromium's own does not start as root, as which continuous integration runs
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
