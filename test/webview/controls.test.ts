import assert from 'node:assert/strict';
import { sharedLab } from './lab.js';
import type { FakeHost, MonitorLab, OpenOptions } from './page.js';
import { record, runRecord, STEPS_PER_EPOCH } from './recording.js';

const recording = record(6);
const last = 6 * STEPS_PER_EPOCH;

describe('the monitor, beside showing,', () => {
  let lab: MonitorLab;
  let host: FakeHost;

  before(async function () {
    this.timeout(120_000);
    lab = await sharedLab();
  });

  async function open(options?: OpenOptions): Promise<FakeHost> {
    host = await lab.open(options);
    return host;
  }

  /** Shows the recording and waits until its newest pictures are there. */
  async function showAll(options?: OpenOptions): Promise<FakeHost> {
    await open(options);
    await host.show(recording);
    await host.page.locator(`canvas[data-row="output"][data-step="${last}"]`).waitFor();
    await host.settle();
    return host;
  }

  afterEach(async () => {
    const { complaints } = host;
    await host.close();
    assert.deepEqual(complaints, [], 'neither the console nor the policy has anything to complain about');
  });

  const figures = (): Promise<string> => host.page.locator('.facts').innerText();

  describe('controls a run', () => {
    const press = (name: string): Promise<void> => host.page.getByRole('button', { name, exact: true }).click();

    it('by its buttons', async () => {
      await showAll();
      await press('Sample now');
      await press('Pause');
      await host.send({ type: 'run', run: recording.run, state: 'paused' });
      await press('Resume');
      await host.send({ type: 'run', run: recording.run, state: 'running' });
      await press('Stop');
      await host.settle();
      const controls = host.sent.map(({ type }) => type).filter((type) => type !== 'ready' && type !== 'requestSample');
      assert.deepEqual(controls, ['sampleNow', 'pause', 'resume', 'stop']);
    });

    it('only once, however impatient one is', async () => {
      await showAll();
      await host.page.getByRole('button', { name: 'Pause', exact: true }).dblclick();
      await host.page.locator('.chart-frame').focus();
      await host.page.keyboard.press('Space');
      await host.settle();
      assert.equal(host.of('pause').length, 1);
    });

    it('by its learning rate, which must be a number above 0', async () => {
      await showAll();
      const field = host.page.getByRole('textbox', { name: 'Learning rate' });
      assert.equal(await field.inputValue(), '0.001');
      await field.fill('-1');
      await field.press('Enter');
      await host.page.getByRole('alert').filter({ hasText: '“-1” is not a learning rate' }).waitFor();
      await field.fill('5e-4');
      await field.press('Enter');
      await host.settle();
      assert.deepEqual(host.of('setLearningRate'), [{ type: 'setLearningRate', learningRate: 0.0005 }]);
      assert.equal(await host.page.getByRole('alert').count(), 0, 'the complaint is gone');
    });

    it('and shows beside the controls when the trainer refuses', async () => {
      await showAll();
      await press('Pause');
      await host.send({ type: 'failed', message: 'The trainer is writing a checkpoint. <b>Try</b> again.' });
      await host.page.getByRole('alert').filter({ hasText: '<b>Try</b> again.' }).waitFor();
      await press('Pause');
      await host.settle();
      assert.equal(host.of('pause').length, 2, 'it can be tried again');
    });
  });

  describe('says how things stand', () => {
    it('before there is a run, and while one prepares', async () => {
      await open();
      await host.page.getByText('Opening the run').waitFor();
      await host.send(
        { type: 'show', run: runRecord({ state: 'preparing' }), state: 'preparing' },
        { type: 'progress', message: 'Reading 60,000 images', fraction: 0.4 },
      );
      await host.page.getByText('Reading 60,000 images').waitFor();
      assert.equal(await host.page.locator('.waiting-bar').getAttribute('aria-valuenow'), '40');
      for (const section of ['.loss', '.reconstruction', '.weights', '.health', '.timeline'])
        assert.equal(await host.page.locator(section).isVisible(), false, `${section} has nothing to show yet`);
    });

    it('when it has failed: with the reason, the place, what to do, and a way to resume', async () => {
      await open();
      const error = {
        message: 'The disk is full.',
        file: '/runs/x/weights.safetensors',
        line: 3,
        advice: 'Free some space.',
      };
      await host.show({ ...recording, run: { ...recording.run, state: 'failed', error } });
      const text = await host.page.locator('.notice').innerText();
      for (const part of [
        'Training failed at step 1,410.',
        'The disk is full.',
        '/runs/x/weights.safetensors, line 3',
        'Free some space.',
      ])
        assert.ok(text.includes(part), text);
      await host.page.getByRole('button', { name: 'Open log' }).click();
      await host.page.getByRole('button', { name: 'Resume' }).click();
      await host.settle();
      assert.equal(host.of('openLog').length, 1);
      assert.equal(host.of('resume').length, 1);
      assert.equal(await host.page.getByRole('button', { name: 'Pause' }).count(), 0);
    });

    it('when it was interrupted or stopped: from which checkpoint it can go on', async () => {
      await open();
      await host.show(recording, 'interrupted');
      assert.match(
        await host.page.locator('.notice').innerText(),
        /ended unexpectedly after step 1,410.*checkpoint of step 1,410/,
      );
      await host.send({ type: 'run', run: { ...recording.run, state: 'stopped' }, state: 'stopped' });
      await host.page.locator('.notice', { hasText: 'Stopped at step 1,410.' }).waitFor();
    });

    it('when it is complete', async () => {
      await open();
      await host.show({ ...recording, run: { ...recording.run, epochs: 6, state: 'completed', seconds: 47 } });
      assert.match(await figures(), /took 47 s/);
      assert.equal(await host.page.getByRole('progressbar').getAttribute('aria-valuenow'), '100');
      for (const name of ['Pause', 'Resume', 'Stop', 'Sample now'])
        assert.equal(await host.page.getByRole('button', { name, exact: true }).count(), 0);
    });
  });
});
