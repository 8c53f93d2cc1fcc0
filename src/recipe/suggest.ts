/** The known name that somebody probably meant. */

/** Longer than any name of ours: not worth comparing, and bounds the work on hostile input. */
const MAX_NAME_LENGTH = 64;

/**
 * The nearest of the known names, or null when none is near. Near is, in this order: the same but for case and
 * separators (batch_size), its initials (lr for learningRate), its beginning or a part of it, or few edits away.
 */
export function nearest(name: string, known: readonly string[]): string | null {
  return sameName(name, known) ?? fewEdits(name, known);
}

/** The known name that is the same but for case and separators, or whose initials these are; null without one. */
export function sameName(name: string, known: readonly string[]): string | null {
  if (name.length > MAX_NAME_LENGTH) return null;
  const plain = simplified(name);
  if (plain === '') return null;
  return (
    known.find((candidate) => simplified(candidate) === plain) ??
    (plain.length > 1 ? known.find((candidate) => initials(candidate) === plain) : undefined) ??
    null
  );
}

function fewEdits(name: string, known: readonly string[]): string | null {
  if (name.length > MAX_NAME_LENGTH) return null;
  const plain = simplified(name);
  if (plain.length < 2) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of known) {
    const other = simplified(candidate);
    if (other.length > MAX_NAME_LENGTH) continue;
    const isBeginning = plain.length > 2 && (other.startsWith(plain) || (other.length > 2 && plain.startsWith(other)));
    const isPart = plain.length > 5 && other.includes(plain);
    const distance = Math.min(editDistance(plain, other), isBeginning ? 1 : isPart ? 2 : Infinity);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** "mse" of "meanSquaredError". */
function initials(name: string): string {
  return (name.match(/^[a-z]|[A-Z]/g) ?? []).join('').toLowerCase();
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
