import type { Repository } from "./repository";

/** Length of a fact beyond which it is not kept: few are as long, and many of those would fill the memory. */
const MAX_LENGTH = 64 * 1024;

/** Facts of a kind kept at once; what a busy run asks again it asks soon. */
const MAX_FACTS = 500;

/** A full object name, SHA-1 or SHA-256. */
export const OBJECT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u;

/** Facts of one kind that were asked for. */
export interface Facts<T> {
  (repo: Repository, objects: readonly string[], read: () => Promise<T>): Promise<T>;
  /** One that is known or being found out; undefined where nobody has asked for it. */
  readonly known: (repo: Repository, objects: readonly string[]) => Promise<T> | undefined;
}

/**
 * Asks git once per process for what follows from objects alone, since that never changes. The returned function runs `read`
 * where the fact about exactly these objects is not known yet, and each time where one of them is no full object name. A
 * failure is not kept, nor what is very long.
 */
export function keepFacts<T extends { readonly length: number }>(): Facts<T> {
  const facts = new Map<string, Promise<T>>();
  const keyOf = (repo: Repository, objects: readonly string[]) => [repo.commonDir, ...objects].join("\0");
  const ask = (repo: Repository, objects: readonly string[], read: () => Promise<T>): Promise<T> => {
    if (!objects.every((object) => OBJECT.test(object))) return read();
    const key = keyOf(repo, objects);
    const before = facts.get(key);
    if (before !== undefined) return before;
    if (facts.size >= MAX_FACTS) facts.clear();
    const found = read();
    facts.set(key, found);
    found.then(
      ({ length }) => length > MAX_LENGTH && facts.delete(key),
      () => facts.delete(key),
    );
    return found;
  };
  return Object.assign(ask, {
    known: (repo: Repository, objects: readonly string[]) => facts.get(keyOf(repo, objects)),
  });
}
