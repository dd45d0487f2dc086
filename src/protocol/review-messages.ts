import * as z from "zod";
import type { MergedReview, ReviewFile } from "../core/review/review";
import type { ReviewComment } from "../core/review/review-comment";

const Commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/u, "a commit is 40 or 64 hexadecimal digits");
const Path = z.string().min(1).max(4096);
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
  target: Commit.optional(),
  withDependencies: z.boolean().optional(),
  message: z.string().max(MAX_WORDS_CHARS).optional(),
  /** Without the user's commit hooks and signature. */
  customs: z.literal("off").optional(),
  /** Why the rest stays out. */
  reason: z.string().max(MAX_WORDS_CHARS).optional(),
});
export type AcceptChoice = Readonly<z.infer<typeof AcceptChoice>>;

/** A file as sent to the page. */
export interface ShownFile extends ReviewFile {
  /** Lines that were too many to send; the file can then be ticked only as a whole. */
  readonly withheld?: number;
  /** Whether it was marked as looked at, and is the same since. */
  readonly viewed: boolean;
}

/** A review as sent to the page: with what is ticked now, and no more of the diff than a page can hold. */
export interface ShownReview extends Omit<MergedReview, "files"> {
  readonly files: readonly ShownFile[];
  /** Remarks that have not been sent yet. */
  readonly comments: readonly ReviewComment[];
}
