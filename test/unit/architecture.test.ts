import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** Which room may import from which; its own is always allowed. */
const allowed: Record<string, string[]> = {
  protocol: [],
  recipe: ['protocol'],
  data: ['protocol', 'recipe'],
  learn: ['protocol', 'recipe', 'data'],
  trainer: ['protocol', 'recipe', 'data', 'learn'],
  host: ['protocol', 'recipe', 'data'],
  webview: ['protocol'],
  'extension.ts': ['host'],
};

/** What the extension host must never get into its bundle, though its rooms may be imported. */
const heavy =
  /(^|\/)(ajv|pngjs|fflate|hyparquet|fzstd)(\/|$)|recipe\/validator|data\/(index|idx|npy|image\/decode|imageFolder|parquetData|strokeDigits)\.js$/;

function files(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

function imports(file: string): { from: string; typeOnly: boolean }[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g),
  ].map(([, type, from, dynamic]) => ({ from: (from ?? dynamic)!, typeOnly: type !== undefined }));
}

/** "learn" for "src/learn/loop.ts", "webview" for anything in there, "extension.ts" for itself. */
function room(file: string): string {
  const [top, second] = file.split('/');
  return top === 'src' ? second! : top!;
}

function target(file: string, from: string): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), from));
}

const all = [...files('src'), ...files('webview')].filter((file) => !file.includes('/assembly/'));

describe('the house', () => {
  it('is seen by this test: there are files and imports', () => {
    assert.ok(all.length > 50, `${all.length} files`);
    assert.ok(imports('src/learn/loop.ts').some(({ from }) => from === './step.js'));
  });

  for (const [name, rooms] of Object.entries(allowed))
    it(`${name} imports from ${rooms.join(', ') || 'no other room'} only`, () => {
      const wrong = all
        .filter((file) => room(file) === name)
        .flatMap((file) =>
          imports(file)
            .filter(({ from }) => from.startsWith('.'))
            .map(({ from }) => target(file, from))
            .filter((to) => to !== 'package.json' && room(to) !== name && !rooms.includes(room(to)))
            .map((to) => `${file} -> ${to}`),
        );
      assert.deepEqual(wrong, []);
    });

  const only = (what: RegExp, where: RegExp) =>
    all.flatMap((file) =>
      imports(file)
        .filter(({ from }) => what.test(from) && !where.test(file))
        .map(({ from }) => `${file} -> ${from}`),
    );

  it('knows vscode in host and extension.ts only', () =>
    assert.deepEqual(only(/^vscode$/, /^src\/(host\/|extension\.ts)/), []));
  it('knows TensorFlow in learn and trainer only', () =>
    assert.deepEqual(only(/^@tensorflow\//, /^src\/(learn|trainer)\//), []));
  it('names the component library in one place', () =>
    assert.deepEqual(only(/^@vscode\/webview-ui-toolkit/, /^webview\/ui\.ts$/), []));
  it('touches no files, processes or sockets in learn', () =>
    assert.deepEqual(only(/^node:(fs|child_process|net|http)/, /^src\/(?!learn\/)|^webview\//), []));
  it('keeps decoders and the validator out of the extension host', () =>
    assert.deepEqual(
      all
        .filter((file) => room(file) === 'host')
        .flatMap((file) =>
          imports(file)
            .filter(({ from, typeOnly }) => !typeOnly && heavy.test(from))
            .map(({ from }) => `${file} -> ${from}`),
        ),
      [],
    ));
});
