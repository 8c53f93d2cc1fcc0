/** What is done to a text before it is split: the normalizers of tokenizer.json. */
import { t } from '../../../protocol/l10n.js';
import type { Component } from './component.js';
import { patternOf } from './regex.js';

export type Normalizer = (text: string) => string;

const KNOWN = [
  'BertNormalizer',
  'Lowercase',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'Prepend',
  'Replace',
  'Sequence',
  'Strip',
  'StripAccents',
];

/** @throws DataError naming a part that is not supported */
export function normalizerOf(component: Component): Normalizer {
  const { type } = component;
  switch (type) {
    case 'Sequence': {
      const steps = component.components('normalizers').map(normalizerOf);
      return (text) => steps.reduce((result, step) => step(result), text);
    }
    case 'Lowercase':
      return lowercase;
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (text) => text.normalize(type);
    case 'StripAccents':
      return (text) => text.replace(/\p{M}+/gu, '');
    case 'Strip': {
      const left = component.flag('strip_left', true);
      const right = component.flag('strip_right', true);
      return (text) => {
        const begun = left ? text.replace(/^\p{White_Space}+/u, '') : text;
        return right ? begun.replace(/\p{White_Space}+$/u, '') : begun;
      };
    }
    case 'Prepend': {
      const start = component.text('prepend');
      return (text) => (text === '' ? '' : start + text);
    }
    case 'Replace': {
      const pattern = patternOf(component);
      const content = component.text('content');
      return (text) => text.replace(pattern, () => content);
    }
    case 'BertNormalizer':
      return bertNormalizer(component);
    default:
      throw component.unsupported(KNOWN);
  }
}

/** As Rust's, character by character: a final sigma is none. */
function lowercase(text: string): string {
  return (text.includes('Σ') ? text.replaceAll('Σ', 'σ') : text).toLowerCase();
}

function bertNormalizer(component: Component): Normalizer {
  const lower = component.flag('lowercase', true);
  const accents = component.value('strip_accents') ?? null;
  if (accents !== null && typeof accents !== 'boolean')
    throw component.problem(t('{0} must be {1}', component.at('strip_accents'), t('true, false or null')));
  const strip = accents ?? lower;
  const clean = component.flag('clean_text', true);
  const spaced = component.flag('handle_chinese_chars', true);
  return (text) => {
    let result = text;
    if (clean)
      result = result
        .replace(/[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
        .replace(/\p{White_Space}/gu, ' ');
    // Ideographs of the blocks that BERT's tokenization.py lists.
    if (spaced)
      result = result.replace(
        /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu,
        ' $& ',
      );
    if (strip) result = result.normalize('NFD').replace(/\p{Mn}+/gu, '');
    return lower ? lowercase(result) : result;
  };
}
