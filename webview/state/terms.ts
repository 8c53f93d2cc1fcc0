/** What a method measures besides its loss: a term of the loss, or what else tells how well it learns. */
export interface Term {
  name: string;
  /** Name of the series that is measured of training examples, and of the one of validation examples; at least one. */
  training?: string;
  validation?: string;
}

/** The loss has a chart of its own, the speed stands in the header. */
const SHOWN_ELSEWHERE: readonly string[] = ['loss', 'trainingLoss', 'validationLoss', 'examplesPerSecond'];
/** Of validation examples, whatever the method; it comes with the first epoch's end, and so last. */
const PROBE = 'probeAccuracy';
const SHARES: readonly string[] = ['real', 'generated', 'variety', 'activeUnits', 'agreement'];

/** Terms in the order in which they were first measured, each with its validation twin. */
export function termsOf(series: Iterable<string>): Term[] {
  const terms = new Map<string, Term>();
  let probe: Term | undefined;
  for (const name of series) {
    if (SHOWN_ELSEWHERE.includes(name)) continue;
    if (name === PROBE) {
      probe = { name, validation: name };
      continue;
    }
    const twin = /^validation([A-Z])(.*)$/.exec(name);
    const own = twin ? `${twin[1]?.toLowerCase()}${twin[2]}` : name;
    terms.set(own, { ...terms.get(own), name: own, [twin ? 'validation' : 'training']: name });
  }
  return [...terms.values(), ...(probe ? [probe] : [])];
}

/** Whether its values are parts of 1. */
export function isShare({ name }: Term): boolean {
  return SHARES.includes(name) || /accuracy$/i.test(name);
}

/** A name as a method writes it, in words: "topFiveAccuracy" is "Top five accuracy". */
export function readable(name: string): string {
  const words = name
    .replace(/[_/.-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .trim()
    .split(/\s+/)
    .map((word) => (/^[A-Z]+\d*$/.test(word) && word.length > 1 ? word : word.toLowerCase()))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
