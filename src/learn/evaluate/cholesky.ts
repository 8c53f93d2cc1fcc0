/** Systems of equations with a symmetric, positive definite matrix (Golub & Van Loan 2013, "Matrix computations", section 4.2). */

/**
 * Writes the Cholesky factor L of A = L Lᵀ into A's lower triangle; the rest is not read, and stays.
 * @param a [n, n], row by row
 * @throws Error when A is not positive definite
 */
export function factorise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j] as number;
      for (let k = 0; k < j; k++) rest -= (a[i * n + k] as number) * (a[j * n + k] as number);
      if (i !== j) a[i * n + j] = rest / (a[j * n + j] as number);
      else if (rest > 0) a[i * n + i] = Math.sqrt(rest);
      else throw new Error(`The matrix is not positive definite: its pivot ${i} is ${rest}.`);
    }
}

/**
 * Solves A X = B in place.
 * @param factor of A, [n, n], by {@link factorise}
 * @param b [n, columns], becomes X
 */
export function solve(factor: Float64Array, n: number, b: Float64Array): void {
  const columns = b.length / n;
  // Row i less so many times row j, or divided by the diagonal.
  const subtract = (i: number, j: number, times: number): void => {
    for (let c = 0; c < columns; c++)
      b[i * columns + c] = (b[i * columns + c] as number) - times * (b[j * columns + c] as number);
  };
  const divide = (i: number): void => {
    for (let c = 0; c < columns; c++)
      b[i * columns + c] = (b[i * columns + c] as number) / (factor[i * n + i] as number);
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtract(i, j, factor[i * n + j] as number);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    divide(i);
    for (let j = 0; j < i; j++) subtract(j, i, factor[i * n + j] as number);
  }
}
