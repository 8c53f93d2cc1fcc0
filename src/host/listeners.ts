/** What stops something; the same shape as vscode.Disposable. */
export interface Disposable {
  dispose(): void;
}

/** Those who want to hear of something, without VS Code. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Disposable {
    this.all.add(listener);
    return { dispose: () => this.all.delete(listener) };
  }

  fire(value: T): void {
    for (const listener of [...this.all]) listener(value);
  }
}
