/**
 * Turns points of a plane about their mean, and mirrors them where that fits better, so that they come as near to others
 * as they can: a map then changes only as far as what it shows does (Schönemann 1966, "A generalized solution of the
 * orthogonal Procrustes problem"; of two dimensions its solution is an angle).
 * @param points [count, 2]
 * @param to the same points on another map, [count, 2], of any scale
 * @returns [count, 2], about the mean of `points`
 */
export function aligned(points: Float32Array, to: Float32Array): Float32Array {
  const [x, y] = meanOf(points);
  const [toX, toY] = meanOf(to);
  // Pᵀ Q of the points P and the others Q, both about their means.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [px, py] = [(points[i] as number) - x, (points[i + 1] as number) - y];
    const [qx, qy] = [(to[i] as number) - toX, (to[i + 1] as number) - toY];
    a += px * qx;
    b += px * qy;
    c += py * qx;
    d += py * qy;
  }
  const isMirrored = Math.hypot(a - d, b + c) > Math.hypot(a + d, b - c);
  const angle = isMirrored ? Math.atan2(b + c, a - d) : Math.atan2(b - c, a + d);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const sign = isMirrored ? -1 : 1;
  const turned = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [px, py] = [(points[i] as number) - x, sign * ((points[i + 1] as number) - y)];
    turned[i] = x + cosine * px - sine * py;
    turned[i + 1] = y + sine * px + cosine * py;
  }
  return turned;
}

function meanOf(points: Float32Array): [number, number] {
  let [x, y] = [0, 0];
  for (let i = 0; i < points.length; i += 2) {
    x += points[i] as number;
    y += points[i + 1] as number;
  }
  const count = Math.max(1, points.length / 2);
  return [x / count, y / count];
}
