/** Ids of the tokens that a bag of words says occur, ascending. @param bag of each token 1 where it occurs, else 0 */
export function occurring(bag: ArrayLike<number>): number[] {
  const ids: number[] = [];
  for (let id = 0; id < bag.length; id++) if ((bag[id] as number) > 0.5) ids.push(id);
  return ids;
}
