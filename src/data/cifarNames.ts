/** CIFAR-10 and CIFAR-100 by the names of their files. Reads no file. */

export interface CifarVariant {
  title: string;
  /** Label bytes before the pixels; the last is used. */
  labelBytes: number;
  classes: number;
  train: RegExp;
  test: RegExp;
  names: RegExp;
}

const variants: readonly CifarVariant[] = [
  {
    title: 'CIFAR-10',
    labelBytes: 1,
    classes: 10,
    train: /(^|\/)data_batch_\d+\.bin$/,
    test: /(^|\/)test_batch\.bin$/,
    names: /(^|\/)batches\.meta\.txt$/,
  },
  {
    title: 'CIFAR-100',
    labelBytes: 2,
    classes: 100,
    train: /(^|\/)train\.bin$/,
    test: /(^|\/)test\.bin$/,
    names: /(^|\/)fine_label_names\.txt$/,
  },
];

/** From names alone; null when these are no CIFAR files. */
export function cifarVariant(names: readonly string[]): CifarVariant | null {
  const [ten, hundred] = variants as [CifarVariant, CifarVariant];
  if (names.some((name) => ten.train.test(name) || ten.test.test(name))) return ten;
  // "train.bin" says little by itself.
  return names.some((name) => hundred.train.test(name)) && names.some((name) => hundred.names.test(name))
    ? hundred
    : null;
}
