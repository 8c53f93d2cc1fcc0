import assert from 'node:assert/strict';
import { useMonitor } from './lab.js';
import { record, runRecord } from './recording.js';

const recording = record(6);

describe('the monitor, beside showing,', () => {
  const monitor = useMonitor();

  const figures = (): Promise<string> => monitor.host.page.locator('.facts').innerText();

  describe('controls a run', () => {
    const press = (name: string): Promise<void> => monitor.host.page.getByRole('button', { name, exact: true }).click();

    it('by its buttons', async () => {
      const host = await monitor.showAll(recording);
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
      const host = await monitor.showAll(recording);
      await host.page.getByRole('button', { name: 'Pause', exact: true }).dblclick();
      await host.page.locator('.chart-frame').focus();
      await host.page.keyboard.press('Space');
      await host.settle();
      assert.equal(host.of('pause').length, 1);
    });

    it('by its learning rate, which must be a number above 0', async () => {
      const host = await monitor.showAll(recording);
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
      const host = await monitor.showAll(recording);
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
      const host = await monitor.open();
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

    it('from the first frame on, with what its page knew already', async () => {
      const run = runRecord({ state: 'preparing', name: 'digits' });
      const host = await monitor.open({ page: { first: { type: 'show', run, state: 'preparing' } } });
      await host.settle();
      assert.equal(await host.page.locator('h1').innerText(), 'digits');
      assert.equal(await host.page.locator('.pill').innerText(), 'Preparing');
      assert.match(await host.page.locator('.waiting').innerText(), /Starting the trainer …/);
      await host.send({ type: 'show', run: { ...run, state: 'running' }, state: 'running' });
      await host.page.locator('.pill', { hasText: 'Training' }).waitFor();
      await host.page.reload();
      await host.ready(2);
      await host.page.getByText('Opening the run').waitFor();
      await host.settle();
      assert.equal(await host.page.locator('h1').isVisible(), false, 'by then it would be out of date');
    });

    it('when it has failed: with the reason, the place, what to do, and a way to resume', async () => {
      const host = await monitor.open();
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
      const host = await monitor.open();
      await host.show(recording, 'interrupted');
      assert.match(
        await host.page.locator('.notice').innerText(),
        /ended unexpectedly after step 1,410.*checkpoint of step 1,410/,
      );
      await host.send({ type: 'run', run: { ...recording.run, state: 'stopped' }, state: 'stopped' });
      await host.page.locator('.notice', { hasText: 'Stopped at step 1,410.' }).waitFor();
    });

    it('when it is complete', async () => {
      const host = await monitor.open();
      await host.show({ ...recording, run: { ...recording.run, epochs: 6, state: 'completed', seconds: 47 } });
      assert.match(await figures(), /took 47 s/);
      assert.equal(await host.page.getByRole('progressbar').getAttribute('aria-valuenow'), '100');
      for (const name of ['Pause', 'Resume', 'Stop', 'Sample now'])
        assert.equal(await host.page.getByRole('button', { name, exact: true }).count(), 0);
    });
  });
});
