import { t } from '../../protocol/l10n.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Activation } from '../engine/engine.js';
import { biasActivation } from '../layer/activation.js';
import { averagePooling } from '../layer/averagePooling.js';
import { batchNormalisation } from '../layer/batchNormalisation.js';
import { convolution, transposedConvolution } from '../layer/convolution.js';
import { dense } from '../layer/dense.js';
import { reshape } from '../layer/reshape.js';
import { residual } from '../layer/residual.js';
import { sequence, type Network } from '../network.js';
import { sizeOf } from '../parameters.js';
import type { EncoderFamily } from './encoder.js';

type Maker = (inputShape: number[]) => Network;

interface ConvolutionalOptions {
  size: keyof typeof SIZES;
  /** Filters of each stage; null takes those of the size. */
  filters: number[] | null;
  /** Blocks in each stage after the one that halves it; null takes those of the size. */
  blocks: number | null;
  /** Width of the code; null takes that of the size. */
  code: number | null;
  kernelSize: number;
  activation: Activation;
  normalisation: 'batch' | 'none';
  residual: boolean;
  pooling: 'flatten' | 'average';
}

const SIZES = {
  small: { filters: [16, 32], blocks: 0, code: 64 },
  medium: { filters: [32, 64, 128], blocks: 1, code: 128 },
  large: { filters: [64, 128, 256], blocks: 2, code: 256 },
} as const;

/**
 * Stages of convolutions (LeCun et al. 1989), each halving height and width by its stride (Springenberg et al. 2015),
 * with batch normalisation (Ioffe & Szegedy 2015) and residual blocks (He et al. 2016), then a dense layer to the code.
 * The decoder goes the same way back by transposed convolutions.
 */
export const convolutional: EncoderFamily = {
  description: {
    name: 'convolutional',
    title: 'Convolutional',
    summary: 'Filters that see the same pattern wherever it stands. The best start for images and spectrograms.',
    paper: {
      authors: 'LeCun et al.',
      year: 1989,
      title: 'Backpropagation applied to handwritten zip code recognition',
    },
    options: {
      size: {
        enum: ['small', 'medium', 'large'],
        default: 'medium',
        enumDescriptions: Object.entries(SIZES).map(
          ([, { filters, blocks, code }]) => `filters [${filters.join(', ')}], blocks ${blocks}, code ${code}`,
        ),
        description: 'How many filters, blocks and numbers in the code, where they are not given by themselves.',
      },
      filters: {
        default: null,
        anyOf: [
          { type: 'array', items: { type: 'integer', minimum: 1, maximum: 4096 }, minItems: 1, maxItems: 10 },
          { type: 'null' },
        ],
        markdownDescription:
          'Filters of each stage; each halves height and width. Null takes those of the size.\n\nKeras: `Conv2D(filters)`.',
      },
      blocks: {
        default: null,
        anyOf: [{ type: 'integer', minimum: 0, maximum: 16 }, { type: 'null' }],
        description: 'Convolutions in each stage after the one that halves it. Null takes those of the size.',
      },
      code: {
        default: null,
        anyOf: [{ type: 'integer', minimum: 1, maximum: 65536 }, { type: 'null' }],
        description: 'Width of the code. Null takes that of the size.',
      },
      kernelSize: {
        type: 'integer',
        minimum: 1,
        maximum: 31,
        default: 3,
        markdownDescription: 'Side of each filter, in pixels.\n\nKeras: `Conv2D(kernel_size)`.',
      },
      activation: {
        enum: ['relu', 'gelu', 'tanh', 'sigmoid', 'linear'],
        default: 'relu',
        description: 'Activation after each convolution and of the code.',
      },
      normalisation: {
        enum: ['batch', 'none'],
        default: 'batch',
        enumDescriptions: ['Batch normalisation after each convolution.', 'A bias instead.'],
        description: 'What keeps the values between the layers in range.',
      },
      residual: {
        type: 'boolean',
        default: true,
        description: 'Whether blocks add to what they are given, instead of replacing it.',
      },
      pooling: {
        enum: ['flatten', 'average'],
        default: 'flatten',
        enumDescriptions: ['The code knows where something stands.', 'Only that it stands somewhere.'],
        description: 'What the code is made of.',
      },
    },
  },

  parallel: true,

  check(options, inputShape) {
    if (inputShape.length !== 3)
      return [
        {
          path: ['encoder', 'type'],
          severity: 'error',
          code: 'no-image',
          message: t(
            'A convolutional encoder takes images or spectrograms, and these examples have the shape [{0}].',
            inputShape.join(', '),
          ),
          fixes: ['dense'],
        },
      ];
    const { filters } = of(options);
    const side = Math.min(...inputShape.slice(0, 2));
    if (2 ** (filters.length - 1) <= side) return [];
    return [
      {
        path: ['encoder', 'filters'],
        severity: 'warning',
        code: 'too-many-stages',
        message: t(
          'After {0} stages nothing is left of {1} pixels that could be halved: the last ones see one place only.',
          filters.length,
          side,
        ),
      },
    ];
  },

  codePath: () => ['code'],

  encoder(options, inputShape) {
    const { filters, code, activation, pooling, ...style } = of(options);
    const stages = filters.flatMap((count, i) => stage(`encoder/stage_${i + 1}`, count, { ...style, activation }));
    return sequence(inputShape, [
      ...stages,
      ...(pooling === 'average' ? [averagePooling] : []),
      dense('encoder/code', code, activation),
    ]);
  },

  decoder(options, outputShape) {
    const { filters, code, activation, kernelSize, normalisation } = of(options);
    const [height, width, channels] = outputShape as [number, number, number];
    const sizes = filters.map((_, i) => [halved(height, i), halved(width, i)] as const);
    const coarse = [
      halved(height, filters.length),
      halved(width, filters.length),
      filters[filters.length - 1] as number,
    ];
    const up = filters.toReversed().flatMap((_, i): Maker[] => {
      const to = filters.length - 1 - i;
      const name = `decoder/stage_${i + 1}`;
      const isLast = to === 0;
      const count = isLast ? channels : (filters[to - 1] as number);
      return [
        transposedConvolution(name, { filters: count, kernelSize, stride: 2 }, sizes[to] as readonly [number, number]),
        isLast || normalisation === 'none'
          ? biasActivation(name, isLast ? 'linear' : activation)
          : batchNormalisation(name, activation),
      ];
    });
    return sequence([code], [dense('decoder/dense', sizeOf(coarse), activation), reshape(coarse), ...up]);
  },

  summary(options, inputShape) {
    const { filters, code } = of(options);
    const [height, width] = inputShape as [number, number];
    const shapes = filters.map((count, i) => `${halved(height, i + 1)}×${halved(width, i + 1)}×${count}`);
    const input = inputShape.join('×');
    return {
      encoder: [input, ...shapes, code].join(' → '),
      decoder: [...shapes.toReversed(), input].join(' → '),
    };
  },
};

/** After so many strides of 2, rounded up each time. */
function halved(side: number, times: number): number {
  return Math.ceil(side / 2 ** times);
}

interface Style {
  kernelSize: number;
  blocks: number;
  activation: Activation;
  normalisation: 'batch' | 'none';
  residual: boolean;
}

/** A convolution that halves, then blocks that keep the size. */
function stage(
  name: string,
  filters: number,
  { kernelSize, blocks, activation, normalisation, ...style }: Style,
): Maker[] {
  const convolved =
    (part: string, stride: number): Maker =>
    (inputShape) =>
      sequence(inputShape, [
        convolution(part, { filters, kernelSize, stride }),
        normalisation === 'batch' ? batchNormalisation(part, activation) : biasActivation(part, activation),
      ]);
  const block = (i: number): Maker => convolved(`${name}/block_${i + 1}`, 1);
  return [
    convolved(name, 2),
    ...Array.from({ length: blocks }, (_, i) => (style.residual ? residual(block(i)) : block(i))),
  ];
}

function of(options: EncoderOptions): ConvolutionalOptions & { filters: number[]; blocks: number; code: number } {
  const given = options as unknown as ConvolutionalOptions;
  const size = SIZES[given.size];
  return {
    ...given,
    filters: given.filters ?? [...size.filters],
    blocks: given.blocks ?? size.blocks,
    code: given.code ?? size.code,
  };
}
