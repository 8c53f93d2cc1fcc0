/** Reading the parts of a tokenizer.json: what is expected where, and messages that say so. */
import * as path from 'node:path';
import { t } from '../../../protocol/l10n.js';
import { DataError } from '../../reader.js';

/** One JSON object of the file, with its place for messages, e.g. "pre_tokenizer.pretokenizers[0]". */
export class Component {
  private constructor(
    private readonly members: Record<string, unknown>,
    readonly place: string,
    readonly file: string,
  ) {}

  /** @throws DataError when it is no object */
  static of(value: unknown, place: string, file: string): Component {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw problem(file, t('{0} must be an object', place === '' ? t('its content') : place));
    return new Component(value as Record<string, unknown>, place, file);
  }

  get type(): string {
    return this.text('type');
  }

  value(name: string): unknown {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }

  text(name: string, otherwise?: string): string {
    return this.typed(name, 'string', t('a text'), otherwise);
  }

  number(name: string, otherwise?: number): number {
    return this.typed(name, 'number', t('a number'), otherwise);
  }

  flag(name: string, otherwise?: boolean): boolean {
    return this.typed(name, 'boolean', t('true or false'), otherwise);
  }

  list(name: string, otherwise?: unknown[]): unknown[] {
    const value = this.value(name) ?? otherwise;
    if (!Array.isArray(value)) throw this.problem(t('{0} must be a list', this.at(name)));
    return value as unknown[];
  }

  /** The object under a name. */
  component(name: string): Component {
    return Component.of(this.value(name), this.at(name), this.file);
  }

  components(name: string, otherwise?: unknown[]): Component[] {
    return this.list(name, otherwise).map((value, i) => Component.of(value, `${this.at(name)}[${i}]`, this.file));
  }

  entries(): [string, unknown][] {
    return Object.entries(this.members);
  }

  /** @param what is wrong, translated, with its place by {@link at} */
  problem(what: string): DataError {
    return problem(this.file, what);
  }

  /** For a part of a kind that is not known here. */
  unsupported(known: readonly string[]): DataError {
    return new DataError(
      t('{0}: {1} is of type “{2}”, which is not supported.', path.basename(this.file), this.place, this.type),
      this.file,
      t('Supported here are {0}. Use another tokenizer, or train one.', known.join(', ')),
    );
  }

  /** For an option of a part that is not known here. */
  unsupportedOption(name: string): DataError {
    return new DataError(
      t(
        '{0}: {1} ({2}) has {3} set to {4}, which is not supported.',
        path.basename(this.file),
        this.place,
        this.type,
        name,
        JSON.stringify(this.value(name)).slice(0, 80),
      ),
      this.file,
      t('Use another tokenizer, or train one.'),
    );
  }

  /** A member's place in the file, e.g. "model.merges". */
  at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }

  private typed<T extends string | number | boolean>(name: string, type: string, what: string, otherwise?: T): T {
    const value = this.value(name) ?? otherwise;
    if (typeof value !== type) throw this.problem(t('{0} must be {1}', this.at(name), what));
    return value as T;
  }
}

export function problem(file: string, what: string): DataError {
  return new DataError(
    t('{0}: {1}.', path.basename(file), what),
    file,
    t('Save it again with the Python library “tokenizers” (tokenizer.save), or train a tokenizer.'),
  );
}
