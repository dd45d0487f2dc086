import * as z from "zod";
import type { MergedReview, ReviewFile } from "../core/review";

const Commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/u, "a commit is 40 or 64 hexadecimal digits");
const Path = z.string().min(1).max(4096);
/** Files one decision can name, and hunks of one of them. */
const MAX_FILES = 20_000;
const MAX_HUNKS = 100_000;
/** The longest message or reason. */
const MAX_WORDS_CHARS = 10_000;

/** What of a result was ticked, and what it was ticked on. Without a choice the host asks where it must. */
export const AcceptChoice = z.strictObject({
  /** Files that are not named stay out; hunks count from 1, and 0 is a new name or mode. */
  files: z
    .array(
      z.strictObject({
        path: Path,
        take: z.union([z.literal("all"), z.literal("none"), z.array(z.int().min(0)).max(MAX_HUNKS)]),
      }),
    )
    .max(MAX_FILES),
  /** Executable configuration that was ticked, with the content that was on screen. */
  config: z
    .array(z.strictObject({ path: Path, blob: Commit }))
    .max(MAX_FILES)
    .optional(),
  /** Where the target was. */
  target: Commit.optional(),
  withDependencies: z.boolean().optional(),
  message: z.string().max(MAX_WORDS_CHARS).optional(),
  /** Why the rest stays out. */
  reason: z.string().max(MAX_WORDS_CHARS).optional(),
});
export type AcceptChoice = Readonly<z.infer<typeof AcceptChoice>>;

/** A review as sent to the page; `withheld` counts lines of a file that were too many to send. */
export type ShownReview = Omit<MergedReview, "files"> & {
  readonly files: readonly (ReviewFile & { readonly withheld?: number })[];
};
