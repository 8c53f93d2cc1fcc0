/** Labels that are numbers. They reach everybody as classes, whose names are the numbers. */

/** More different whole numbers than this are no classes. */
const MOST_CLASSES = 50;

/** The number that a class name is, as float32 can hold it; NaN when it is none. */
export function numberOf(name: string): number {
  const number = name.trim() === '' ? NaN : Number(name);
  return Number.isFinite(Math.fround(number)) ? number : NaN;
}

/**
 * Whether classes are quantities: all are numbers, and one of them has a fraction, or there are more than 50 that are not
 * simply counted from 0 or 1, as numbers of classes are.
 */
export function areQuantities(classes: readonly string[]): boolean {
  const numbers = new Set(classes.map(numberOf));
  if (numbers.size === 0 || numbers.has(NaN)) return false;
  let [least, most, areWhole] = [Infinity, -Infinity, true];
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
    areWhole &&= Number.isInteger(number);
  }
  const areCounted = [0, 1].includes(least) && most - least + 1 === numbers.size;
  return !areWhole || (numbers.size > MOST_CLASSES && !areCounted);
}
