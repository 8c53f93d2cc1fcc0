import { exp4, load4, log1pOf4, sigmoid4, store4, sumLanes, tanh4 } from './vector';

const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

/** Vectors that are summed in float32 before the sum goes on in float64. */
const RUN: i32 = 64;

@inline
function activate(x: v128, activation: i32): v128 {
  if (activation == RELU) return f32x4.max(x, f32x4.splat(0));
  if (activation == SIGMOID) return sigmoid4(x);
  if (activation == TANH) return tanh4(x);
  return x;
}

/** In place: activation(x + bias). @param x [rows, columns] @param bias [columns], or 0 for none */
export function biasActivation(x: usize, bias: usize, rows: i32, columns: i32, activation: i32): void {
  if (activation == RELU) return biasActivationOf(x, bias, rows, columns, RELU);
  if (activation == SIGMOID) return biasActivationOf(x, bias, rows, columns, SIGMOID);
  if (activation == TANH) return biasActivationOf(x, bias, rows, columns, TANH);
  if (bias) biasActivationOf(x, bias, rows, columns, 0);
}

@inline
function biasActivationOf(x: usize, bias: usize, rows: i32, columns: i32, activation: i32): void {
  for (let i = 0; i < rows; i++) {
    let at = bias;
    for (let left = columns; left > 0; left -= 4) {
      let value = load4(x, left);
      if (bias) value = f32x4.add(value, load4(at, left));
      store4(x, activate(value, activation), left);
      x += min(left, 4) << 2;
      at += 16;
    }
  }
}

/** dy · activation'(z) from the activation's output y. All [n]; `to` may be `dy`. */
export function activationGradient(dy: usize, y: usize, to: usize, n: i32, activation: i32): void {
  if (activation == RELU) return activationGradientOf(dy, y, to, n, RELU);
  if (activation == SIGMOID) return activationGradientOf(dy, y, to, n, SIGMOID);
  activationGradientOf(dy, y, to, n, TANH);
}

@inline
function activationGradientOf(dy: usize, y: usize, to: usize, n: i32, activation: i32): void {
  const one = f32x4.splat(1);
  for (let left = n; left > 0; left -= 4) {
    const d = load4(dy, left);
    const value = load4(y, left);
    let result: v128;
    if (activation == RELU) result = v128.and(d, f32x4.gt(value, f32x4.splat(0)));
    else if (activation == SIGMOID) result = f32x4.mul(d, f32x4.mul(value, f32x4.sub(one, value)));
    else result = f32x4.mul(d, f32x4.sub(one, f32x4.mul(value, value)));
    store4(to, result, left);
    dy += 16;
    y += 16;
    to += 16;
  }
}

/** Sum over the rows of x [rows, columns] into `to` [columns]. */
export function columnSums(x: usize, to: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let left = columns; left > 0; left -= 4) {
    let total = f32x4.splat(0);
    let at = x;
    for (let row = 0; row < rows; row += 256) {
      let part = f32x4.splat(0);
      for (let i = row, end = min(row + 256, rows); i < end; i++) {
        part = f32x4.add(part, load4(at, left));
        at += stride;
      }
      total = f32x4.add(total, part);
    }
    store4(to, total, left);
    x += 16;
    to += 16;
  }
}

/**
 * Sum of max(z, 0) - z x + log(1 + exp(-|z|)) over all elements, and in the same pass its gradient by z,
 * (sigmoid(z) - x) · scale.
 * @param z logits [n]
 * @param x targets [n]
 * @param gradient [n]; 0 if it is not wanted
 */
export function sigmoidCrossEntropy(z: usize, x: usize, gradient: usize, n: i32, scale: f32): f64 {
  return gradient ? crossEntropyOf(z, x, gradient, n, scale, true) : crossEntropyOf(z, x, 0, n, scale, false);
}

@inline
function crossEntropyOf(z: usize, x: usize, gradient: usize, n: i32, scale: f32, wanted: bool): f64 {
  const scales = f32x4.splat(scale);
  let total: f64 = 0;
  let left = n;
  while (left >= 4) {
    let part = f32x4.splat(0);
    for (let end = max(left - 4 * RUN, 3); left > end; left -= 4) {
      const logit = v128.load(z), target = v128.load(x);
      const e = exp4(f32x4.neg(f32x4.abs(logit)));
      const share = quotient(e);
      part = f32x4.add(part, crossEntropy(logit, target, e, share));
      if (wanted) {
        v128.store(gradient, f32x4.mul(crossEntropySlope(logit, target, e, share), scales));
        gradient += 16;
      }
      z += 16;
      x += 16;
    }
    total += sumLanes(part);
  }
  if (left > 0) {
    const logit = load4(z, left), target = load4(x, left);
    const e = exp4(f32x4.neg(f32x4.abs(logit)));
    const share = quotient(e);
    // Beyond the end the loss would be log 2.
    const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
    total += sumLanes(v128.and(crossEntropy(logit, target, e, share), inside));
    if (wanted) store4(gradient, f32x4.mul(crossEntropySlope(logit, target, e, share), scales), left);
  }
  return total;
}

/** 1 / ((1 + e) (2 + e)): one division serves the logarithm and the sigmoid. */
@inline
function quotient(e: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.mul(f32x4.add(e, f32x4.splat(1)), f32x4.add(e, f32x4.splat(2))));
}

@inline
function crossEntropy(logit: v128, target: v128, e: v128, share: v128): v128 {
  const s = f32x4.mul(f32x4.mul(e, share), f32x4.add(e, f32x4.splat(1)));
  const linear = f32x4.sub(f32x4.max(logit, f32x4.splat(0)), f32x4.mul(logit, target));
  return f32x4.add(linear, log1pOf4(s));
}

/** sigmoid(logit) - target. */
@inline
function crossEntropySlope(logit: v128, target: v128, e: v128, share: v128): v128 {
  const larger = f32x4.mul(share, f32x4.add(e, f32x4.splat(2)));
  const p = v128.bitselect(f32x4.mul(e, larger), larger, f32x4.lt(logit, f32x4.splat(0)));
  return f32x4.sub(p, target);
}

/** Sum of (y - x)² over all elements, and in the same pass its gradient by y, 2 (y - x) · scale. */
export function squaredError(y: usize, x: usize, gradient: usize, n: i32, scale: f32): f64 {
  const scales = f32x4.splat(2 * scale);
  let total: f64 = 0;
  let left = n;
  while (left > 0) {
    let part = f32x4.splat(0);
    for (let i = 0; i < RUN && left > 0; i++) {
      const error = f32x4.sub(load4(y, left), load4(x, left));
      part = f32x4.add(part, f32x4.mul(error, error));
      if (gradient) {
        store4(gradient, f32x4.mul(error, scales), left);
        gradient += 16;
      }
      y += 16;
      x += 16;
      left -= 4;
    }
    total += sumLanes(part);
  }
  return total;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1, in the form of its section 2) in place:
 * m += share1 (g - m); v += share2 (g² - v); w -= rate · m / (sqrt(v) + epsilon). The shares are 1 - beta, subtracted
 * in float64; `rate` carries the correction of the bias, learningRate · sqrt(1 - beta2^t) / (1 - beta1^t). All [n].
 */
export function adam(
  w: usize, m: usize, v: usize, g: usize, n: i32, rate: f32, share1: f32, share2: f32, epsilon: f32,
): void {
  const rates = f32x4.splat(rate), epsilons = f32x4.splat(epsilon);
  const shares1 = f32x4.splat(share1), shares2 = f32x4.splat(share2);
  for (let left = n; left > 0; left -= 4) {
    const gradient = load4(g, left);
    let first = load4(m, left), second = load4(v, left);
    first = f32x4.add(first, f32x4.mul(f32x4.sub(gradient, first), shares1));
    second = f32x4.add(second, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), second), shares2));
    const step = f32x4.div(f32x4.mul(rates, first), f32x4.add(f32x4.sqrt(second), epsilons));
    store4(m, first, left);
    store4(v, second, left);
    store4(w, f32x4.sub(load4(w, left), step), left);
    w += 16;
    m += 16;
    v += 16;
    g += 16;
  }
}

/** One step of gradient descent with momentum in place: a = momentum · a + g; w -= rate · a. All [n]. */
export function momentum(w: usize, a: usize, g: usize, n: i32, rate: f32, decay: f32): void {
  const rates = f32x4.splat(rate), decays = f32x4.splat(decay);
  for (let left = n; left > 0; left -= 4) {
    const velocity = f32x4.add(f32x4.mul(decays, load4(a, left)), load4(g, left));
    store4(a, velocity, left);
    store4(w, f32x4.sub(load4(w, left), f32x4.mul(rates, velocity)), left);
    w += 16;
    a += 16;
    g += 16;
  }
}

/** x · factor in place. */
export function scale(x: usize, n: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let left = n; left > 0; left -= 4) {
    store4(x, f32x4.mul(load4(x, left), factors), left);
    x += 16;
  }
}
