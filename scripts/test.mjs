// npm test: sets up what is missing, then runs every suite, also after one has failed; the last line is
// "N passed, N failed". `npm test -- unit e2e` runs these suites only; what begins with "-" is mocha's:
// `npm test -- e2e --grep monitor`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run, runMain, StepError } from './step.mjs';
import { setUp, setUpTests } from './setup.mjs';

const node = process.execPath;
const tool = (name, ...args) => run(node, [`node_modules/${name}`, ...args], { show: true });

/** Types and lint count as one test each; `needs` names what setUpTests provides; `limit` is mocha's for one test,
 * `atOnce` how many files run at the same time: files whose processes mostly use one core each. */
const suites = [
  {
    name: 'types',
    about: '20 s',
    check: () =>
      all(tool('typescript/bin/tsc', '--noEmit', '-p', '.'), tool('typescript/bin/tsc', '--noEmit', '-p', 'webview')),
  },
  {
    name: 'lint',
    about: '40 s',
    check: () =>
      all(tool('eslint/bin/eslint.js', '.'), tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')),
  },
  { name: 'unit', about: '2 minutes', limit: 60_000, atOnce: 2, needs: ['peers'] },
  { name: 'webview', about: '4 minutes', limit: 60_000, needs: ['browser'] },
  { name: 'trainer', about: '4 minutes', limit: 180_000, atOnce: 2 },
  { name: 'e2e', about: '7 minutes', limit: 300_000, needs: ['browser', 'workbench'] },
];

async function all(...runs) {
  const results = await Promise.all(runs);
  return results.every(({ code }) => code === 0);
}

async function runSuite(suite, missing, mochaArgs) {
  const reason = suite.needs?.map((need) => missing[need]).find(Boolean);
  if (reason) {
    console.log(reason);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (suite.check)
    return (await suite.check()) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pretrain-test-'));
  const counts = path.join(scratch, 'counts.json');
  try {
    const files = `test/${suite.name}/**/*.test.ts`;
    const args = [
      '--reporter',
      'scripts/reporter.cjs',
      '--timeout',
      String(suite.limit),
      '--forbid-only',
      '--exit',
      ...(suite.atOnce ? ['--parallel', '--jobs', String(suite.atOnce)] : []),
    ];
    const { code } = await run(
      node,
      ['--import=tsx', 'node_modules/mocha/lib/cli/cli.js', ...args, ...mochaArgs, files],
      {
        show: true,
        env: { ...process.env, PRETRAIN_TEST_COUNTS: counts },
      },
    );
    if (!existsSync(counts))
      return { passed: 0, failed: 1, skipped: 0, problem: `ended with code ${code} before it had run` };
    const result = JSON.parse(readFileSync(counts, 'utf8'));
    if (code !== 0 && result.failed === 0)
      return { ...result, failed: 1, problem: `ended with code ${code} though no test failed` };
    return result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await runMain(async () => {
  const words = process.argv.slice(2);
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const names = firstOption < 0 ? words : words.slice(0, firstOption);
  const mochaArgs = firstOption < 0 ? [] : words.slice(firstOption);
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown)
    throw new StepError(`There is no suite "${unknown}". There are: ${suites.map(({ name }) => name).join(', ')}.`);
  const chosen = names.length > 0 ? suites.filter(({ name }) => names.includes(name)) : suites;
  const needs = new Set(chosen.flatMap((suite) => suite.needs ?? []));

  await setUp();
  const missing = await setUpTests({
    browser: needs.has('browser'),
    workbench: needs.has('workbench'),
    peers: needs.has('peers'),
  });

  const rows = [];
  for (const suite of chosen) {
    console.log(`\n=== ${suite.name} (about ${suite.about})`);
    const started = performance.now();
    const result = await runSuite(suite, missing, mochaArgs);
    if (result.passed + result.failed + result.skipped === 0 && mochaArgs.length === 0) {
      result.failed = 1;
      result.problem = 'ran no test';
    }
    rows.push({ name: suite.name, seconds: (performance.now() - started) / 1000, ...result });
  }

  console.log('');
  for (const { name, seconds, passed, failed, skipped, problem } of rows)
    console.log(
      `${name.padEnd(8)} ${seconds.toFixed(0).padStart(4)} s   passed ${passed}, failed ${failed}${skipped ? `, skipped ${skipped}` : ''}${problem ? ` (${problem})` : ''}`,
    );
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
});
