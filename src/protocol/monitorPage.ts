import type { ToMonitor } from './monitor.js';
import { pageHtml, type Page } from './page.js';

/** The monitor's page: the same for the panel in the editor and for tests in a browser. */

/** Where the monitor starts from when nothing was kept of an earlier showing. */
export interface MonitorSettings {
  logAxis?: boolean;
  /** Weight of the past in the moving average, 0 (none) to 0.99. */
  smoothing?: number;
  xAxis?: 'step' | 'epoch' | 'time';
}

export interface MonitorPage extends Page {
  /** Translations by the keys of webview/strings.ts; what is missing stays English. */
  strings: Record<string, string>;
  settings?: MonitorSettings;
  /** What is known of the run already: shown until the host sends it anew. */
  first?: Extract<ToMonitor, { type: 'show' }>;
}

export function monitorHtml({ strings, settings = {}, first, ...page }: MonitorPage): string {
  return pageHtml(page, 'monitor', { strings, settings, first: first ?? null });
}
