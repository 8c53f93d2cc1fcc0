/** Examples whose confidence lies in one of the equally wide parts of 0..1. */
export interface ReliabilityBin {
  count: number;
  /** Mean over the bin's examples, 0..1; null where there are none. */
  confidence: number | null;
  /** Part of the bin's examples that are right, 0..1; null where there are none. */
  accuracy: number | null;
}

export interface Calibration {
  /** Mean of |accuracy - confidence| over bins, weighted by their counts; 0..1. */
  expectedError: number;
  /** The reliability curve: 15 bins, the first from 0 to 1/15. */
  bins: ReliabilityBin[];
}

/** As many as Guo et al. take. */
const BINS = 15;

/**
 * Whether a model is right as often as it says (Guo, Pleiss, Sun & Weinberger 2017, "On calibration of modern neural
 * networks", eq. 3 and 5). A bin holds its upper end, not its lower one; confidence 0 is in the first.
 * @param confidences [n], probability of the class that is predicted, 0..1
 * @param correct [n], 1 where that is the example's class, else 0
 */
export function calibration(confidences: Float64Array, correct: Uint8Array): Calibration {
  const counts = new Int32Array(BINS);
  const sums = new Float64Array(BINS);
  const hits = new Int32Array(BINS);
  confidences.forEach((confidence, i) => {
    // Rounding of a softmax may give a little more than 1.
    const bin = Math.min(Math.max(Math.ceil(confidence * BINS) - 1, 0), BINS - 1);
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + confidence;
    hits[bin] = (hits[bin] as number) + (correct[i] as number);
  });
  let difference = 0;
  const bins = Array.from(counts, (count, bin): ReliabilityBin => {
    const [sum, right] = [sums[bin] as number, hits[bin] as number];
    difference += Math.abs(right - sum);
    return count === 0
      ? { count, confidence: null, accuracy: null }
      : { count, confidence: sum / count, accuracy: right / count };
  });
  return { expectedError: difference / confidences.length, bins };
}
