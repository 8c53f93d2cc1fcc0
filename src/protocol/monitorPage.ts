import type { ToMonitor } from './monitor.js';

/** The monitor's page: the same for the panel in the editor and for tests in a browser. */

/** Where the monitor starts from when nothing was kept of an earlier showing. */
export interface MonitorSettings {
  logAxis?: boolean;
  /** Weight of the past in the moving average, 0 (none) to 0.99. */
  smoothing?: number;
  xAxis?: 'step' | 'epoch' | 'time';
}

export interface MonitorPage {
  /** Addresses of the bundle and the style sheet, as the webview can load them. */
  script: string;
  style: string;
  /** A fresh random text for each page: nothing else than the bundle may run. */
  nonce: string;
  /** `webview.cspSource`. */
  cspSource: string;
  /** Translations by the keys of webview/strings.ts; what is missing stays English. */
  strings: Record<string, string>;
  title: string;
  /** BCP 47 tag, e.g. "de": numbers and times are written as there. */
  language: string;
  settings?: MonitorSettings;
  /** What is known of the run already: shown until the host sends it anew. */
  first?: Extract<ToMonitor, { type: 'show' }>;
}

/**
 * The policy allows the bundle, style sheets of the extension, and nothing from anywhere else. The component library
 * tries one style of its own at its start; it finds the nonce in the element "csp-nonce".
 */
export function monitorHtml(page: MonitorPage): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${page.cspSource} 'nonce-${page.nonce}'`,
    `script-src 'nonce-${page.nonce}'`,
    `font-src ${page.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${escapeHtml(page.nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(page.style)}">
<title>${escapeHtml(page.title)}</title>
</head>
<body>
<div id="monitor"></div>
<script type="application/json" id="strings">${jsonElement(page.strings)}</script>
<script type="application/json" id="settings">${jsonElement(page.settings ?? {})}</script>
<script type="application/json" id="first">${jsonElement(page.first ?? null)}</script>
<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.script)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** JSON that cannot end the element it stands in. */
function jsonElement(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
