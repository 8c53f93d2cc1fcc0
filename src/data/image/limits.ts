import { t } from '../../protocol/l10n.js';

/** What keeps a damaged or hostile image file from filling the memory. */

const MAX_MEGAPIXELS = 100;

/** The bytes end before the image does. */
export class CutOff extends Error {
  /** @param needed how many bytes there must be at least to get further */
  constructor(
    what: string,
    readonly needed: number,
  ) {
    super(t('its {0} is cut off', what));
  }
}

/** @throws CutOff when there are fewer bytes than `needed` */
export function need(bytes: Buffer, needed: number, what: string): void {
  if (bytes.length < needed) throw new CutOff(what, needed);
}

/** @throws Error when an image of this size is empty or too large to be decoded */
export function checkSize(width: number, height: number, what: string): void {
  if (width < 1 || height < 1) throw new Error(t('its {0} says {1} × {2}', what, width, height));
  if (width * height > MAX_MEGAPIXELS * 1e6)
    throw new Error(
      t(
        'it has more than {0} million pixels (its {1} says {2} × {3}); scale it down',
        MAX_MEGAPIXELS,
        what,
        width,
        height,
      ),
    );
}
