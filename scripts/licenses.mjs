// Gathers the licences of all packages that are in the bundles, as the source maps name them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, StepError } from './step.mjs';

/** Texts for packages that name their licence but bring none: our own is MIT, TypeScript's is Apache's. */
const MIT = 'LICENSE';
const APACHE = 'node_modules/typescript/LICENSE.txt';
/** Packages of which only the WebAssembly module is copied, and the licence of the library that is compiled in it. */
const MODULES = {
  '@cwasm/jpeg-turbo': 'scripts/licenses/libjpeg-turbo.txt',
  '@cwasm/webp': 'scripts/licenses/libwebp.txt',
};

/** Writes the licences of what is bundled in `folder` (its source maps are read) to `file`. @returns how many packages */
export function writeLicenses(folder, file) {
  const packages = [...bundledPackages(folder), ...Object.keys(MODULES)].sort();
  const texts = packages.map((name) => {
    const { version, license, author } = JSON.parse(
      readFileSync(path.join(packageFolder(name), 'package.json'), 'utf8'),
    );
    const title = `${name} ${version} (${license})`;
    const texts = [licenseText(name, license, author), ...(name in MODULES ? [read(MODULES[name])] : [])];
    return `${title}\n${'-'.repeat(title.length)}\n\n${texts.join('\n\n')}`;
  });
  const head = 'Pretrain Studio contains these packages, each under its own licence.';
  writeFileSync(file, [head, ...texts].join('\n\n\n') + '\n');
  return packages.length;
}

/** Names of the packages, sorted. */
function bundledPackages(folder) {
  const maps = readdirSync(folder).filter((name) => name.endsWith('.js.map'));
  if (maps.length === 0) throw new StepError(`${folder} has no source maps: build it anew with npm start.`);
  const sources = maps.flatMap((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')).sources);
  const names = sources.map((source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

function packageFolder(name) {
  return path.join(root, 'node_modules', name);
}

function licenseText(name, license, author) {
  const own = readdirSync(packageFolder(name))
    .filter((file) => /^(licen[cs]e|copying|notices?)\b/i.test(file))
    .map((file) => readFileSync(path.join(packageFolder(name), file), 'utf8').trim());
  if (own.length > 0) return own.join('\n\n');
  const holder = /^[^<]+/.exec(author?.name ?? author ?? 'its authors')[0].trim();
  if (license === 'MIT') return read(MIT).replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
  if (license === 'Apache-2.0') return read(APACHE);
  throw new StepError(
    `${name}, which is bundled, brings no text of its licence (${license}): add it to scripts/licenses.mjs.`,
  );
}

function read(file) {
  const full = path.join(root, file);
  if (!existsSync(full)) throw new StepError(`${file} is missing: run npm ci.`);
  return readFileSync(full, 'utf8').trim();
}
