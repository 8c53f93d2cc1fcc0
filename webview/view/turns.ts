/**
 * Which chart is drawn as points arrive, so that many charts cost no more time than one: one a frame, the large one in
 * every second frame as long as a small one waits, the small ones one after another in the others.
 */
export class Turns {
  private large = false;
  private smallWaits = false;

  /**
   * Asked first in each frame.
   *
   * @param waits whether the large chart has points that it does not show yet
   */
  isLarge(waits: boolean): boolean {
    this.large = waits && !(this.large && this.smallWaits);
    return this.large;
  }

  /** @param waits whether a small chart has points that it does not show yet */
  isSmall(waits: boolean): boolean {
    this.smallWaits = waits;
    return waits && !this.large;
  }
}
