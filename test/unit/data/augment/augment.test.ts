import assert from 'node:assert/strict';
import { augment, augmenterOf, othersAt, type Augmentation, type ViewKey } from '../../../../src/data/augment/index.js';
import { blur } from '../../../../src/data/augment/blur.js';
import { distort } from '../../../../src/data/augment/colour.js';
import { resample } from '../../../../src/data/augment/geometry.js';
import { stream } from '../../../../src/protocol/random.js';
import type { AugmentationOptions } from '../../../../src/recipe/augmentation.js';
import { filled } from '../../../../src/recipe/defaults.js';
import { augmentationOption } from '../../../../src/recipe/augmentation.js';

const standard = filled(augmentationOption, {}) as unknown as AugmentationOptions;
const off: AugmentationOptions = {
  image: {
    crop: 0,
    flip: false,
    shift: 0,
    rotation: 0,
    brightness: 0,
    contrast: 0,
    saturation: 0,
    hue: 0,
    grey: 0,
    blur: 0,
    erasing: 0,
  },
  sound: { timeMask: 0, frequencyMask: 0, shift: 0, gain: 0, noise: 0 },
  table: { mask: 0, replacement: 'other', noise: 0 },
  text: { deletion: 0, span: 0 },
};

type Kind = Exclude<Augmentation['kind'], 'text'>;
type Change<K extends Kind> = Partial<AugmentationOptions[K]>;
const shapes: Record<Kind, number[]> = { image: [7, 9, 3], sound: [20, 8, 1], table: [12] };

function examples(shape: number[], count: number, seed = 1): Float32Array {
  const random = stream(seed, 'examples');
  return Float32Array.from({ length: count * shape.reduce((a, b) => a * b) }, () => random.uniform());
}

const first: ViewKey = { seed: 3, step: 5, view: 0 };

/** Views of examples at positions 0, 1, ...; others are 1 - value. */
function views<K extends Kind>(
  kind: K,
  change: Change<K>,
  values: Float32Array,
  {
    shape = shapes[kind] as number[],
    key = first,
    bounded = true,
    columns,
  }: {
    shape?: number[];
    key?: ViewKey;
    bounded?: boolean;
    columns?: number[];
  } = {},
): Float32Array {
  const options = { ...off, [kind]: { ...off[kind], ...change } };
  const augmenter = augmenterOf({ kind, shape, bounded, options, ...(columns && { columns }) });
  const count = values.length / shape.reduce((a, b) => a * b);
  const others = augmenter.mixes ? values.map((value) => 1 - value) : new Float32Array();
  return augment(
    augmenter,
    key,
    Int32Array.from({ length: count }, (_, i) => i),
    values,
    others,
  );
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('Augmentation', () => {
  for (const kind of ['image', 'sound', 'table'] as const)
    describe(`of ${kind}s`, () => {
      const shape = shapes[kind];
      const size = shape.reduce((a, b) => a * b);
      const values = examples(shape, 6);
      const all = {
        ...standard[kind],
        ...(kind === 'image' ? { rotation: 20, shift: 0.2, blur: 1, erasing: 0.3 } : {}),
      };

      it('gives the same bytes for the same key, and others for another seed, step, view or position', () => {
        const found = views(kind, all, values);
        assert.deepEqual(views(kind, all, values), found);
        for (const key of [
          { ...first, seed: 4 },
          { ...first, step: 6 },
          { ...first, view: 1 },
        ])
          assert.notDeepEqual(views(kind, all, values, { key }), found);
        const same = new Float32Array(2 * size);
        for (const i of [0, 1]) same.set(values.subarray(0, size), i * size);
        const [a, b] = [0, 1].map((i) => views(kind, all, same).subarray(i * size, (i + 1) * size));
        assert.notDeepEqual(a, b);
      });

      it('makes of an example what it makes in any other company', () => {
        const found = views(kind, all, values);
        const augmenter = augmenterOf({ kind, shape, bounded: true, options: { ...off, [kind]: all } });
        const fifth = values.slice(4 * size, 5 * size);
        const others = augmenter.mixes ? fifth.map((value) => 1 - value) : new Float32Array();
        assert.deepEqual(augment(augmenter, first, Int32Array.of(4), fifth, others), found.slice(4 * size, 5 * size));
      });

      it('changes nothing where all strengths are 0, and not the example itself', () => {
        assert.deepEqual(views(kind, {}, values), values);
        const before = values.slice();
        views(kind, all, values);
        assert.deepEqual(values, before);
      });

      it('keeps values in 0..1, and is no constant', () => {
        const found = views(kind, all, examples(shape, 200));
        assert.ok(found.every((value) => value >= 0 && value <= 1));
        assert.ok(new Set(found).size > 100);
      });
    });

  it('has standard options that are complete', () => {
    for (const kind of ['image', 'sound', 'table'] as const)
      assert.deepEqual(Object.keys(standard[kind]), Object.keys(off[kind]));
  });

  it('mirrors half of the images exactly: always those in colour, grey ones only when asked', () => {
    for (const [shape, flip, expected] of [
      [[5, 6, 3], null, 0.5],
      [[5, 6, 1], null, 0],
      [[5, 6, 1], true, 0.5],
      [[5, 6, 3], false, 0],
    ] as const) {
      const [height, width, channels] = shape;
      const count = 400;
      const values = examples([...shape], count);
      const found = views('image', { flip }, values, { shape: [...shape] });
      let mirrored = 0;
      const size = height * width * channels;
      for (let i = 0; i < count; i++) {
        const before = Array.from(values.subarray(i * size, (i + 1) * size));
        const after = Array.from(found.subarray(i * size, (i + 1) * size));
        const mirror = before.map((_, at) => {
          const [y, x, c] = [Math.floor(at / channels / width), Math.floor(at / channels) % width, at % channels];
          return before[(y * width + width - 1 - x) * channels + c]!;
        });
        if (after.every((value, at) => value === mirror[at])) mirrored++;
        else assert.deepEqual(after, before);
      }
      assert.ok(Math.abs(mirrored / count - expected) <= (expected === 0 ? 0 : 0.1), `${shape.join()}: ${mirrored}`);
    }
  });

  it('moves pixels where the map says: a quarter turn, half a pixel, and beyond the border', () => {
    const image = Float32Array.of(0, 0.25, 0.5, 1);
    const at = (map: Parameters<typeof resample>[4]) => {
      const out = new Float32Array(4);
      resample(image, 2, 2, 1, map, out);
      return Array.from(out);
    };
    // (u, v) of the new image is (v, 2 - u) of the old: its first row is the old first column, read upwards.
    assert.deepEqual(at({ xx: 0, xy: 1, x0: 0, yx: -1, yy: 0, y0: 2 }), [0.5, 0, 1, 0.25]);
    assert.deepEqual(at({ xx: 1, xy: 0, x0: 0.5, yx: 0, yy: 1, y0: 0 }), [0.125, 0.25, 0.75, 1]);
    assert.deepEqual(at({ xx: 1, xy: 0, x0: 9, yx: 0, yy: 1, y0: -9 }), [0.25, 0.25, 0.25, 0.25]);
    assert.deepEqual(at({ xx: 1, xy: 0, x0: -9, yx: 0, yy: 1, y0: 9 }), [0.5, 0.5, 0.5, 0.5]);
  });

  it('crops at most what it may: a ramp keeps its slope times the part that is left, at least', () => {
    const [height, width] = [16, 16];
    const ramp = Float32Array.from({ length: height * width }, (_, i) => (i % width) / width);
    const many = new Float32Array(300 * ramp.length);
    for (let i = 0; i < 300; i++) many.set(ramp, i * ramp.length);
    const found = views('image', { crop: 0.5 }, many, { shape: [height, width, 1] });
    const widths = Array.from({ length: 300 }, (_, i) => {
      const row = i * ramp.length + 8 * width;
      return (found[row + 10]! - found[row + 5]!) / (ramp[10]! - ramp[5]!);
    });
    // Width of a crop of half the area: sqrt(0.5 * 3 / 4) to 1 of the image's.
    assert.ok(Math.min(...widths) > Math.sqrt(0.375) - 1e-3, String(Math.min(...widths)));
    assert.ok(Math.max(...widths) < 1 + 1e-3);
    assert.ok(Math.min(...widths) < 0.75 && Math.max(...widths) > 0.95, 'and uses what it may');
  });

  it('turns by at most the angle, to both sides, around the middle', () => {
    const side = 21;
    const line = new Float32Array(side * side);
    for (let x = 0; x < side; x++) line[10 * side + x] = 1; // a horizontal line through the middle
    const many = new Float32Array(200 * line.length);
    for (let i = 0; i < 200; i++) many.set(line, i * line.length);
    const found = views('image', { rotation: 20 }, many, { shape: [side, side, 1] });
    const angles = Array.from({ length: 200 }, (_, i) => {
      const column = (x: number) => {
        let [sum, weight] = [0, 0];
        for (let y = 0; y < side; y++) {
          const value = found[i * line.length + y * side + x]!;
          sum += value * y;
          weight += value;
        }
        return sum / weight;
      };
      assert.ok(Math.abs((column(4) + column(16)) / 2 - 10) < 0.2, 'the middle stays');
      return (Math.atan((column(16) - column(4)) / 12) * 180) / Math.PI;
    });
    assert.ok(Math.max(...angles) < 21 && Math.min(...angles) > -21, `${Math.min(...angles)} ${Math.max(...angles)}`);
    assert.ok(Math.max(...angles) > 15 && Math.min(...angles) < -15);
  });

  it('makes darker as often as brighter, by the factor asked for', () => {
    const grey = new Float32Array(2000 * 4).fill(0.4);
    const found = views('image', { brightness: 0.5 }, grey, { shape: [2, 2, 1] });
    // Uniform in 0.2..0.6: the mean of 2,000 has a standard error of 0.0026.
    assert.ok(Math.abs(mean(found) - 0.4) < 0.011, String(mean(found)));
    assert.ok(Math.min(...found) >= 0.2 - 1e-6 && Math.min(...found) < 0.21);
    assert.ok(Math.max(...found) <= 0.6 + 1e-6 && Math.max(...found) > 0.59);
    const bright = views('image', { brightness: 1 }, new Float32Array(400).fill(0.9), { shape: [2, 2, 1] });
    assert.equal(Math.max(...bright), 1);
  });

  it('keeps mean by contrast, brightness by colour, and makes grey of colour', () => {
    const { image } = off;
    const pixels = examples([4, 4, 3], 1).map((value) => 0.4 + 0.1 * value);
    const brightness = (of: Float32Array, i: number) =>
      0.299 * of[3 * i]! + 0.587 * of[3 * i + 1]! + 0.114 * of[3 * i + 2]!;
    const changed = (part: Change<'image'>) => {
      const out = pixels.slice();
      distort(stream(2, 'colour'), out, 3, { ...image, ...part });
      assert.notDeepEqual(out, pixels);
      return out;
    };
    const all = (of: Float32Array) => mean(Array.from({ length: 16 }, (_, i) => brightness(of, i)));
    assert.ok(Math.abs(all(changed({ contrast: 0.8 })) - all(pixels)) < 1e-6);
    for (const part of [{ saturation: 0.8 }, { hue: 0.5 }]) {
      const out = changed(part);
      for (let i = 0; i < 16; i++) assert.ok(Math.abs(brightness(out, i) - brightness(pixels, i)) < 1e-6);
    }
    const grey = changed({ grey: 1 });
    for (let i = 0; i < 16; i++)
      for (const c of [0, 1, 2]) assert.ok(Math.abs(grey[3 * i + c]! - brightness(pixels, i)) < 1e-6);
  });

  it('blurs as the two-dimensional Gaussian does', () => {
    const [height, width, deviation] = [11, 12, 0.8];
    const image = new Float32Array(height * width);
    image[5 * width + 6] = 1;
    blur(image, height, width, 1, deviation);
    let total = 0;
    for (let dy = -3; dy <= 3; dy++)
      for (let dx = -3; dx <= 3; dx++) total += Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x - 6, y - 5];
        const inside = Math.abs(dx) <= 3 && Math.abs(dy) <= 3;
        const expected = inside ? Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2)) / total : 0;
        assert.ok(Math.abs(image[y * width + x]! - expected) < 1e-6, `${x} ${y}`);
      }
    const flat = new Float32Array(30).fill(0.3);
    blur(flat, 5, 6, 1, 2);
    assert.ok(
      flat.every((value) => Math.abs(value - 0.3) < 1e-6),
      'also at the border',
    );
  });

  it('erases one rectangle, at most the part asked for', () => {
    const [height, width, count] = [12, 10, 200];
    const image = new Float32Array(count * height * width).fill(2);
    const found = views('image', { erasing: 0.4 }, image, { shape: [height, width, 1] });
    const areas = Array.from({ length: count }, (_, i) => {
      const part = Array.from(found.subarray(i * height * width, (i + 1) * height * width));
      const at = part.flatMap((value, place) => (value === 2 ? [] : [place]));
      if (at.length === 0) return 0;
      assert.equal(new Set(at.map((place) => part[place])).size, 1);
      const [xs, ys] = [at.map((place) => place % width), at.map((place) => Math.floor(place / width))];
      const box = (Math.max(...xs) - Math.min(...xs) + 1) * (Math.max(...ys) - Math.min(...ys) + 1);
      assert.equal(at.length, box, 'it is a rectangle');
      return box / (height * width);
    });
    assert.ok(Math.max(...areas) < 0.45 && Math.max(...areas) > 0.3, String(Math.max(...areas)));
  });

  it('shifts sounds and fills with silence', () => {
    const [frames, bands] = [10, 2];
    const ramp = Float32Array.from({ length: frames * bands }, (_, i) => (1 + Math.floor(i / bands)) / 20);
    const many = new Float32Array(100 * ramp.length);
    for (let i = 0; i < 100; i++) many.set(ramp, i * ramp.length);
    const found = views('sound', { shift: 0.3 }, many, { shape: [frames, bands, 1] });
    const shifts = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const one = Array.from(found.subarray(i * ramp.length, (i + 1) * ramp.length));
      const by = [-3, -2, -1, 0, 1, 2, 3].find((shift) =>
        one.every((value, at) => value === (ramp[at - shift * bands] ?? 0)),
      );
      assert.ok(by !== undefined, one.join());
      shifts.add(by);
    }
    assert.equal(shifts.size, 7);
  });

  it('masks stretches of time and bands, whole, with the mean', () => {
    const [frames, bands, count] = [20, 10, 100];
    const values = examples([frames, bands, 1], count);
    for (const [option, lines, at] of [
      ['timeMask', frames, (frame: number, i: number) => frame * bands + i],
      ['frequencyMask', bands, (band: number, i: number) => i * bands + band],
    ] as const) {
      const found = views('sound', { [option]: 0.3 }, values, { shape: [frames, bands, 1] });
      let most = 0;
      for (let e = 0; e < count; e++) {
        const from = e * frames * bands;
        const average = Math.fround(mean(values.subarray(from, from + frames * bands)));
        const masked = Array.from({ length: lines }, (_, line) => line).filter(
          (line) => found[from + at(line, 0)] !== values[from + at(line, 0)],
        );
        for (const line of masked)
          for (let i = 0; i < (frames * bands) / lines; i++)
            assert.ok(Math.abs(found[from + at(line, i)]! - average) < 1e-6);
        if (masked.length > 0) assert.equal(masked.at(-1)! - masked[0]! + 1, masked.length, 'neighbours');
        most = Math.max(most, masked.length);
      }
      assert.equal(most, 0.3 * lines, option);
    }
  });

  it('changes loudness and adds noise by what was asked for', () => {
    const half = new Float32Array(400 * 100).fill(0.5);
    const gain = views('sound', { gain: 0.2 }, half, { shape: [10, 10, 1] });
    assert.ok(Math.min(...gain) > 0.3 - 1e-6 && Math.max(...gain) < 0.7 + 1e-6 && Math.max(...gain) > 0.69);
    const noise = views('sound', { noise: 0.1 }, half, { shape: [10, 10, 1] });
    const deviation = Math.sqrt(mean(noise.map((value) => (value - 0.5) ** 2)));
    assert.ok(Math.abs(deviation - 0.1) < 0.002, String(deviation));
    assert.ok(Math.abs(mean(noise) - 0.5) < 0.003);
  });

  it('replaces columns of a table whole, by another row or by 0', () => {
    const columns = [1, 3, 2];
    const count = 2000;
    const values = examples([6], count).map((value) => 0.6 + 0.3 * value);
    for (const replacement of ['other', 'zero'] as const) {
      const found = views('table', { mask: 0.25, replacement }, values, { shape: [6], columns });
      let replaced = 0;
      for (let row = 0; row < count; row++)
        for (let column = 0, at = row * 6; column < 3; at += columns[column++]!) {
          const before = values.slice(at, at + columns[column]!);
          const after = found.slice(at, at + columns[column]!);
          if (after[0] === before[0]) assert.deepEqual(after, before);
          else {
            replaced++;
            assert.deepEqual(
              after,
              before.map((value) => (replacement === 'other' ? 1 - value : 0)),
            );
          }
        }
      // 6,000 draws: four standard deviations are 0.022.
      assert.ok(Math.abs(replaced / (3 * count) - 0.25) < 0.022, String(replaced));
    }
  });

  it('lets values of tables without bounds go anywhere', () => {
    const found = views('table', { noise: 1 }, new Float32Array(1200), { bounded: false });
    assert.ok(Math.min(...found) < -1 && Math.max(...found) > 1);
  });

  describe('of texts', () => {
    const [pad, mask, length, count] = [0, 1, 12, 3000];
    const tokens = (text: number): number => 2 + (text % 10); // of each text, at least two
    const ids = new Float32Array(count * length);
    for (let text = 0; text < count; text++)
      for (let place = 0; place < tokens(text); place++) ids[text * length + place] = 10 + place;
    const positions = Int32Array.from({ length: count }, (_, i) => i);
    const change = (
      text: { deletion: number; span: number },
      vocabulary = { size: 50, pad, mask: mask as number | null },
    ) => {
      const augmenter = augmenterOf({
        kind: 'text',
        shape: [length],
        bounded: false,
        vocabulary,
        options: { ...off, text },
      });
      const found = augment(augmenter, first, positions, ids, new Float32Array());
      return Array.from({ length: count }, (_, i) => Array.from(found.subarray(i * length, (i + 1) * length)));
    };

    it('changes nothing where all strengths are 0', () => {
      assert.deepEqual(change({ deletion: 0, span: 0 }).flat(), Array.from(ids));
    });

    it('removes as many tokens as asked for, never all, and moves the rest together', () => {
      const found = change({ deletion: 0.5, span: 0 });
      let kept = 0;
      for (const text of found) {
        const own = text.filter((id) => id !== pad);
        kept += own.length;
        assert.ok(own.length > 0);
        assert.deepEqual(text, [...own, ...new Array<number>(length - own.length).fill(pad)]);
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
          'in their order',
        );
      }
      const all = Array.from(ids).filter((id) => id !== pad).length;
      // One that stays in each text: 1 + (n - 1) / 2 of n.
      assert.ok(Math.abs(kept - (all + count) / 2) < 0.03 * all, `${kept} of ${all}`);
    });

    it('hides one stretch, at most the part asked for, or removes it where nothing can stand for it', () => {
      const lengths = new Set<number>();
      change({ deletion: 0, span: 0.5 }).forEach((text, i) => {
        const hidden = text.flatMap((id, place) => (id === mask ? [place] : []));
        lengths.add(hidden.length);
        assert.ok(hidden.length <= tokens(i) / 2);
        assert.ok(
          hidden.every((place, k) => place === hidden[0]! + k),
          'one stretch',
        );
        assert.deepEqual(
          text.filter((id) => id !== mask),
          Array.from(ids.subarray(i * length, (i + 1) * length)).filter((_, place) => !hidden.includes(place)),
        );
      });
      assert.deepEqual([...lengths].sort(), [0, 1, 2, 3, 4, 5]);
      const removed = change({ deletion: 0, span: 0.9 }, { size: 50, pad, mask: null });
      assert.ok(removed.every((text) => text[0] !== pad && !text.includes(mask)));
      assert.ok(removed.some((text, i) => text.filter((id) => id !== pad).length < tokens(i)));
    });
  });

  it('mixes with an example that the key alone chooses, among all', () => {
    const positions = Int32Array.from({ length: 1000 }, (_, i) => i);
    const others = othersAt(first, positions, 10);
    assert.deepEqual(othersAt(first, positions.slice(500), 10), others.slice(500));
    assert.deepEqual([...new Set(others)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
