/** Chromium's executable, or null when there is none. */
export function findBrowser(): string | null;
/** Where the parts of the VS Code of the tests are; see the head of workbench.mjs. */
export function workbenchParts(folder: string): { node: string; codeServer: string };
