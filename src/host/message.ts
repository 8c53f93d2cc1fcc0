/**
 * The same text without links: names and errors come from files, and a notification would turn [x](command:y) in them
 * into a link that runs a command.
 */
export function plain(text: string): string {
  return text.replaceAll('](', '] (');
}

/** What an error says, for people. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
