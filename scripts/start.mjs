// npm start: sets up what is missing, then runs the main job in the terminal. `npm start -- --data DIR --epochs N`.
import { root, run, runMain } from './step.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  await setUp();
  const { code } = await run(process.execPath, ['dist/trainer.js', 'demo', ...process.argv.slice(2)], {
    cwd: root,
    show: true,
  });
  return code;
});
