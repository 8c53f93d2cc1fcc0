/** Bytes as visible characters, as GPT-2 has them: what byte-level vocabularies are made of. */

/** The character of each byte: printable ones of Latin-1 stand for themselves, the others for U+0100 and on. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(visible ? byte : next++);
  });
})();

const BYTES = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** GPT-2's pattern (Radford et al. 2019): contractions, words, numbers and marks, each with the space before it. */
export const GPT2_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

export function toByteCharacters(text: string): string {
  if (/^[!-~]*$/.test(text)) return text;
  let out = '';
  for (const byte of Buffer.from(text, 'utf8')) out += BYTE_CHARACTERS[byte] as string;
  return out;
}

/** The bytes of tokens, of which one by itself need not be whole characters. A token with other characters is text. */
export function fromByteCharacters(tokens: readonly string[]): Uint8Array {
  return Buffer.concat(
    tokens.map((token) => {
      const bytes = Array.from(token, (character) => BYTES.get(character) ?? -1);
      return bytes.includes(-1) ? Buffer.from(token, 'utf8') : Buffer.from(bytes);
    }),
  );
}
