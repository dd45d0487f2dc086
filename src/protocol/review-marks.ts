import * as z from "zod";
import type { FileChoice } from "../core/selection";

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
}

/** Results whose ticks are kept; the oldest go first. */
const MAX_RESULTS = 200;

const Take = z.union([z.literal("all"), z.literal("none"), z.array(z.int().min(0)).readonly()]);

const Marks = z.object({
  ticks: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), Take]))])),
  viewed: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))])),
});

/** The marks of one run. Marks nobody can read any more are forgotten. */
export function reviewMarks(store: MarkStore): ReviewMarks {
  const parsed = Marks.safeParse(store.read());
  const kept = parsed.success ? parsed.data : { ticks: [], viewed: [] };
  const ticks = new Map(kept.ticks.map(([commit, files]) => [commit, new Map(files)]));
  const viewed = new Map(kept.viewed.map(([subtask, files]) => [subtask, new Map(files)]));
  const save = async (): Promise<void> => {
    for (const commit of [...ticks.keys()].slice(0, Math.max(0, ticks.size - MAX_RESULTS))) ticks.delete(commit);
    await store.write({
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
  };
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
