import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Session, until } from './session.js';
import { answer, question, runCommand, screenshot, webviewFrame } from './workbench.js';

const SHARED = path.resolve('../shared/data');

/** What each is called in the list, and its examples and classes as the README of the data counts them. */
const sets: [name: string, label: string, tiles: string[]][] = [
  ['mnist', 'mnist', ['70,000', '10']],
  ['fashion-mnist', 'fashion-mnist', ['70,000', '10']],
  ['sign-language-digits', 'sign-language-digits/sign-language-digits.tar.gz', ['2,062', '10']],
  ['clothing-small', 'clothing-small/clothing-small.tar.gz', ['3,408', '10']],
  ['fsdd', 'fsdd/recordings.tar.gz', ['3,000', '10']],
  ['banking77', 'banking77', ['13,083', '77']],
  ['tinyshakespeare', 'tinyshakespeare/input.txt', ['7,222']],
  ['penguins', 'penguins/penguins.csv', ['344', '3']],
];

describe('The real data sets, inspected', function () {
  this.timeout(120_000);
  let session: Session;

  before(async function () {
    if (!fs.existsSync(SHARED)) {
      console.log('      skipped: there is no ../shared/data with the real data sets');
      this.skip();
    }
    session = await Session.open({});
    for (const [name] of sets) fs.cpSync(path.join(SHARED, name), path.join(session.folder, name), { recursive: true });
  });
  after(() => session?.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  for (const [name, label, tiles] of sets)
    it(`${name}: is found, and its page says how many there are`, async () => {
      const { page } = session;
      await runCommand(page, 'Pretrain: Inspect Dataset');
      await until(async () => (await question(page)).labels.includes(label), `${label} is found`, 30_000);
      await answer(page, label);
      const frame = await webviewFrame(page, { selector: 'h1', text: path.basename(label), timeout: 90_000 });
      assert.deepEqual((await frame.locator('.tiles dd').allInnerTexts()).slice(0, tiles.length), tiles);
      await screenshot(page, `inspect-${name}`);
      await runCommand(page, 'View: Close Editor');
    });
});
