import assert from 'node:assert/strict';
import { encodeSafetensors } from '../../src/protocol/safetensors.js';
import { monitorHtml } from '../../src/protocol/monitorPage.js';
import { useMonitor } from './lab.js';
import type { FakeHost } from './page.js';
import { lines, record, runRecord, sampleBytes } from './recording.js';

const MARKUP = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';

describe('the monitor with data that is not as it should be', () => {
  let host: FakeHost;

  beforeEach(async () => {
    host = await monitor.open({ width: 520 });
  });

  afterEach(async () => {
    const overflow = await host.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0, 'nothing makes the page scroll sideways');
    assert.equal(await host.page.title(), 'mnist-autoencoder', 'nothing of the data was run');
  });

  const monitor = useMonitor(); // after the checks above, for it closes the page

  it('shows names and messages as text, however long and whatever is in them', async () => {
    const name = MARKUP + 'x'.repeat(3000);
    const run = runRecord({ name, summary: name, error: { message: name, file: name, advice: name } });
    await host.send(
      { type: 'show', run, state: 'failed' },
      { type: 'metrics', text: lines([{ step: 1, epoch: 0, time: 0, values: { loss: 1, [name]: 2 } }]) },
      {
        type: 'events',
        text: lines([
          {
            step: 1,
            epoch: 0,
            at: name,
            type: 'diagnosis',
            level: name,
            message: name,
            advice: name,
            recipePath: [name],
          },
        ]),
      },
      { type: 'live' },
      { type: 'failed', message: name },
    );
    await host.page.locator('h1', { hasText: '<img src=x' }).waitFor();
    await host.page.locator('.happenings', { hasText: '<script>' }).waitFor();
    assert.equal(await host.page.locator('img, h1 script, .happenings script').count(), 0);
  });

  it('says so when the loss is not a number, and draws the rest', async () => {
    await host.send(
      { type: 'show', run: runRecord(), state: 'running' },
      {
        type: 'metrics',
        text: '{"step":1,"epoch":0,"time":0,"values":{"loss":0.5}}\n{"step":2,"epoch":0,"time":0,"values":{"loss":NaN}}\n',
      },
      { type: 'live' },
    );
    await host.page.locator('.fact-loss', { hasText: 'not a number' }).waitFor();
  });

  it('tells which lines it could not read', async () => {
    await host.send(
      { type: 'show', run: runRecord(), state: 'running' },
      { type: 'metrics', text: '{"step":1,"values":{"loss":1}}\nbroken\n{"step":\n\n' },
      { type: 'events', text: 'x\n' },
      { type: 'live' },
    );
    await host.page
      .getByText('2 lines of metrics.jsonl cannot be read and were left out; the first is line 2.')
      .waitFor();
    await host.page.getByText('Line 1 of events.jsonl cannot be read and was left out.').waitFor();
  });

  it('lives with values of any size on both axes', async () => {
    const extremes = [1e300, 1e-300, -1e300, 0, 1e308, -0, 5e-324, 1];
    const records = extremes.map((loss, i) => ({
      step: i,
      epoch: i,
      time: i,
      values: { loss, validationLoss: -loss },
    }));
    await host.send(
      { type: 'show', run: runRecord(), state: 'running' },
      { type: 'metrics', text: lines(records) },
      { type: 'live' },
    );
    await host.page.locator('.loss').waitFor();
    for (let i = 0; i < 2; i++) {
      await host.page.keyboard.press('l');
      await host.settle();
    }
    await host.send({ type: 'metrics', text: lines([{ step: 1e15, epoch: 1e9, time: 1e12, values: { loss: 1 } }]) });
    await host.page.locator('.fact-step', { hasText: '1,000,000,000,000,000' }).waitFor();
  });

  it('says why a sample cannot be shown, and shows the next one', async () => {
    const { events, metrics, run } = record(1);
    const views = JSON.stringify([{ kind: 'reconstruction', from: MARKUP, input: 'a', output: 'b' }]);
    const odd = encodeSafetensors({
      tensors: { a: { shape: [1, 2, 2, 1], data: new Uint8Array(4) } },
      metadata: { views },
    });
    const samples = new Map([
      [0, new Uint8Array([1, 2, 3])],
      [5, odd],
      [20, sampleBytes(20, 0.1)],
    ]);
    await host.show({ run, metrics, events, samples });
    await host.page.getByText('The sample of step 235 is no longer in the run folder.').waitFor();
    await host.page.keyboard.press('Home');
    await host.page
      .getByText('The sample of step 0 cannot be shown. Not a safetensors file: shorter than 8 bytes.')
      .waitFor();
    await host.page.keyboard.press('ArrowRight');
    await host.page.getByText('The sample of step 5 cannot be shown. Tensor b is not in the file.').waitFor();
    await host.page.keyboard.press('ArrowRight');
    await host.page.locator('canvas[data-row="output"][data-step="20"]').waitFor();
  });

  it('takes no notice of messages that are none, or about another run', async () => {
    await host.send({ type: 'show', run: runRecord(), state: 'running' }, { type: 'live' });
    await host.page.evaluate(() => {
      for (const message of [null, 7, 'text', {}, { type: 'unknown' }, { type: null }]) window.postMessage(message);
    });
    await host.send({ type: 'run', run: runRecord({ id: 'other', name: 'other' }), state: 'failed' });
    await host.settle();
    assert.equal(await host.page.locator('h1').innerText(), 'mnist-autoencoder');
    assert.equal(await host.page.locator('.pill').innerText(), 'Training');
  });

  it('has a page that keeps texts of the host as texts', () => {
    const html = monitorHtml({
      script: 'a"b',
      styles: ['<s>'],
      nonce: 'n',
      cspSource: 'https://x',
      strings: { a: '</script><b>' },
      title: '</title><script>',
      language: '"><x>',
      first: { type: 'show', run: runRecord({ name: '</script><b>' }), state: 'running' },
    });
    assert.equal(html.match(/<script/g)?.length, 4);
    assert.ok(!html.includes('</script><b>') && !html.includes('</title><script>') && !html.includes('"><x>'));
    assert.ok(!/unsafe|\*/.test(/Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? 'unsafe'));
  });
});
