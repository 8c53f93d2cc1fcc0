/**
 * Weighted sums of bytes, the weights in 22 bits of fraction: rounded, and clamped to 0..255. Each weight is split into
 * high · 2048 + low, so that both parts and the bytes fit the products of 16 bits that SIMD adds in pairs; the sums are
 * exact. Reading and writing go up to 16 bytes past the end of what is read and written.
 *
 * Weights are interleaved by two: high, high, low, low. Of target i they begin at weights + i · stride, and belong to the
 * source from byte starts[i] on, over counts[i] source pixels, filled up with weights of 0.
 */

const FRACTION = 22;
const LOW = 11;

@inline
function rounded(high: v128, low: v128): v128 {
  const sum = i32x4.add(i32x4.add(i32x4.shl(high, LOW), low), i32x4.splat(1 << (FRACTION - 1)));
  return i32x4.shr_s(sum, FRACTION);
}

@inline
function toWords(first: v128, second: v128): v128 {
  return i16x8.narrow_i32x4_s(first, second);
}

/** Rows of RGB pixels: [lines, from width, 3] to [lines, width, 3]. Counts are multiples of 4. */
export function rowsOfColours(
  from: usize, rowBytes: usize, lines: i32, starts: usize, counts: usize, weights: usize, stride: usize, to: usize,
  width: i32,
): void {
  const none = i32x4.splat(0);
  for (let y = 0; y < lines; y++) {
    for (let x = 0; x < width; x++) {
      let at = from + <usize>load<u32>(starts + (<usize>x << 2));
      let weight = weights + <usize>x * stride;
      let high = none;
      let low = none;
      for (let count = load<i32>(counts + (<usize>x << 2)); count > 0; count -= 4) {
        const pixels = v128.load(at);
        // Four colours' values in pairs of pixels, as 16 bits; the fourth colour is nothing.
        const one = v128.shuffle<u8>(pixels, none, 0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
        const two = v128.shuffle<u8>(pixels, none, 6, 16, 9, 16, 7, 16, 10, 16, 8, 16, 11, 16, 16, 16, 16, 16);
        high = i32x4.add(high, i32x4.dot_i16x8_s(one, v128.load32_splat(weight)));
        low = i32x4.add(low, i32x4.dot_i16x8_s(one, v128.load32_splat(weight, 4)));
        high = i32x4.add(high, i32x4.dot_i16x8_s(two, v128.load32_splat(weight, 8)));
        low = i32x4.add(low, i32x4.dot_i16x8_s(two, v128.load32_splat(weight, 12)));
        at += 12;
        weight += 16;
      }
      const words = toWords(rounded(high, low), none);
      store<u32>(to, i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0)); // the fourth byte is overwritten
      to += 3;
    }
    from += rowBytes;
  }
}

/** Rows of grey pixels: [lines, from width] to [lines, width]. Counts are multiples of 4. */
export function rowsOfGreys(
  from: usize, rowBytes: usize, lines: i32, starts: usize, counts: usize, weights: usize, stride: usize, to: usize,
  width: i32,
): void {
  const none = i32x4.splat(0);
  for (let y = 0; y < lines; y++) {
    for (let x = 0; x < width; x++) {
      let at = from + <usize>load<u32>(starts + (<usize>x << 2));
      let weight = weights + <usize>x * stride;
      // High, low, high, low.
      let sums = none;
      for (let count = load<i32>(counts + (<usize>x << 2)); count > 0; count -= 4) {
        // Pixels 0, 1, 0, 1, 2, 3, 2, 3 beside high 0, high 1, low 0, low 1, high 2, ...
        const pixels = v128.shuffle<u8>(
          v128.load32_zero(at), none, 0, 16, 1, 16, 0, 16, 1, 16, 2, 16, 3, 16, 2, 16, 3, 16,
        );
        sums = i32x4.add(sums, i32x4.dot_i16x8_s(pixels, v128.load(weight)));
        at += 4;
        weight += 16;
      }
      const high = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 2);
      const low = i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 3);
      const value = ((high << LOW) + low + (1 << (FRACTION - 1))) >> FRACTION;
      store<u8>(to, min(value, 255));
      to += 1;
    }
    from += rowBytes;
  }
}

/** Columns: [from height, rowBytes] to [height, rowBytes]. Counts are multiples of 2. */
export function columns(
  from: usize, rowBytes: usize, starts: usize, counts: usize, weights: usize, stride: usize, to: usize, height: i32,
): void {
  const none = i32x4.splat(0);
  for (let y = 0; y < height; y++) {
    const top = from + <usize>load<u32>(starts + (<usize>y << 2));
    const taps = load<i32>(counts + (<usize>y << 2));
    for (let x: usize = 0; x < rowBytes; x += 16) {
      let at = top + x;
      let weight = weights;
      let high0 = none, high1 = none, high2 = none, high3 = none;
      let low0 = none, low1 = none, low2 = none, low3 = none;
      for (let count = taps; count > 0; count -= 2) {
        const above = v128.load(at);
        const below = v128.load(at + rowBytes);
        const left = v128.shuffle<u8>(above, below, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const right = v128.shuffle<u8>(above, below, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const a = i16x8.extend_low_i8x16_u(left), b = i16x8.extend_high_i8x16_u(left);
        const c = i16x8.extend_low_i8x16_u(right), d = i16x8.extend_high_i8x16_u(right);
        const high = v128.load32_splat(weight);
        const low = v128.load32_splat(weight, 4);
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(a, high));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(b, high));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(c, high));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(d, high));
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(a, low));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(b, low));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(c, low));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(d, low));
        at += rowBytes << 1;
        weight += 8;
      }
      v128.store(
        to + x,
        i8x16.narrow_i16x8_u(
          toWords(rounded(high0, low0), rounded(high1, low1)),
          toWords(rounded(high2, low2), rounded(high3, low3)),
        ),
      );
    }
    weights += stride;
    to += rowBytes;
  }
}
