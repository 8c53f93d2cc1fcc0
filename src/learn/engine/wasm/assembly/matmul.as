/**
 * Matrix products in blocks after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008):
 * a block of b is packed once into panels of 8 columns, a into panels of 4 rows, and a 4x8 tile of the result stays in
 * registers for a whole block of the inner dimension. Packing also takes care of transposed operands and of edges.
 */
const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/** Depth of a block: a panel of a (4 kB) and one of b (8 kB) stay in the first-level cache. */
const DEPTH: i32 = 256;
/** Width of a block: packed b (512 kB) stays in the second-level cache. */
const WIDTH: i32 = 512;

const PACKED_B: usize = (DEPTH * WIDTH) << 2;
const PACKED_A: usize = (DEPTH * ROWS) << 2;
const TILE: usize = (ROWS * COLUMNS) << 2;

/** Bytes of scratch memory that {@link matmul} needs, at a multiple of 16. */
export function matmulScratch(): usize {
  return PACKED_B + PACKED_A + TILE;
}

/**
 * c = op(a) · op(b), or c + op(a) · op(b). All in row-major order, in float32.
 * @param a [m, k], or [k, m] if transposed
 * @param b [k, n], or [n, k] if transposed
 * @param c [m, n]
 */
export function matmul(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32,
  transposeA: bool, transposeB: bool, accumulate: bool, scratch: usize,
): void {
  const packedB = scratch;
  const packedA = scratch + PACKED_B;
  const tile = packedA + PACKED_A;
  if (k == 0 && !accumulate) memory.fill(c, 0, (<usize>m * n) << 2);
  for (let column = 0; column < n; column += WIDTH) {
    const width = min(WIDTH, n - column);
    for (let depth = 0; depth < k; depth += DEPTH) {
      const length = min(DEPTH, k - depth);
      const add = accumulate || depth > 0;
      if (transposeB) packColumnsTransposed(b + ((<usize>column * k + depth) << 2), packedB, width, length, k);
      else packColumns(b + ((<usize>depth * n + column) << 2), packedB, width, length, n);
      for (let row = 0; row < m; row += ROWS) {
        const height = min(ROWS, m - row);
        if (transposeA) packRowsTransposed(a + ((<usize>depth * m + row) << 2), packedA, height, length, m);
        else packRows(a + ((<usize>row * k + depth) << 2), packedA, height, length, k);
        const out = c + ((<usize>row * n + column) << 2);
        for (let j = 0; j < width; j += COLUMNS) {
          const panel = packedB + ((<usize>j * length) << 2);
          const at = out + (<usize>j << 2);
          if (height == ROWS && j + COLUMNS <= width) product(packedA, panel, length, at, <usize>n << 2, add);
          else {
            product(packedA, panel, length, tile, COLUMNS << 2, false);
            unpack(tile, at, height, min(COLUMNS, width - j), n, add);
          }
        }
      }
    }
  }
}

/** One 4x8 tile of the result: `a` is [length][4], `b` is [length][8]. */
function product(a: usize, b: usize, length: i32, c: usize, stride: usize, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = b + (<usize>length << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    a += 16;
    b += 32;
  }
  storePair(c, c00, c01, add);
  storePair(c + stride, c10, c11, add);
  storePair(c + 2 * stride, c20, c21, add);
  storePair(c + 3 * stride, c30, c31, add);
}

@inline
function storePair(c: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(left, v128.load(c));
    right = f32x4.add(right, v128.load(c, 16));
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

function unpack(tile: usize, c: usize, height: i32, width: i32, n: i32, add: bool): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const from = tile + ((i * COLUMNS + j) << 2);
      const to = c + ((<usize>i * n + j) << 2);
      const value = load<f32>(from);
      f32.store(to, add ? load<f32>(to) + value : value);
    }
  }
}

/** b as [length, n] into panels [length][8]; what is missing in the last panel is zero. */
function packColumns(b: usize, to: usize, width: i32, length: i32, n: i32): void {
  for (let j = 0; j < width; j += COLUMNS) {
    const columns = min(COLUMNS, width - j);
    let from = b + (<usize>j << 2);
    for (let p = 0; p < length; p++) {
      if (columns == COLUMNS) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        for (let i = 0; i < COLUMNS; i++) f32.store(to + (i << 2), i < columns ? load<f32>(from + (i << 2)) : 0);
      }
      from += <usize>n << 2;
      to += COLUMNS << 2;
    }
  }
}

/** The same from b as [n, length], whose rows lie `k` apart. */
function packColumnsTransposed(b: usize, to: usize, width: i32, length: i32, k: i32): void {
  const stride = <usize>k << 2;
  for (let j = 0; j < width; j += COLUMNS) {
    const columns = min(COLUMNS, width - j);
    for (let half = 0; half < COLUMNS; half += 4) {
      packQuad(b + (<usize>(j + half)) * stride, to + (half << 2), columns - half, length, stride, COLUMNS << 2);
    }
    to += (<usize>length * COLUMNS) << 2;
  }
}

/** a as [m, length], whose rows lie `k` apart, into [length][4]. */
function packRows(a: usize, to: usize, height: i32, length: i32, k: i32): void {
  packQuad(a, to, height, length, <usize>k << 2, ROWS << 2);
}

/** a as [length, m] into [length][4]. */
function packRowsTransposed(a: usize, to: usize, height: i32, length: i32, m: i32): void {
  for (let p = 0; p < length; p++) {
    if (height == ROWS) v128.store(to, v128.load(a));
    else for (let i = 0; i < ROWS; i++) f32.store(to + (i << 2), i < height ? load<f32>(a + (i << 2)) : 0);
    a += <usize>m << 2;
    to += ROWS << 2;
  }
}

/** Transposes up to four rows of `length` values, `stride` bytes apart, into quads that lie `step` bytes apart. */
function packQuad(from: usize, to: usize, rows: i32, length: i32, stride: usize, step: usize): void {
  let p = 0;
  if (rows >= 4) {
    for (; p + 4 <= length; p += 4) {
      const r0 = v128.load(from), r1 = v128.load(from + stride);
      const r2 = v128.load(from + 2 * stride), r3 = v128.load(from + 3 * stride);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      from += 16;
      to += 4 * step;
    }
  }
  for (; p < length; p++) {
    for (let i = 0; i < 4; i++) f32.store(to + (i << 2), i < rows ? load<f32>(from + <usize>i * stride) : 0);
    from += 4;
    to += step;
  }
}
