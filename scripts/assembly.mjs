/**
 * Compiles the kernels written in AssemblyScript, assembly/ in each of the folders below, and embeds them in the
 * folder's binary.ts: `node scripts/assembly.mjs`. With `--check` it only tells, by its exit code, whether the embedded
 * binaries are what the sources give.
 */
import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const folders = ['src/learn/engine/wasm', 'src/data/image/resample', 'src/data/inspect/hashes'];

const options =
  '-O3 --converge --runtime stub --importMemory --initialMemory 1 --noExportMemory --enable simd --noAssert'.split(' ');

for (const folder of folders) {
  const here = new URL(`../${folder}/`, import.meta.url);
  const text = embedded(await compile(new URL('assembly/', here)));
  const target = new URL('binary.ts', here);
  if (!process.argv.includes('--check')) await writeFile(target, text);
  else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${folder}/binary.ts is not what assembly/ compiles to: run scripts/assembly.mjs.\n`);
    process.exitCode = 1;
  }
}

async function compile(sources) {
  let binary;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...options], {
    // Named .as, so that TypeScript's tools do not take them for theirs.
    readFile: (name) => readFile(new URL(name.replace(/\.ts$/, '.as'), sources), 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  return binary;
}

function embedded(binary) {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,110}/g);
  return `/** The kernels of assembly/, compiled by scripts/assembly.mjs. */
export const BINARY =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}
