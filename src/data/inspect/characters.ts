/** What texts are made of. */
import type { Characters } from '../../protocol/inspection.js';

const SHOWN = 20;

export class CharacterCounts {
  private readonly counts = new Map<string, number>();
  private words = 0;

  add(text: string): void {
    for (const character of text) this.counts.set(character, (this.counts.get(character) ?? 0) + 1);
    this.words += text.match(/\S+/gu)?.length ?? 0;
  }

  result(): Characters {
    const frequent = [...this.counts].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
    return {
      distinct: this.counts.size,
      words: this.words,
      frequent: frequent.map(([character, count]) => ({ character, count })),
    };
  }
}

/** As people count: an emoji of two UTF-16 units is one character. */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) count--;
  }
  return count;
}
