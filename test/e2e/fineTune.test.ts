import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { ClassificationEvaluation } from '../../src/protocol/run.js';
import { Session, until } from './session.js';
import { answer, notification, openFile, question, runCommand, screenshot } from './workbench.js';

const RECIPE = 'few.pretrain.json';

describe('Fine-tuning in VS Code', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    const recipe = {
      data: { path: 'digits', limit: 1024 },
      pretrain: { epochs: 5 },
      finetune: { mode: 'probe', labelsPerClass: 5 },
    };
    session = await Session.open({ [RECIPE]: JSON.stringify(recipe, null, 2) });
    await session.page.setViewportSize({ width: 1800, height: 1000 });
    await openFile(session.page, RECIPE);
    await session.page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  const row = (text: string | RegExp) => session.page.locator('.pane-body .monaco-list-row', { hasText: text });

  async function untilComplete(runs: number): Promise<void> {
    await until(
      () => session.runs().length === runs && session.run().state === 'completed',
      `${runs} runs are complete`,
    );
  }

  it('says what is missing when nothing has been pretrained yet', async () => {
    await runCommand(session.page, 'Pretrain: Fine-Tune');
    const toast = await notification(session.page, 'There is no run with a checkpoint to start from yet');
    await toast.getByRole('button', { name: 'Start Pretraining' }).click();
    await untilComplete(1);
    await row(/few.*Complete · loss/).waitFor();
  });

  it('asks for mode and labels, the recipe’s first, and shows the run under the one it came from', async function () {
    this.timeout(60_000);
    const { page } = session;
    await openFile(page, RECIPE);
    await runCommand(page, 'Pretrain: Fine-Tune');
    await until(async () => (await question(page)).title === 'Fine-Tune: Mode', 'the mode is asked for');
    const { labels } = await question(page);
    assert.deepEqual([labels[0], labels.length], ['Linear probe', 6]);
    await screenshot(page, 'fine-tune-mode');
    await answer(page, 'Probe, then full');
    await until(async () => (await question(page)).title === 'Fine-Tune: Labels', 'the labels are asked for');
    assert.equal((await question(page)).labels[0], '5 labels per class');
    await answer(page, '10 labels per class');
    await untilComplete(2);
    const [parent, run] = session.runs();
    assert.ok(parent && run);
    assert.deepEqual([run.stage, run.method, run.parent], ['finetune', 'probeThenFull', parent.id]);
    const { trainedOn, splits } = JSON.parse(
      fs.readFileSync(path.join(run.folder, 'evaluation.json'), 'utf8'),
    ) as ClassificationEvaluation;
    assert.deepEqual(trainedOn, Array(10).fill(10));
    const accuracy = (100 * (splits['test']?.accuracy.value ?? NaN)).toFixed(1);
    const child = row(new RegExp(`Probe, then full.*test accuracy ${accuracy} % · 100 labels`));
    await child.waitFor();
    assert.equal(await child.getAttribute('aria-level'), '2');
    await (await session.monitor()).untilState('completed');
    await page.locator('.tab', { hasText: 'few: Complete' }).nth(1).waitFor();
    await screenshot(page, 'fine-tuned');
  });

  it('starts above the recipe as it says, from its newest complete run, without a question', async () => {
    const { page } = session;
    await openFile(page, RECIPE);
    await page.locator('.codelens-decoration', { hasText: 'Linear probe · 5 labels per class' }).waitFor();
    await screenshot(page, 'fine-tune-lens');
    await page.locator('.codelens-decoration a', { hasText: 'Fine-Tune' }).click();
    await untilComplete(3);
    const [parent, , run] = session.runs();
    assert.deepEqual([run?.method, run?.parent, run?.dataset?.trainingCount], ['probe', parent?.id, 50]);
  });

  it('starts beside a pretrained run, and only there', async () => {
    const { page } = session;
    const button = 'a.action-label[aria-label^="Fine-Tune"]';
    await row(/few.*Complete · loss/).hover();
    await row(/few.*Complete · loss/)
      .locator(button)
      .click();
    await until(async () => (await question(page)).title === 'Fine-Tune: Mode', 'the mode is asked for');
    await page.keyboard.press('Enter');
    await until(async () => (await question(page)).title === 'Fine-Tune: Labels', 'the labels are asked for');
    await page.keyboard.press('Enter');
    await untilComplete(4);
    assert.deepEqual([session.run().method, session.run().dataset?.trainingCount], ['probe', 50]);
    const child = row(/Linear probe.* · 50 labels/).first();
    await child.hover();
    assert.equal(await child.locator(button).count(), 0);
  });
});
