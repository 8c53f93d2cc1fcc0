/** A webview's page, the same in the editor and for tests in a browser. */

export interface Page {
  /** Address of the bundle, as the webview can load it. */
  script: string;
  /** Addresses of the style sheets. */
  styles: readonly string[];
  /** A fresh random text for each page: nothing else than the bundle may run. */
  nonce: string;
  /** `webview.cspSource`. */
  cspSource: string;
  title: string;
  /** BCP 47 tag, e.g. "de": numbers and times are written as there. */
  language: string;
}

/**
 * The policy allows the bundle, style sheets of the extension, and nothing from anywhere else. The component library
 * tries one style of its own at its start; it finds the nonce in the element "csp-nonce".
 * @param root id of the element in which the page is made
 * @param data what the page reads as JSON, by the ids of its elements
 */
export function pageHtml(page: Page, root: string, data: Record<string, unknown>): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${page.cspSource} 'nonce-${page.nonce}'`,
    `script-src 'nonce-${page.nonce}'`,
    `font-src ${page.cspSource}`,
  ].join('; ');
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    `<meta property="csp-nonce" content="${escapeHtml(page.nonce)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...page.styles.map((style) => `<link rel="stylesheet" href="${escapeHtml(style)}">`),
    `<title>${escapeHtml(page.title)}</title>`,
  ];
  const body = [
    `<div id="${root}"></div>`,
    ...Object.entries(data).map(
      ([id, value]) => `<script type="application/json" id="${id}">${jsonElement(value)}</script>`,
    ),
    `<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.script)}"></script>`,
  ];
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
${head.join('\n')}
</head>
<body>
${body.join('\n')}
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
