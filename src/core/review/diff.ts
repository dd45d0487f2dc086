/** A line of a hunk. `text` has no line end; `noNewline` marks a last line without one. */
export interface DiffLine {
  readonly kind: "context" | "added" | "deleted";
  readonly text: string;
  readonly noNewline?: boolean;
}

/** A run of changes with its context. Line numbers count from 1. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** What git prints after the second `@@`: the enclosing function, as a rule. */
  readonly heading: string;
  readonly lines: readonly DiffLine[];
}

/** Everything a review shows of one changed file. */
export interface FileDiff {
  readonly path: string;
  /** The old path, where it differs. */
  readonly from?: string;
  /** What a new file looks to be a copy of, as the base has it. It is shown, and goes in, as any new file. */
  readonly copiedFrom?: string;
  readonly status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  /** File modes as git writes them, such as `100755`; absent on the side that has no file. */
  readonly oldMode?: string;
  readonly newMode?: string;
  /** Git's id of the new content, all zeros for a deleted file; absent where the content did not change. */
  readonly blob?: string;
  readonly binary: boolean;
  /** How large a binary file is on both sides; null where it is not there. Unknown where nobody looked. */
  readonly bytes?: { readonly base: number | null; readonly result: number | null };
  readonly hunks: readonly Hunk[];
}
