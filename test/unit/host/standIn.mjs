// Stands in for the trainer's process in tests: says what its first argument tells it to say.
import { appendFileSync, readFileSync } from 'node:fs';

const [act, file] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const acts = {
  run() {
    say({ type: 'progress', message: 'Reading', fraction: 0.5 });
    console.log('a library prints what it likes');
    console.log('42');
    say({ type: 'created', run: '/runs/1', address: '/tmp/1.sock' });
    setTimeout(() => say({ type: 'summary', run: '/runs/1' }), 50);
  },
  live() {
    process.stdout.on('error', () => appendFileSync(file, 'pipe closed\n'));
    say({ type: 'created', run: '/runs/1', address: '/tmp/1.sock' });
    let ticks = 0;
    setInterval(() => {
      appendFileSync(file, 'tick\n');
      say({ type: 'progress', message: 'tick', fraction: null });
      if (++ticks === 100) process.exit();
    }, 20);
  },
  partly() {
    say({ type: 'progress', message: 'Reading', fraction: 1 });
    say({ file: 'a.png', label: 'cat', probabilities: { cat: 1 } });
    say({ error: 'It is cut off.', file: 'b.png' });
    say({ run: '/runs/1', count: 1, leftOut: 1 });
    process.exitCode = 1;
  },
  midway() {
    say({ file: 'a.png', label: 'cat', probabilities: { cat: 1 } });
    console.error('Illegal instruction');
    process.exitCode = 132;
  },
  wait: () => setInterval(() => undefined, 1000),
  refuse() {
    say({ error: 'digits is an empty folder.', file: '/w/a.pretrain.json', line: 3, advice: 'Put the data there.' });
    process.exitCode = 1;
  },
  crash() {
    console.error('first line');
    console.error('Illegal instruction');
    process.exitCode = 132;
  },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  late() {
    say({ type: 'created', run: '/runs/1', address: '/tmp/1.sock' });
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
  },
  check: () =>
    say({
      problems: [],
      text: readFileSync(0, 'utf8'),
      env: [process.env.ELECTRON_RUN_AS_NODE, process.env.PRETRAIN_NATIVE_DIR],
      args: process.argv.slice(3),
    }),
};
acts[act]();
