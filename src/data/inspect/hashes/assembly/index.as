/**
 * Of the hashes of 64 bits behind the one at `at`, up to `end`, the addresses of those that differ from it in at most
 * `bits` bits. One more address than these may be written.
 * @param to gets 32 bits for each
 * @returns how many
 */
export function near(at: usize, end: usize, bits: u64, to: usize): usize {
  const own = load<u64>(at);
  const first = to;
  for (let other = at + 8; other < end; other += 8) {
    store<u32>(to, <u32>other); // stays where the next is written only when it is near: no branch to guess
    to += usize(popcnt<u64>(own ^ load<u64>(other)) <= bits) << 2;
  }
  return (to - first) >> 2;
}
