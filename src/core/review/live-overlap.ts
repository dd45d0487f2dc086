/** What two results do to each other that wait for a decision or are being made. */
export interface Overlap {
  readonly a: string;
  readonly b: string;
  readonly files: readonly string[];
  /** Whichever goes in second conflicts, or they merge although they change the same files. */
  readonly kind: "conflict" | "same files";
}

/** A real overlap of two results was looked for and found to be so; "none" where there was one before. */
export interface OverlapEvent extends Omit<Overlap, "kind"> {
  readonly type: "overlap.found";
  readonly kind: Overlap["kind"] | "none";
  /** The results that were compared; of a worker at work its attempt, see {@link liveKey}. */
  readonly commits: readonly [string, string];
}

/** What an attempt that is under way goes by where a result goes by its commit. */
export function liveKey(attempt: number): string {
  return `attempt ${attempt}`;
}

/** An overlap, and of which results it was found. */
export type KnownOverlap = Omit<OverlapEvent, "type">;

/** Folds what was found in. */
export function foldOverlap(
  known: readonly KnownOverlap[],
  { type: _type, ...found }: OverlapEvent,
): readonly KnownOverlap[] {
  const others = known.filter((one) => !isSamePair(one, found));
  return found.kind === "none" ? others : [...others, found];
}

/** Whether both are about the same two subtasks. */
export function isSamePair(x: Pick<KnownOverlap, "a" | "b">, y: Pick<KnownOverlap, "a" | "b">): boolean {
  return (x.a === y.a && x.b === y.b) || (x.a === y.b && x.b === y.a);
}
