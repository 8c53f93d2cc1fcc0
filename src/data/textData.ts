/** Texts in .txt and JSON Lines files; a label from a folder or a member. */
import { t } from '../protocol/l10n.js';
import { nothingFound } from './fileHeaders.js';
import { layoutFiles } from './fileLayout.js';
import { JSONL_NAME, TEXT_NAME } from './fileNames.js';
import { namedParts, type NamedPart } from './namedParts.js';
import { LeftOut } from './leftOut.js';
import type { DatasetOptions } from './reader.js';
import { TextPacker, type TextCollection } from './text/collection.js';
import { decodeText } from './text/encoding.js';
import { jsonLines } from './text/jsonl.js';
import { textUnits, type Unit } from './text/units.js';
import { openTree, type DataFile, type Tree } from './tree/tree.js';

/** Of one file: so much tells whether blank lines part it. */
const SAMPLE_BYTES = 65_536;

/**
 * One file is lines, or paragraphs when blank lines part it; files named train, validation and test are splits of such;
 * several others are a document each, with the label of their folder; unless `text.unit` says what an example is.
 * A document that cannot be read may be left out, a file that is a whole split not.
 * @throws DataError
 */
export async function openText(target: string, options: DatasetOptions = {}): Promise<TextCollection> {
  const tree = await openTree(target, options);
  try {
    const layout = await layoutFiles(tree, (name) => TEXT_NAME.test(name), options);
    if (layout.files.length === 0)
      throw await nothingFound(tree, t('.txt files'), t('Choose a file of text, or a folder of such.'));
    const packer = new TextPacker();
    const leftOut = new LeftOut(options);
    const readable: DataFile[] = [];
    const parts = layout.pattern === null && layout.files.every(({ label }) => label === null) ? partsOf(tree) : null;
    if (parts) {
      const unit = options.text?.unit ?? (parts[0] ? await unitOf(parts[0].file) : 'line');
      for (const { split, file } of parts) {
        packer.begin(split);
        for await (const { text, name } of unitsOf(file, unit, options)) packer.add(text, null, name, file.path);
      }
    } else {
      const unit = options.text?.unit ?? 'document';
      let last: string | null = null;
      for (const { file, split, label } of layout.files) {
        if (split !== last) packer.begin((last = split));
        const before = packer.count;
        try {
          for await (const { text, name } of unitsOf(file, unit, options)) packer.add(text, label, name, file.path);
          readable.push(file);
        } catch (error) {
          leftOut.file(error);
          packer.back(before);
        }
      }
    }
    leftOut.checkAny(packer.count, target);
    const used = parts ? parts.map(({ file }) => file) : readable;
    const files = tree.kind === 'folder' ? used.map((file) => file.path) : [target];
    const problems = [...layout.problems, ...leftOut.problems()];
    const sequential = options.text?.unit === 'window' && { sequential: true as const };
    return packer.collection({ format: 'text', path: target, files, problems, ...sequential });
  } finally {
    await tree.close();
  }
}

async function* unitsOf(
  file: DataFile,
  unit: Unit,
  { signal, text: options }: DatasetOptions,
): AsyncGenerator<{ text: string; name: string }> {
  const source = decodeText(file.stream(signal ? { signal } : {}), file.path);
  const window = options?.window === undefined ? {} : { window: options.window };
  let count = 0;
  for await (const { text, line } of textUnits(source, unit, file.path, window))
    yield { text, name: nameOf(unit, line, ++count, file) };
}

function nameOf(unit: Unit, line: number, count: number, { name }: DataFile): string {
  if (unit === 'document') return name;
  // Of a text without line breaks all windows begin on its first line.
  return unit === 'window'
    ? t('window {0} of {1}, from line {2}', count, name, line)
    : t('line {0} of {1}', line, name);
}

/** Null when the files are documents rather than splits of one text. */
function partsOf(tree: Tree): NamedPart[] | null {
  const files = tree.files.filter(({ name }) => TEXT_NAME.test(name));
  if (files.length === 1) return namedParts(tree, (name) => TEXT_NAME.test(name));
  const words = files.map(({ name }) => /(^|[^a-z])(train|valid|val|dev|test)/i.test(name));
  return files.length <= 3 && words.every(Boolean) ? namedParts(tree, (name) => TEXT_NAME.test(name)) : null;
}

async function unitOf(file: DataFile): Promise<Unit> {
  const start = await file.start(SAMPLE_BYTES);
  return /\S[ \t\r]*\n(?:[ \t\r]*\n)+[ \t]*\S/.test(start.toString('utf8')) ? 'paragraph' : 'line';
}

/** @throws DataError */
export async function openJsonl(target: string, options: DatasetOptions = {}): Promise<TextCollection> {
  const tree = await openTree(target, options);
  try {
    const parts = namedParts(tree, (name) => JSONL_NAME.test(name));
    if (parts.length === 0)
      throw await nothingFound(tree, t('JSON Lines files'), t('Choose a .jsonl file, or a folder of such.'));
    const packer = new TextPacker();
    const leftOut = new LeftOut(options);
    for (const { split, file } of parts) {
      packer.begin(split);
      const texts = jsonLines(decodeText(file.stream(options), file.path), file.path, {
        text: options.textColumn ?? undefined,
        label: options.labelColumn ?? undefined,
        leaveOut: leftOut.line,
      });
      for await (const { text, label, line } of texts)
        packer.add(text, label, t('line {0} of {1}', line, file.name), file.path);
    }
    leftOut.checkAny(packer.count, target);
    const files = tree.kind === 'folder' ? parts.map(({ file }) => file.path) : [target];
    const problems = [...tree.problems, ...leftOut.problems()];
    return packer.collection({ format: 'jsonl', path: target, files, problems });
  } finally {
    await tree.close();
  }
}
