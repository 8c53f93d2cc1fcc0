import assert from 'node:assert/strict';

/** Whether two numbers differ by rounding alone; of large ones relatively. */
export function near(found: number, expected: number, tolerance = 1e-9): void {
  const difference = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
  assert.ok(difference <= tolerance, `${found} instead of ${expected}`);
}
