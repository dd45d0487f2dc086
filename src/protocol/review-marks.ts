import * as z from "zod";
import type { ReviewComment } from "../core/review/review-comment";
import { BraidError, failure } from "../core/failure";
import type { FileChoice } from "../core/review/selection";
import type { Disposable } from "../util/disposable";
import { Emitter } from "../util/emitter";

/** Where marks are kept from one window to the next. What is read is checked: it may be of another version. */
export interface MarkStore {
  read(): unknown;
  write(marks: unknown): PromiseLike<void>;
}

/** What a reviewer has marked so far. Nothing of it decides anything until a decision carries it. */
export interface ReviewMarks {
  /** What was ticked otherwise than proposed, in the result that this commit is. */
  ticks(commit: string): readonly FileChoice[];
  tick(commit: string, changed: readonly FileChoice[]): Promise<void>;
  /** The mark (see `fileMark`) under which a file of a subtask was looked at, by path. */
  viewed(subtask: string): ReadonlyMap<string, string>;
  /** Without a mark it was not looked at after all. */
  view(subtask: string, path: string, mark: string | undefined): Promise<void>;
  /** Remarks on a result that have not been sent yet. */
  comments(commit: string): readonly ReviewComment[];
  /** Puts these in the place of all there are. Throws `run.state` for more, or longer ones, than could be read again. */
  comment(commit: string, comments: readonly ReviewComment[]): Promise<void>;
  /** Fires with the result whose remarks are others now. */
  readonly onDidComment: (listener: (commit: string) => void) => Disposable;
}

/** Results whose ticks and remarks are kept; the oldest go first. */
const MAX_RESULTS = 200;

const Take = z.union([z.literal("all"), z.literal("none"), z.array(z.int().min(0)).readonly()]);

/** The longest remark, and the most on one result. */
const MAX_COMMENT_CHARS = 10_000;
const MAX_COMMENTS = 1_000;

/** A remark as it comes from a page or a store. */
export const Comments = z
  .array(
    z.strictObject({
      path: z.string().min(1).max(4096),
      side: z.enum(["base", "result"]),
      line: z.int().min(1),
      text: z.string().min(1).max(MAX_COMMENT_CHARS),
    }),
  )
  .max(MAX_COMMENTS);

const Marks = z.object({
  comments: z.array(z.tuple([z.string(), Comments])).default([]),
  ticks: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), Take]))])),
  viewed: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))])),
});

/** The marks of one run. Marks nobody can read any more are forgotten. */
export function reviewMarks(store: MarkStore): ReviewMarks {
  const parsed = Marks.safeParse(store.read());
  const kept = parsed.success ? parsed.data : { comments: [], ticks: [], viewed: [] };
  const ticks = new Map(kept.ticks.map(([commit, files]) => [commit, new Map(files)]));
  const viewed = new Map(kept.viewed.map(([subtask, files]) => [subtask, new Map(files)]));
  const comments = new Map<string, readonly ReviewComment[]>(kept.comments);
  const commented = new Emitter<string>();
  const save = async (): Promise<void> => {
    for (const map of [ticks, comments])
      for (const commit of [...map.keys()].slice(0, Math.max(0, map.size - MAX_RESULTS))) map.delete(commit);
    await store.write({
      comments: [...comments],
      ticks: [...ticks].map(([commit, files]) => [commit, [...files]]),
      viewed: [...viewed].map(([subtask, files]) => [subtask, [...files]]),
    });
  };
  return {
    ticks: (commit) => [...(ticks.get(commit) ?? [])].map(([path, take]) => ({ path, take })),
    async tick(commit, changed) {
      const files = ticks.get(commit) ?? new Map<string, FileChoice["take"]>();
      for (const { path, take } of changed) files.set(path, take);
      ticks.delete(commit);
      ticks.set(commit, files);
      await save();
    },
    viewed: (subtask) => viewed.get(subtask) ?? new Map(),
    async view(subtask, path, mark) {
      const files = viewed.get(subtask) ?? new Map<string, string>();
      if (mark === undefined) files.delete(path);
      else files.set(path, mark);
      viewed.set(subtask, files);
      await save();
    },
    comments: (commit) => comments.get(commit) ?? [],
    async comment(commit, all) {
      refuseTooMuch(all);
      comments.delete(commit);
      if (all.length > 0) comments.set(commit, all);
      commented.fire(commit);
      await save();
    },
    onDidComment: commented.event,
  };
}

function refuseTooMuch(all: readonly ReviewComment[]): void {
  const longest = Math.max(0, ...all.map(({ text }) => text.length));
  if (longest > MAX_COMMENT_CHARS)
    throw tooMuch(`A comment has at most ${MAX_COMMENT_CHARS} characters; this one has ${longest}.`);
  if (all.length > MAX_COMMENTS) throw tooMuch(`A result has at most ${MAX_COMMENTS} comments.`);
}

function tooMuch(message: string): BraidError {
  return new BraidError(failure("run.state", message, { hint: "Make it shorter, or say it in `Request Changes…`." }));
}

/** A store that lasts as long as the process. */
export function memoryMarks(): MarkStore {
  let kept: unknown;
  return {
    read: () => kept,
    write: async (marks) => {
      kept = marks;
    },
  };
}
