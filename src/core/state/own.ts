import { CHUNK, type Chunked } from "./chunked";

/** Changes values for somebody who owns some of them: those nobody else has seen are changed in place, of all others a copy is. */
export interface Own {
  /** The value with this change; `copy` makes a shallow copy. One function for values of one kind is several times as fast as one for all. */
  change<T extends object>(value: T, change: Partial<T>, copy: (value: T) => T): T;
  /** The list with another value at this place, which is one of its own or the first behind them. */
  put<T>(list: Chunked<T>, at: number, value: T): Chunked<T>;
}

/** For a single change, of which each part is copied once at most: owns nothing. */
export const COPIES: Own = {
  change: (value, change, copy) => Object.assign(copy(value), change),
  put: (list, at, value) => put(list, at, value, (array) => array.slice()),
};

/** Owns nothing at first, and from then on every copy that was made through it. What it gives is to be let go of, or shared, but never both. */
export function ownCopies(): Own {
  const made = new Set<object>();
  const own = <T extends object>(copy: T): T => {
    made.add(copy);
    return copy;
  };
  const isOwn = <T>(list: readonly T[]): list is T[] => made.has(list);
  const mine = <T>(list: readonly T[]): T[] => (isOwn(list) ? list : own(list.slice()));
  return {
    change: (value, change, copy) => Object.assign(made.has(value) ? value : own(copy(value)), change),
    put: (list, at, value) => put(list, at, value, mine),
  };
}

function put<T>(
  { length, chunks }: Chunked<T>,
  at: number,
  value: T,
  mine: <V>(array: readonly V[]) => V[],
): Chunked<T> {
  const place = Math.floor(at / CHUNK);
  const chunk = mine(chunks[place] ?? []);
  chunk[at % CHUNK] = value;
  const all = mine(chunks);
  all[place] = chunk;
  return { length: Math.max(length, at + 1), chunks: all };
}
