import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { GRAMMAR_CLASSES, grammarSentences } from '../../src/data/text/grammar.js';
import { methods } from '../../src/learn/method/index.js';
import { Session, until } from './session.js';
import { openFile, runCommand, screenshot, webviewFrame } from './workbench.js';

const digits = { path: 'digits', limit: 512, validation: 'test' };
const texts = { path: 'sentences.jsonl', text: { features: 'ids' } };
const convolutional = { type: 'convolutional', filters: [8, 16], blocks: 0, code: 16 };
const few = { blocks: 2, width: 32, heads: 2 };
const row = (name: string) => `canvas[data-row="${name}"][data-drawn]`;

/** Of each method a short recipe, and what the monitor must show of it. */
const recipes: Record<string, { data?: object; encoder: object; pretrain?: object; shows: string[] }> = {
  autoencoder: { encoder: { units: [32] }, shows: [row('output'), row('error'), '.weights canvas'] },
  denoising: { encoder: { units: [32] }, shows: [row('seen'), row('output')] },
  sparse: { encoder: { units: [32] }, shows: [row('output'), '.activity canvas'] },
  contractive: { encoder: { units: [32] }, shows: [row('output')] },
  variational: {
    encoder: { units: [64] },
    pretrain: { latent: 2 },
    shows: [row('output'), '[data-content="plane"] canvas', '[data-content="walk"] canvas'],
  },
  masked: { encoder: { type: 'patchTransformer', patchSize: 7, ...few }, shows: [row('seen'), row('output')] },
  maskedLanguageModel: { data: texts, encoder: { type: 'tokenTransformer', ...few }, shows: ['.tokens mark'] },
  causalLanguageModel: {
    data: texts,
    encoder: { type: 'tokenTransformer', causal: true, ...few },
    shows: ['.tokens .token-list li'],
  },
  adversarial: { encoder: convolutional, shows: ['[data-content="samples"] canvas', '.terms'] },
  contrastive: { encoder: convolutional, shows: ['.pairs canvas'] },
  redundancy: { encoder: convolutional, shows: ['.pairs canvas', '.matrix canvas'] },
  supervised: { encoder: { units: [32] }, shows: ['.guesses canvas'] },
  distillation: { encoder: { units: [16] }, pretrain: { teacher: '' }, shows: ['.agreement canvas'] },
};

describe('Each method in VS Code', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    const { texts: sentences, labels } = grammarSentences(300, 1);
    const lines = sentences.map((text, i) => JSON.stringify({ text, label: GRAMMAR_CLASSES[labels[i]!] }));
    session = await Session.open({ 'sentences.jsonl': `${lines.join('\n')}\n` });
    await session.page.setViewportSize({ width: 1600, height: 1000 });
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('is among these', () => assert.deepEqual(Object.keys(recipes), Object.keys(methods)));

  for (const [method, { data = digits, encoder, pretrain, shows }] of Object.entries(recipes))
    it(`${method}: starts by the palette, and the monitor shows what it is about`, async function () {
      this.timeout(90_000);
      const { page, folder } = session;
      const before = session.runs();
      // The supervised run is the newest one where a teacher is asked for.
      const teacher = pretrain && 'teacher' in pretrain && { teacher: before.at(-1)?.folder };
      const name = `${method}.pretrain.json`;
      const recipe = { data, encoder, pretrain: { method, epochs: 4, batchSize: 64, ...pretrain, ...teacher } };
      fs.writeFileSync(path.join(folder, name), JSON.stringify(recipe, null, 2));
      await runCommand(page, 'View: Close All Editors');
      await openFile(page, name);
      await runCommand(page, 'Pretrain: Start Pretraining');
      await until(() => session.runs().length > before.length, 'it is started');
      await session.untilState('completed', 60_000);
      const frame = await webviewFrame(page, { selector: '.pill[data-state="completed"]', timeout: 30_000 });
      for (const selector of shows) await frame.locator(selector).first().waitFor({ timeout: 15_000 });
      await screenshot(page, `method-${method}`);
      assert.equal(session.run().method, method);
    });
});
