/** The checkout's folder. */
export const root: string;
/** The user's cache folder of this product. */
export function cacheFolder(): string;
