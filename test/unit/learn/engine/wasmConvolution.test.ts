import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../../src/protocol/run.js';
import { assertSame, assertSameOnBoth, on, random, startBoth, withGradients } from './wasmReference.js';

type Pair = [number, number];
const as4D = (x: tf.Tensor | undefined) => x as tf.Tensor4D;

/** Sum of a convolution's result with dy, by definition and in float64: its derivatives are the gradients. */
function reference(
  x: number[],
  filter: number[],
  [strideY, strideX]: Pair,
  [dilationY, dilationX]: Pair,
  [top, left]: Pair,
  output: number[],
) {
  const [, height, width, channels] = x as [number, number, number, number];
  const [filterHeight, filterWidth, , multiplier] = filter as [number, number, number, number];
  const [batch, outHeight, outWidth, outChannels] = output as [number, number, number, number];
  return (visit: (atX: number, atFilter: number, atY: number) => void, depthwise: boolean) => {
    for (let b = 0; b < batch; b++) for (let y = 0; y < outHeight; y++) for (let c = 0; c < outWidth; c++) for (let o = 0; o < outChannels; o++)
      for (let i = 0; i < filterHeight; i++) for (let j = 0; j < filterWidth; j++) for (let k = 0; k < (depthwise ? 1 : channels); k++) {
        const [row, column] = [y * strideY - top + i * dilationY, c * strideX - left + j * dilationX];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const channel = depthwise ? Math.floor(o / multiplier) : k;
        const atFilter = depthwise ? (i * filterWidth + j) * outChannels + o : ((i * filterWidth + j) * channels + k) * outChannels + o;
        visit(((b * height + row) * width + column) * channels + channel, atFilter, ((b * outHeight + y) * outWidth + c) * outChannels + o);
      } // prettier-ignore
  };
}

describe('gradients of convolutions on wasm', () => {
  let engine: EngineName;
  before(async () => {
    engine = await startBoth();
  });

  const cases: [input: number[], filter: number[], strides: number | Pair, pad: 'same' | 'valid'][] = [
    [[2, 6, 6, 3], [3, 3, 3, 4], 1, 'same'],
    [[3, 7, 5, 2], [3, 3, 2, 5], 2, 'same'],
    [[3, 7, 5, 2], [3, 2, 2, 5], 2, 'valid'],
    [[1, 9, 8, 1], [5, 4, 1, 3], [1, 2], 'same'],
    [[2, 9, 8, 5], [2, 5, 5, 1], [3, 1], 'valid'],
    [[4, 5, 5, 7], [1, 1, 7, 9], 1, 'valid'],
    [[4, 6, 5, 7], [1, 1, 7, 3], 2, 'same'],
    [[2, 1, 12, 4], [1, 3, 4, 6], 1, 'same'],
    [[16, 28, 28, 1], [3, 3, 1, 16], 2, 'same'],
    [[8, 14, 14, 16], [3, 3, 16, 32], 2, 'same'],
  ]; // prettier-ignore
  for (const [input, filter, strides, pad] of cases) {
    it(`${input.join('x')} by ${filter.join('x')}, strides ${String(strides)}, ${pad}`, async () => {
      await assertSameOnBoth(
        engine,
        'conv2d',
        [random(input), random(filter)],
        withGradients((x, w) => tf.conv2d(as4D(x), as4D(w), strides, pad)),
      );
    });
  }

  it('transposed convolution and its gradients', async () => {
    const cases: [number[], number[], [number, number, number, number], number, 'same' | 'valid'][] = [
      [[2, 4, 4, 3], [3, 3, 5, 3], [2, 8, 8, 5], 2, 'same'],
      [[2, 4, 3, 2], [4, 3, 6, 2], [2, 7, 5, 6], 1, 'valid'],
      [[3, 3, 5, 4], [2, 2, 1, 4], [3, 6, 10, 1], 2, 'valid'],
    ]; // prettier-ignore
    for (const [input, filter, shape, strides, pad] of cases) {
      const compute = withGradients((x, w) => tf.conv2dTranspose(as4D(x), as4D(w), shape, strides, pad));
      await assertSameOnBoth(engine, 'conv2dTranspose', [random(input), random(filter)], compute);
    }
  });

  it('a batch whose patches do not fit in memory at once', async () => {
    const inputs = [random([40, 24, 24, 24]), random([3, 3, 24, 2])];
    await assertSameOnBoth(
      engine,
      'conv2d large',
      inputs,
      withGradients((x, w) => tf.conv2d(as4D(x), as4D(w), 1, 'same')),
    );
  });

  // TensorFlow.js gives none of these a gradient on tensorflow, or a wrong one on cpu, so they are summed by definition.
  const dilatedCases: [input: number[], filter: number[], dilations: Pair, pad: 'same' | 'valid'][] = [
    [[2, 9, 9, 2], [3, 3, 2, 3], [2, 2], 'same'],
    [[2, 9, 8, 3], [3, 2, 3, 2], [3, 1], 'valid'],
    [[1, 1, 17, 2], [1, 3, 2, 4], [1, 4], 'same'],
    [[2, 7, 7, 1], [2, 2, 1, 2], [2, 3], 'same'],
  ]; // prettier-ignore
  for (const depthwise of [false, true]) {
    for (const [input, filter, dilations, pad] of dilatedCases) {
      it(`${depthwise ? 'depthwise ' : ''}${input.join('x')} by ${filter.join('x')}, dilations ${dilations.join()}, ${pad}`, async () => {
        const [x, w] = [random(input), random(filter)];
        const info = tf.backend_util.computeConv2DInfo(
          input as never,
          filter as never,
          1,
          dilations,
          pad,
          undefined,
          depthwise,
        );
        const visit = reference(input, filter, [1, 1], dilations, [info.padInfo.top, info.padInfo.left], info.outShape);
        const [y, dx, dw] = [info.outShape, input, filter].map((shape) => ({
          shape,
          values: new Float32Array(tf.util.sizeFromShape(shape)),
        }));
        visit((atX, atW, atY) => {
          const dy = Math.cos(atY);
          y!.values[atY]! += x.values[atX]! * w.values[atW]!;
          dx!.values[atX]! += dy * w.values[atW]!;
          dw!.values[atW]! += dy * x.values[atX]!;
        }, depthwise);
        const convolve = depthwise ? tf.depthwiseConv2d : tf.conv2d;
        for (const name of ['wasm', engine] as const) {
          const actual = await on(
            name,
            [x, w],
            withGradients((a, b) => convolve(as4D(a), as4D(b), 1, pad, 'NHWC', dilations)),
          );
          assertSame(actual, [y!, dx!, dw!], `dilated on ${name}`);
        }
      });
    }
  }

  const depthwiseCases: [input: number[], filter: number[], strides: number | Pair, pad: 'same' | 'valid'][] = [
    [[2, 6, 6, 3], [3, 3, 3, 1], 1, 'same'],
    [[3, 7, 5, 2], [3, 3, 2, 2], 2, 'same'],
    [[3, 7, 5, 9], [3, 2, 9, 1], 2, 'valid'],
    [[2, 9, 8, 5], [2, 5, 5, 3], [3, 3], 'valid'],
    [[1, 4, 4, 4], [1, 1, 4, 1], 1, 'valid'],
  ]; // prettier-ignore
  for (const [input, filter, strides, pad] of depthwiseCases) {
    it(`depthwise ${input.join('x')} by ${filter.join('x')}, strides ${String(strides)}, ${pad}`, async () => {
      const inputs = [random(input), random(filter)];
      await assertSameOnBoth(
        engine,
        'depthwiseConv2d',
        inputs,
        withGradients((x, w) => tf.depthwiseConv2d(as4D(x), as4D(w), strides, pad)),
      );
    });
  }

  it('explicit padding, summed by definition', async () => {
    const [x, w] = [random([2, 5, 6, 2]), random([3, 3, 2, 3])];
    const pads: [Pair, Pair, Pair, Pair] = [[0, 0], [2, 1], [0, 3], [0, 0]]; // prettier-ignore
    const info = tf.backend_util.computeConv2DInfo([2, 5, 6, 2], [3, 3, 2, 3], [1, 2], 1, pads);
    const [dx, dw] = [x, w].map(({ shape }) => ({ shape, values: new Float32Array(tf.util.sizeFromShape(shape)) }));
    reference(
      x.shape,
      w.shape,
      [1, 2],
      [1, 1],
      [2, 0],
      info.outShape,
    )((atX, atW, atY) => {
      dx!.values[atX]! += Math.cos(atY) * w.values[atW]!;
      dw!.values[atW]! += Math.cos(atY) * x.values[atX]!;
    }, false);
    const compute = withGradients((a, b) => tf.conv2d(as4D(a), as4D(b), [1, 2], pads));
    assertSame((await on('wasm', [x, w], compute)).slice(1), [dx!, dw!], 'conv2d explicit');
  });

  it('says that channels have to come last', async () => {
    await tf.setBackend('wasm');
    const run = () =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          { x: tf.zeros([1, 1, 4, 4]), dy: tf.zeros([1, 1, 4, 4]) },
          { strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [1, 1, 1, 1] },
        );
    assert.throws(() => tf.tidy(run), /NHWC only/);
  });
});
