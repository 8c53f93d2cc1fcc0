import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** VS Code in a browser writes its window's state every 5 s when idle, and not when the page is left. */
const SAVE_INTERVAL = 5_000;

/**
 * Waits until the editors that are open, panels included, are in the window's saved state and stay so for longer than
 * VS Code's interval of saving: what a reload finds again. After `timeout` milliseconds it waits no more.
 */
export async function untilEditorsSaved(page: Page, timeout = 40_000): Promise<void> {
  const end = Date.now() + timeout;
  let saved = '';
  let since = Date.now();
  while (Date.now() < end) {
    const state = await savedEditors(page);
    if (state !== saved) [saved, since] = [state, Date.now()];
    const isComplete = countEditors(state) === (await page.locator('.tab').count());
    if (isComplete && Date.now() - since > SAVE_INTERVAL + 1_000) return;
    await sleep(250);
  }
}

function countEditors(state: string): number {
  let count = 0;
  JSON.parse(state === '' ? '{}' : state, (key, value: unknown) => {
    if (key === 'editors' && Array.isArray(value)) count += value.length;
    return value;
  });
  return count;
}

/** The editor area as saved in the browser's database; empty when nothing has been saved yet. */
function savedEditors(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('The browser’s database cannot be read'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      if (!/^vscode-web-state-db-(?!global)/.test(name)) continue;
      const database = await result(indexedDB.open(name));
      try {
        for (const store of Array.from(database.objectStoreNames)) {
          const memento: unknown = await result(
            database.transaction(store).objectStore(store).get('memento/workbench.parts.editor'),
          );
          if (typeof memento === 'string') return memento;
        }
      } finally {
        database.close();
      }
    }
    return '';
  });
}
