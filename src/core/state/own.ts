/** Changes values for somebody who owns some of them: those nobody else has seen are changed in place, of all others a copy is. */
export interface Own {
  /** The value with this change; `copy` makes a shallow copy. One function for values of one kind is several times as fast as one for all. */
  change<T extends object>(value: T, change: Partial<T>, copy: (value: T) => T): T;
  /** The list with another value at this place. */
  put<T>(list: readonly T[], at: number, value: T): readonly T[];
  /** The list with one value more. */
  add<T>(list: readonly T[], value: T): readonly T[];
}

/** For a single change, of which each part is copied once at most: owns nothing. */
export const COPIES: Own = {
  change: (value, change, copy) => Object.assign(copy(value), change),
  put(list, at, value) {
    const copy = list.slice();
    copy[at] = value;
    return copy;
  },
  add(list, value) {
    const copy = list.slice();
    copy.push(value);
    return copy;
  },
};

/** Owns nothing at first, and from then on every copy that was made through it. What it gives is to be let go of, or shared, but never both. */
export function ownCopies(): Own {
  const made = new Set<object>();
  const own = <T extends object>(copy: T): T => {
    made.add(copy);
    return copy;
  };
  const listOf = <T>(list: readonly T[]): T[] => (isOwn(list) ? list : own(list.slice()));
  const isOwn = <T>(list: readonly T[]): list is T[] => made.has(list);
  return {
    change: (value, change, copy) => Object.assign(made.has(value) ? value : own(copy(value)), change),
    put(list, at, value) {
      const mine = listOf(list);
      mine[at] = value;
      return mine;
    },
    add(list, value) {
      const mine = listOf(list);
      mine.push(value);
      return mine;
    },
  };
}
