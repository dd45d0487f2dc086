/** Anything with a lifetime to end. Structurally the same as VS Code's. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and ends them in reverse order; whatever is added after the end is ended at once. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (const item of this.#items.splice(0).toReversed()) item.dispose();
  }
}
