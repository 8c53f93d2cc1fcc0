/** What is not looked at in a workspace: globs as VS Code's "files.exclude" has them, and .gitignore files. */
import ignore, { type Ignore } from 'ignore';
import { readStart } from './files.js';
import { DataError } from './reader.js';

/** More rules than anybody writes. */
const MAX_BYTES = 256 * 1024;
/** As git does it by default on these systems. */
const OPTIONS = { ignoreCase: process.platform === 'win32' || process.platform === 'darwin', allowRelativePaths: true };

/** Rules for one folder of a workspace. Paths are relative to the workspace, with "/". */
export class IgnoreRules {
  private constructor(
    private readonly globs: Ignore,
    /** Of the folder and those above it, the outermost first. */
    private readonly files: readonly { base: string; rules: Ignore }[],
  ) {}

  /** @param globs relative to the workspace; "*", "**", "?", "[...]" and "{a,b}" are understood */
  static of(globs: readonly string[]): IgnoreRules {
    const patterns = globs.flatMap(withoutBraces).map((glob) => `/${glob.replace(/^\/+/, '')}`);
    return new IgnoreRules(ignore(OPTIONS).add(patterns), []);
  }

  /** With what a .gitignore file in a folder says. */
  async with(file: string, folder: string): Promise<IgnoreRules> {
    let text: string;
    try {
      text = (await readStart(file, MAX_BYTES)).toString();
    } catch (error) {
      if (error instanceof DataError) return this; // closed to us, or no file
      throw error;
    }
    const rules = ignore(OPTIONS).add(text.replace(/^\uFEFF/, ''));
    return new IgnoreRules(this.globs, [...this.files, { base: folder === '' ? '' : `${folder}/`, rules }]);
  }

  /** Of several .gitignore files the innermost decides (gitignore(5)); nothing overrules the globs. */
  leaveOut(name: string, isDirectory: boolean): boolean {
    const full = isDirectory ? `${name}/` : name;
    if (this.globs.ignores(full)) return true;
    for (const { base, rules } of this.files.toReversed()) {
      const { ignored, unignored } = rules.test(full.slice(base.length));
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

/** "*.{a,b}" becomes "*.a" and "*.b", as gitignore knows no braces. */
function withoutBraces(glob: string): string[] {
  const [whole, before = '', inside = '', after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(glob) ?? [];
  if (whole === undefined) return [glob];
  return inside.split(',').flatMap((one) => withoutBraces(before + one + after));
}
