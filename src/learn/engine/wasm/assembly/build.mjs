/**
 * Compiles the kernels in this folder, written in AssemblyScript, and embeds them in ../binary.ts: `node src/learn/engine/wasm/assembly/build.mjs`.
 * With `--check` it only tells, by its exit code, whether the embedded binary is what the sources give.
 */
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const here = new URL('.', import.meta.url);
const target = new URL('../binary.ts', here);

const options =
  '-O3 --converge --runtime stub --importMemory --initialMemory 1 --noExportMemory --enable simd --noAssert'.split(' ');

let binary;
const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...options], {
  // Named .as, so that TypeScript's tools do not take them for theirs.
  readFile: (name) => readFile(new URL(name.replace(/\.ts$/, '.as'), here), 'utf8').catch(() => null),
  writeFile: (name, contents) => {
    if (name === 'kernels.wasm') binary = contents;
  },
  listFiles: () => [],
});
if (error || !binary) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });

const lines = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,110}/g);
const text = `/** The kernels of assembly/, compiled by assembly/build.mjs. */
export const BINARY =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
if (process.argv.includes('--check')) {
  const embedded = await readFile(target, 'utf8').catch(() => '');
  if (embedded !== text) {
    process.stderr.write(
      'src/learn/engine/wasm/binary.ts is not what assembly/ compiles to: run assembly/build.mjs.\n',
    );
    process.exitCode = 1;
  }
} else await writeFile(target, text);
