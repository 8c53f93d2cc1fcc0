/** How many different values there are, in bounded memory. */

const BITS = 14;
const REGISTERS = 1 << BITS;

/**
 * HyperLogLog with 2^14 registers (Flajolet, Fusy, Gandouet & Meunier 2007, "HyperLogLog: the analysis of a
 * near-optimal cardinality estimation algorithm"): its standard error is 0.8 %.
 */
export class DistinctCounter {
  private readonly registers = new Uint8Array(REGISTERS);

  /** @param hash 32 well-mixed bits */
  add(hash: number): void {
    const register = hash >>> (32 - BITS);
    const rank = Math.min(Math.clz32(hash << BITS) + 1, 32 - BITS + 1);
    if (rank > (this.registers[register] as number)) this.registers[register] = rank;
  }

  estimate(): number {
    let sum = 0;
    let empty = 0;
    for (const rank of this.registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
    if (raw <= 2.5 * REGISTERS && empty > 0) return Math.round(REGISTERS * Math.log(REGISTERS / empty));
    // With 32 bits, hashes meet: the correction of the paper's figure 3.
    return Math.round(raw > 2 ** 32 / 30 ? -(2 ** 32) * Math.log(1 - raw / 2 ** 32) : raw);
  }
}
