/** Makes the .vsix from dist/ unless it is up to date, and returns its path. */
export function packageExtension(): Promise<string>;
