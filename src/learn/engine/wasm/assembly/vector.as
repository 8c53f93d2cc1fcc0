/** Four float32 at a time: partial loads and stores, and the functions that WebAssembly lacks. */

/** Loads `count` (1 to 3) values; the rest is zero. */
export function loadPart(at: usize, count: i32): v128 {
  let value = v128.load32_zero(at);
  if (count > 1) value = v128.load_lane<f32>(at, value, 1, 4);
  if (count > 2) value = v128.load_lane<f32>(at, value, 2, 8);
  return value;
}

export function storePart(at: usize, value: v128, count: i32): void {
  v128.store_lane<f32>(at, value, 0);
  if (count > 1) v128.store_lane<f32>(at, value, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, value, 2, 8);
}

@inline
export function load4(at: usize, count: i32): v128 {
  return count >= 4 ? v128.load(at) : loadPart(at, count);
}

@inline
export function store4(at: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(at, value);
  else storePart(at, value, count);
}

/**
 * exp(x) for x <= 88, within two units in the last place; below -87 it stays at 1e-38. NaN stays NaN. Cody and Waite's
 * reduction by powers of two with the polynomial of Moshier's Cephes library (expf).
 */
@inline
export function exp4(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(x, x)), x), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** 1 / (1 + exp(-x)), with a small relative error on both sides. */
@inline
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** tanh(x): a polynomial (Cephes, tanhf) near zero, where the quotient would lose its digits. */
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const e = exp4(f32x4.mul(size, f32x4.splat(-2)));
  const quotient = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  const far = v128.or(quotient, v128.and(x, f32x4.splat(-0.0)));
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  return v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.625)));
}

/**
 * log(1 + e) from s = e / (2 + e), for e in 0..1 (s up to 1/3), with a small relative error: 2 artanh(s), whose series is
 * replaced by the polynomial through the Chebyshev nodes of 0 <= s² <= 1/9 (relative error 4e-9).
 */
@inline
export function log1pOf4(s: v128): v128 {
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(0.2815777836660226);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.2796515774455717));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.4002459523071185));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.6666632164138003));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.000000007681759));
  return f32x4.mul(p, s);
}

@inline
export function sumLanes(x: v128): f64 {
  return <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) +
    <f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3);
}
