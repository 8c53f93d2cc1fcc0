/**
 * Gaussian blur in place, one axis after the other; beyond the border stands the border's pixel.
 * @param image [height, width, channels]
 * @param deviation in pixels
 */
export function blur(image: Float32Array, height: number, width: number, channels: number, deviation: number): void {
  const kernel = gaussian(deviation);
  if (kernel.length === 1) return;
  const row = width * channels;
  const line = new Float32Array(Math.max(height, width));
  for (let y = 0; y < height; y++)
    for (let c = 0; c < channels; c++) blurLine(image, y * row + c, channels, width, kernel, line);
  for (let x = 0; x < row; x++) blurLine(image, x, row, height, kernel, line);
}

/** Sums to 1; of odd length, cut off after three standard deviations. */
function gaussian(deviation: number): Float32Array {
  const radius = Math.ceil(3 * deviation);
  if (radius === 0) return Float32Array.of(1);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / deviation) ** 2),
  );
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

function blurLine(
  data: Float32Array,
  from: number,
  stride: number,
  length: number,
  kernel: Float32Array,
  line: Float32Array,
): void {
  const radius = kernel.length >> 1;
  for (let i = 0; i < length; i++) line[i] = data[from + i * stride] as number;
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = -radius; k <= radius; k++) {
      const at = i + k < 0 ? 0 : i + k >= length ? length - 1 : i + k;
      sum += (kernel[k + radius] as number) * (line[at] as number);
    }
    data[from + i * stride] = sum < 1 ? sum : 1; // rounding alone could exceed it
  }
}
