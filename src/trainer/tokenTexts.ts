import type { Assets } from '../data/prepare/preparation.js';
import { textOfTokens } from '../data/text/tokenizer/tokenText.js';
import type { Preview } from '../learn/method/method.js';
import { RunFile } from '../protocol/run.js';
import type { NamedTensor } from '../protocol/safetensors.js';
import type { SampleView } from '../protocol/sample.js';

/** What a sample's metadata say of the tokens in it; undefined where there are none. */
export type TokenTexts = (preview: Preview) => string | undefined;

/**
 * The text of each id in the tokens that a preview shows, as JSON from id to text: what the token adds to the tokens before
 * it, special ones by their names.
 */
export function tokenTexts(assets: Assets): TokenTexts {
  const textsOf = textsOfTensors(assets);
  return ({ views, tensors }) => textsOf(views.flatMap(examplesOf).flatMap((name) => tensors[name] ?? []));
}

/** The same of tensors, of which those of other types hold no ids. */
export function textsOfTensors({
  [RunFile.tokenizer]: content,
}: Assets): (tensors: readonly NamedTensor[]) => string | undefined {
  let textOf: ((id: number) => string) | null = null;
  return (tensors) => {
    const texts = tensors.filter(({ data }) => data instanceof Int32Array);
    if (texts.length === 0 || content === undefined) return undefined;
    textOf ??= textOfTokens(content, RunFile.tokenizer);
    const ids = new Set(texts.flatMap(({ data }) => Array.from(data)).filter((id) => id >= 0));
    return JSON.stringify(Object.fromEntries(Array.from(ids, (id) => [id, textOf?.(id)])));
  };
}

/** Names of the tensors that may hold ids. */
function examplesOf(view: SampleView): string[] {
  switch (view.kind) {
    case 'tokens':
      return [view.input, view.output];
    case 'pairs':
      return [view.first, view.second];
    case 'guesses':
      return [view.input];
    case 'confusion':
      return [view.examples];
    default:
      return [];
  }
}
