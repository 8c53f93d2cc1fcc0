/** From tokens back to text: the decoders of tokenizer.json. */
import { fromByteCharacters } from './byteLevel.js';
import type { Component } from './component.js';
import { patternOf } from './regex.js';

/** Changes a list of tokens; what comes out of the last one is joined without anything between. */
export type Decoder = (tokens: string[]) => string[];

const KNOWN = ['BPEDecoder', 'ByteLevel', 'Fuse', 'Replace', 'Sequence', 'Strip', 'WordPiece'];

/** @throws DataError naming a part that is not supported */
export function decoderOf(component: Component): Decoder {
  switch (component.type) {
    case 'Sequence': {
      const steps = component.components('decoders').map(decoderOf);
      return (tokens) => steps.reduce((result, step) => step(result), tokens);
    }
    case 'ByteLevel':
      return (tokens) => [Buffer.from(fromByteCharacters(tokens)).toString('utf8')];
    case 'Fuse':
      return (tokens) => [tokens.join('')];
    case 'Replace': {
      const pattern = patternOf(component);
      const content = component.text('content');
      return (tokens) => tokens.map((token) => token.replace(pattern, () => content));
    }
    case 'Strip': {
      const content = component.text('content');
      const [start, stop] = [component.number('start', 0), component.number('stop', 0)];
      return (tokens) => tokens.map((token) => stripped(token, content, start, stop));
    }
    case 'BPEDecoder': {
      const suffix = component.text('suffix', '</w>');
      return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' '));
    }
    case 'WordPiece': {
      const prefix = component.text('prefix', '##');
      const cleanup = component.flag('cleanup', true);
      return (tokens) =>
        tokens.map((token, i) => {
          const text = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
          return cleanup ? cleaned(text) : text;
        });
    }
    default:
      throw component.unsupported(KNOWN);
  }
}

function stripped(token: string, content: string, start: number, stop: number): string {
  let [from, to] = [0, token.length];
  for (let i = 0; i < start && token[from] === content; i++) from++;
  for (let i = 0; i < stop && to > from && token[to - 1] === content; i++) to--;
  return token.slice(from, to);
}

/** No spaces before marks and in contractions of English. */
function cleaned(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
