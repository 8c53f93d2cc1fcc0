import { load4, store4 } from './vector';

/** Where one image and its patches lie: sizes in pixels. `left` and `top` are the padding. */
let height: i32, width: i32, channels: i32;
let filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32;
let top: i32, left: i32, outHeight: i32, outWidth: i32;

/** Sets the geometry for the functions below. */
export function geometry(
  inHeight: i32, inWidth: i32, inChannels: i32, kernelHeight: i32, kernelWidth: i32, strideHeight: i32,
  strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outputHeight: i32,
  outputWidth: i32,
): void {
  height = inHeight;
  width = inWidth;
  channels = inChannels;
  filterHeight = kernelHeight;
  filterWidth = kernelWidth;
  strideY = strideHeight;
  strideX = strideWidth;
  dilationY = dilationHeight;
  dilationX = dilationWidth;
  top = padTop;
  left = padLeft;
  outHeight = outputHeight;
  outWidth = outputWidth;
}

@inline
function copy(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    f32.store(to, f32.load(from));
    from += 4;
    to += 4;
  }
}

@inline
function clear(to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
  for (; n > 0; n--) {
    f32.store(to, 0);
    to += 4;
  }
}

/** to += from, `n` values. */
@inline
function add(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; n > 0; n--) {
    f32.store(to, f32.load(to) + f32.load(from));
    from += 4;
    to += 4;
  }
}

/**
 * Lays each pixel's patch in a row.
 * @param image [height, width, channels]
 * @param patches [outHeight · outWidth, filterHeight · filterWidth · channels]
 */
export function toPatches(image: usize, patches: usize): void {
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let i = 0; i < filterHeight; i++) {
        const row = y * strideY - top + i * dilationY;
        for (let j = 0; j < filterWidth; j++) {
          const column = x * strideX - left + j * dilationX;
          if (row >= 0 && row < height && column >= 0 && column < width) {
            copy(image + (<usize>((row * width + column) * channels) << 2), patches, channels);
          } else clear(patches, channels);
          patches += <usize>channels << 2;
        }
      }
    }
  }
}

/** The transpose of {@link toPatches}: adds each patch to the pixels that it was taken from. */
export function addPatches(patches: usize, image: usize): void {
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let i = 0; i < filterHeight; i++) {
        const row = y * strideY - top + i * dilationY;
        for (let j = 0; j < filterWidth; j++) {
          const column = x * strideX - left + j * dilationX;
          if (row >= 0 && row < height && column >= 0 && column < width) {
            add(patches, image + (<usize>((row * width + column) * channels) << 2), channels);
          }
          patches += <usize>channels << 2;
        }
      }
    }
  }
}

/**
 * Adds one image's part of the depthwise filter's gradient.
 * @param image [height, width, channels]
 * @param dy [outHeight, outWidth, channels · multiplier]
 * @param filter [filterHeight, filterWidth, channels, multiplier]
 */
export function depthwiseFilterGradient(image: usize, dy: usize, filter: usize, multiplier: i32): void {
  const outChannels = channels * multiplier;
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      const weights = filter + (<usize>((i * filterWidth + j) * outChannels) << 2);
      for (let y = 0; y < outHeight; y++) {
        const row = y * strideY - top + i * dilationY;
        if (row < 0 || row >= height) continue;
        for (let x = 0; x < outWidth; x++) {
          const column = x * strideX - left + j * dilationX;
          if (column < 0 || column >= width) continue;
          let from = image + (<usize>((row * width + column) * channels) << 2);
          let at = dy + (<usize>((y * outWidth + x) * outChannels) << 2);
          let to = weights;
          if (multiplier == 1) {
            for (let n = channels; n > 0; n -= 4) {
              store4(to, f32x4.add(load4(to, n), f32x4.mul(load4(from, n), load4(at, n))), n);
              from += 16;
              at += 16;
              to += 16;
            }
          } else {
            for (let c = 0; c < channels; c++) {
              const value = f32.load(from);
              for (let m = 0; m < multiplier; m++) {
                f32.store(to, f32.load(to) + value * f32.load(at));
                at += 4;
                to += 4;
              }
              from += 4;
            }
          }
        }
      }
    }
  }
}

/** Adds the gradient by one image of a depthwise convolution. Shapes as above. */
export function depthwiseInputGradient(dy: usize, filter: usize, image: usize, multiplier: i32): void {
  const outChannels = channels * multiplier;
  for (let y = 0; y < outHeight; y++) {
    for (let i = 0; i < filterHeight; i++) {
      const row = y * strideY - top + i * dilationY;
      if (row < 0 || row >= height) continue;
      for (let x = 0; x < outWidth; x++) {
        for (let j = 0; j < filterWidth; j++) {
          const column = x * strideX - left + j * dilationX;
          if (column < 0 || column >= width) continue;
          let to = image + (<usize>((row * width + column) * channels) << 2);
          let at = dy + (<usize>((y * outWidth + x) * outChannels) << 2);
          let from = filter + (<usize>((i * filterWidth + j) * outChannels) << 2);
          if (multiplier == 1) {
            for (let n = channels; n > 0; n -= 4) {
              store4(to, f32x4.add(load4(to, n), f32x4.mul(load4(from, n), load4(at, n))), n);
              from += 16;
              at += 16;
              to += 16;
            }
          } else {
            for (let c = 0; c < channels; c++) {
              let sum: f32 = 0;
              for (let m = 0; m < multiplier; m++) {
                sum += f32.load(from) * f32.load(at);
                from += 4;
                at += 4;
              }
              f32.store(to, f32.load(to) + sum);
              to += 4;
            }
          }
        }
      }
    }
  }
}

/** Adds dy to the first largest value of each window. @param image, dx [height, width, channels] */
export function maxPoolGradient(image: usize, dy: usize, dx: usize): void {
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let c = 0; c < channels; c++) {
        let best: usize = 0;
        let largest: f32 = 0;
        for (let i = 0; i < filterHeight; i++) {
          const row = y * strideY - top + i * dilationY;
          if (row < 0 || row >= height) continue;
          for (let j = 0; j < filterWidth; j++) {
            const column = x * strideX - left + j * dilationX;
            if (column < 0 || column >= width) continue;
            const offset = <usize>((row * width + column) * channels + c) << 2;
            const value = f32.load(image + offset);
            if (best == 0 || value > largest) {
              largest = value;
              best = dx + offset;
            }
          }
        }
        if (best) f32.store(best, f32.load(best) + f32.load(dy));
        dy += 4;
      }
    }
  }
}

/** Adds each row of x [rows, columns] to the row of `to` that its id names; negative ids are left out. */
export function segmentSum(x: usize, ids: usize, to: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let i = 0; i < rows; i++) {
    const id = load<i32>(ids);
    if (id >= 0) add(x, to + <usize>id * stride, columns);
    ids += 4;
    x += stride;
  }
}

/** Copies rows of `bytes` bytes: to[i] = x[ids[i]]. */
export function gatherRows(x: usize, ids: usize, to: usize, rows: i32, bytes: i32): void {
  if (bytes == 4) {
    for (let i = 0; i < rows; i++) {
      i32.store(to, i32.load(x + (<usize>i32.load(ids) << 2)));
      ids += 4;
      to += 4;
    }
    return;
  }
  for (let i = 0; i < rows; i++) {
    memory.copy(to, x + <usize>load<i32>(ids) * <usize>bytes, bytes);
    ids += 4;
    to += <usize>bytes;
  }
}
