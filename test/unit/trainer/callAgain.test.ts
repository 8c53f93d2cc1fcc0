import assert from 'node:assert/strict';
import path from 'node:path';
import { callAgain, commandName, howToResume } from '../../../src/trainer/callAgain.js';

describe('The hint how to resume a run', () => {
  const run = path.resolve('.pretrain/runs/a');
  const place = path.join('.pretrain', 'runs', 'a');

  it('is a command that works where the program was called', () => {
    const bin = '/usr/local/bin/pretrain';
    assert.equal(howToResume(run, {}, bin), `Go on with: pretrain resume ${place}`);
    const npm = { npm_command: 'exec' };
    assert.equal(howToResume(run, npm, bin), `Go on with: npx --no-install pretrain resume ${place}`);
    const script = path.resolve('dist/trainer.js');
    assert.equal(howToResume(run, {}, script), `Go on with: node ${path.join('dist', 'trainer.js')} resume ${place}`);
  });

  it('can be typed also when the folder has a space in its name', () =>
    assert.equal(howToResume(path.resolve('my runs'), {}, 'pretrain'), 'Go on with: pretrain resume "my runs"'));

  it("is the editor's command in a task of the editor", () =>
    assert.match(howToResume(run, { PRETRAIN_LANGUAGE: 'en' }, 'x.js'), /"Pretrain: Resume" in the command palette/));
});

describe('The command to call again', () => {
  it('is the one that was typed, with words that have a space in quotes', () =>
    assert.equal(
      callAgain({}, ['node', '/usr/local/bin/pretrain', 'efficiency', 'my digits.json', '--seeds', '3']),
      'pretrain efficiency "my digits.json" --seeds 3',
    ));
});

describe('The name of a command', () => {
  it('is what the reader typed: also where npm start runs it', () => {
    assert.equal(commandName('run', 'pretrain', { npm_lifecycle_event: 'start' }), 'pretrain run');
    assert.equal(commandName('demo', 'pretrain', { npm_lifecycle_event: 'start' }), 'npm start --');
    assert.equal(commandName('demo', 'node trainer.js', {}), 'node trainer.js demo');
  });
});
