import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** VS Code in a browser writes its window's state every 5 s when idle, and not when the page is left. */
const SAVE_INTERVAL = 5_000;

/**
 * Waits until the editors that are open, panels included, are in the window's saved state, in the state in which they
 * are now: what a reload finds again. After `timeout` milliseconds it waits no more.
 */
export async function untilEditorsSaved(page: Page, timeout = 30_000): Promise<void> {
  const started = Date.now();
  const before = await savedEditors(page);
  while (Date.now() - started < timeout) {
    const state = await savedEditors(page);
    const editors = editorsOf(state);
    const isComplete = editors.length === (await page.locator('.tab').count());
    // A panel's own state comes later than the panel, and one that is saved without it does not come back.
    const isSavedSince = state !== before || Date.now() - started > SAVE_INTERVAL + 1_000;
    if (isComplete && isSavedSince && editors.every(hasState)) return;
    await sleep(250);
  }
}

interface SavedEditor {
  id: string;
  /** As JSON. */
  value: string;
}

function editorsOf(state: string): SavedEditor[] {
  const found: SavedEditor[] = [];
  JSON.parse(state === '' ? '{}' : state, (key, value: unknown) => {
    if (key === 'editors' && Array.isArray(value)) found.push(...(value as SavedEditor[]));
    return value;
  });
  return found;
}

function hasState({ id, value }: SavedEditor): boolean {
  return !id.endsWith('webviewInput') || 'state' in (JSON.parse(value) as object);
}

/** The editor area as saved in the browser's database; empty when nothing has been saved yet. */
function savedEditors(page: Page): Promise<string> {
  // No named function inside: tsx would have it call a helper that the page does not have.
  return page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) {
      if (!/^vscode-web-state-db-(?!global)/.test(name)) continue;
      const memento = await new Promise<unknown>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error('The browser’s database cannot be read'));
        opening.onsuccess = () => {
          const database = opening.result;
          const stores = Array.from(database.objectStoreNames);
          if (!stores.includes('ItemTable')) {
            resolve(null);
            return;
          }
          const reading = database
            .transaction('ItemTable')
            .objectStore('ItemTable')
            .get('memento/workbench.parts.editor');
          reading.onerror = () => reject(new Error('The browser’s database cannot be read'));
          reading.onsuccess = () => {
            database.close();
            resolve(reading.result);
          };
        };
      });
      if (typeof memento === 'string') return memento;
    }
    return '';
  });
}
