/** A text for people, kept apart from its values so that it can be translated where it is shown. */
export interface Message {
  /** English, with {0}, {1}, ... for the values; the key of the translation. */
  text: string;
  args: (string | number)[];
}

/** Translates: vscode.l10n.t in the editor, {@link english} in tests. */
export type Translate = (text: string, ...args: (string | number)[]) => string;

export function message(text: string, ...args: (string | number)[]): Message {
  return { text, args };
}

export const english: Translate = (text, ...args) =>
  text.replace(/\{(\d+)\}/g, (hole, index: string) => String(args[Number(index)] ?? hole));

/** An error whose text can be translated. */
export class MessageError extends Error {
  constructor(readonly told: Message) {
    super(english(told.text, ...told.args));
  }
}

/** What an error says, for people. */
export function tell(error: unknown, t: Translate): string {
  if (error instanceof MessageError) return t(error.told.text, ...error.told.args);
  return reason(error);
}

/**
 * The same text without links: names and errors come from files, and a notification would turn [x](command:y) in them
 * into a link that runs a command.
 */
export function plain(text: string): string {
  return text.replaceAll('](', '] (');
}

/** What an error of a library says, for a sentence. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
