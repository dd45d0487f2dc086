/**
 * The new value, built of the old one's parts wherever they are equal. Whoever compares by identity then sees what
 * really changed, although the whole value came over the wire again.
 */
export function reuse<T>(before: unknown, after: T): T {
  if (Object.is(before, after)) return after;
  if (Array.isArray(before) && Array.isArray(after)) {
    const old: readonly unknown[] = before;
    const shared = after.map((value: unknown, i) => reuse(old[i], value));
    return same(old, shared) ? (before as T) : (shared as T);
  }
  if (!isRecord(before) || !isRecord(after)) return after;
  const keys = Object.keys(after);
  const shared = Object.fromEntries(
    keys.map((key) => [key, reuse(Object.hasOwn(before, key) ? before[key] : undefined, after[key])]),
  );
  const unchanged =
    keys.length === Object.keys(before).length &&
    keys.every((key) => Object.hasOwn(before, key) && Object.is(before[key], shared[key]));
  return unchanged ? (before as T) : (shared as T);
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
