import path from 'node:path';
import { RECIPE_ENDING } from './contributions.js';

/** Of files and archives that hold data. */
const ENDING = /(\.(csv|idx|jsonl|ndjson|np[yz]|parq|parquet|pq|tar|tgz|tsv|txt|zip))?(\.gz)?$/i;

/** A name for a recipe, without ending, from what it learns from and how, e.g. "mnist-autoencoder". */
export function recipeFileName(data: string, method: string): string {
  const base = path.basename(data).replace(ENDING, '');
  const plain = base
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? method : `${plain}-${method}`;
}

/** The name, or with a number behind it when there is such a recipe already. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free + RECIPE_ENDING); number++) free = `${name}-${number}`;
  return free;
}
