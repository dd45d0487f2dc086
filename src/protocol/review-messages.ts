import * as z from "zod";
import type { Hunk } from "../core/review/diff";
import type { FileWords } from "../core/review/file-words";
import type { MergedReview, ReviewFile } from "../core/review/review";
import type { FileChoice } from "../core/review/selection";
import type { ReviewComment } from "../core/review/review-comment";
import { Commit, MAX_SUBTASKS, Path, SubtaskId } from "./fields";

/** Files one decision can name, and hunks of one of them. */
const MAX_FILES = 1_000_000;
const MAX_HUNKS = 1_000_000;
/** The longest message or reason. */
const MAX_WORDS_CHARS = 10_000;

/** Files that are not named stay out; hunks count from 1, and 0 is a new name or mode. */
export const FileChoices = z
  .array(
    z.strictObject({
      path: Path,
      take: z.union([z.literal("all"), z.literal("none"), z.array(z.int().min(0)).max(MAX_HUNKS)]),
    }),
  )
  .max(MAX_FILES);

/** What of a result was ticked, and what it was ticked on. */
export const AcceptChoice = z.strictObject({
  files: FileChoices,
  /** Executable configuration that was ticked, with the content that was on screen. */
  config: z
    .array(z.strictObject({ path: Path, blob: Commit }))
    .max(MAX_FILES)
    .optional(),
  /** Where the target was. */
  target: z.optional(Commit),
  withDependencies: z.boolean().optional(),
  /** What goes along, as it was on screen. */
  dependencies: z
    .array(z.strictObject({ subtask: SubtaskId, commit: Commit }))
    .max(MAX_SUBTASKS)
    .optional(),
  message: z.string().max(MAX_WORDS_CHARS).optional(),
  /** Without the user's commit hooks and signature. */
  customs: z.literal("off").optional(),
  /** Why the rest stays out. */
  reason: z.string().max(MAX_WORDS_CHARS).optional(),
});
export type AcceptChoice = Readonly<z.infer<typeof AcceptChoice>>;

/** A hunk as the page first gets it: where it is and how many lines it has. */
export interface OutlinedHunk extends Omit<Hunk, "lines"> {
  readonly size: number;
  /** The line a remark on the whole of it is about. */
  readonly place: Pick<ReviewComment, "side" | "line">;
}

/** A file without its lines, and what is said about it beside them. */
export interface OutlinedFile extends Omit<ReviewFile, "hunks" | "blob"> {
  readonly hunks: readonly OutlinedHunk[];
  readonly words: FileWords;
  /** Lines of hunks that were too many to name; the file can then be ticked only as a whole. */
  readonly withheld?: number;
}

/** A file as sent to the page. */
export interface ShownFile extends OutlinedFile {
  /** Whether it was marked as looked at, and is the same since. */
  readonly viewed: boolean;
}

/** The first files of a large result as sent to the page: all there is to look at until the review is there. */
export interface ShownHead {
  readonly subtask: string;
  readonly commit: string;
  readonly files: readonly ShownFile[];
  readonly choices: readonly FileChoice[];
  readonly taken: readonly FileChoice[] | null;
  readonly comments: readonly ReviewComment[];
}

/** A review as sent to the page: with what is ticked now, and without the lines of its diff. */
export interface ShownReview extends Omit<MergedReview, "files"> {
  readonly files: readonly ShownFile[];
  /** Remarks that have not been sent yet. */
  readonly comments: readonly ReviewComment[];
}

/** A file as it was and as it is; null where it is not, or is no text of a usual size. */
export interface FileTexts {
  readonly base: string | null;
  readonly result: string | null;
}

/** Ranges one request can ask for, and lines of one of them. */
const MAX_RANGES = 32;
const MAX_RANGE_LINES = 1_000;
const LineNumber = z.int().min(0).max(0x7fffffff);

/** Lines of a result's diff that come into view; see `LineRange`. */
export const LineRanges = z
  .array(
    z
      .strictObject({ path: Path, from: LineNumber, to: LineNumber })
      .refine(({ from, to }) => to > from && to - from <= MAX_RANGE_LINES, `a range has 1 to ${MAX_RANGE_LINES} lines`),
  )
  .min(1)
  .max(MAX_RANGES);
