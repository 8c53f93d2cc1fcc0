import { existsSync } from 'node:fs';
import path from 'node:path';

/** MNIST where it lies beside the checkout; null elsewhere, and the figures are then of generated digits. */
export function mnistFolder(): string | null {
  const folder = path.resolve('../shared/data/mnist');
  return existsSync(folder) ? folder : null;
}

export function dataPath(): string {
  const folder = mnistFolder();
  if (folder === null)
    process.stdout.write(
      'MNIST is not in ../shared/data/mnist: generated digits are used, and losses are not comparable with published ones.\n',
    );
  return folder ?? 'sample:digits';
}
