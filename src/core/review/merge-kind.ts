/**
 * How a result goes in: as one commit, as a merge commit whose second parent is the result, or into index and files alone,
 * for the user to commit.
 */
export const MERGE_KINDS = ["squash", "merge", "stage"] as const;
export type MergeKind = (typeof MERGE_KINDS)[number];

/** A merge kind by its name; undefined for any other word. */
export function mergeKindOf(word: unknown): MergeKind | undefined {
  return MERGE_KINDS.find((kind) => kind === word);
}
