import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Page } from '../protocol/page.js';
import type { Host } from './host.js';

/** Keys of translations that are meant for webviews begin so in the bundle. */
const STRINGS = 'monitor.';

export function webviewOptions({ context }: Host): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: ['dist', 'media'].map((name) => vscode.Uri.joinPath(context.extensionUri, name)),
  };
}

/**
 * What a webview's page is made of.
 * @param script name of the bundle in dist
 * @param styles names of the style sheets in media
 */
export function webviewPage(
  { context }: Host,
  { webview }: vscode.WebviewPanel,
  { script, styles, title }: { script: string; styles: string[]; title: string },
): Page & { strings: Record<string, string> } {
  const address = (...name: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, ...name)).toString();
  const strings = Object.entries(vscode.l10n.bundle ?? {}).filter(([key]) => key.startsWith(STRINGS));
  return {
    script: address('dist', script),
    styles: styles.map((style) => address('media', style)),
    nonce: randomBytes(16).toString('hex'),
    cspSource: webview.cspSource,
    strings: Object.fromEntries(strings.map(([key, text]) => [key.slice(STRINGS.length), text])),
    title,
    language: vscode.env.language,
  };
}
