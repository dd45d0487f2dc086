import { fileMark } from "../core/file-mark";
import type { SubtaskView } from "../core/subtask-view";
import { withTicks } from "../core/ticks";
import { boundDiff } from "./bound-diff";
import { RequestSchemas, type FullReview, type Requests, type ShownReview } from "./messages";
import type { ReviewMarks } from "./review-marks";
import type { Served } from "./rpc";
import type { ReviewSource } from "./serve-review";

type Decisions = Pick<
  Requests,
  "diff" | "refresh" | "tick" | "viewed" | "accept" | "reject" | "acceptPassing" | "cancelMerge" | "undo" | "resolve"
>;

/** What the answers need of the service they are part of. */
export interface DecisionsHost {
  readonly source: ReviewSource;
  /** The subtask of this id. Throws where there is none. */
  readonly known: (id: string) => SubtaskView;
  /** Throws where the subtask's result is another one than was shown. */
  readonly current: (id: string, commit: string) => void;
  /** Tells the page what changed; the reply that means "done". */
  readonly done: () => null;
}

/** Answers to what a page asks about one result: its diff, its marks, and the decisions. */
export function serveDecisions({ source, known, current, done }: DecisionsHost): Served<Decisions> {
  // The marks of the files on screen, so that marking one does not have git make the diff again.
  let onScreen: { readonly commit: string; readonly marks: ReadonlyMap<string, string> } | undefined;
  const read = async (subtask: string, commit: string): Promise<FullReview> => {
    current(subtask, commit);
    const review = await source.review(subtask, commit);
    onScreen = { commit, marks: new Map(review.files.map((file) => [file.path, fileMark(file)])) };
    return review;
  };
  return {
    diff: {
      schema: RequestSchemas.diff,
      answer: async ({ subtask, commit }) => toShownReview(await read(subtask, commit), source.marks),
    },
    refresh: {
      schema: RequestSchemas.refresh,
      answer: async ({ subtask, commit }) => {
        const { files: _files, choices: _choices, ...facts } = await read(subtask, commit);
        return facts;
      },
    },
    tick: {
      schema: RequestSchemas.tick,
      answer: async ({ subtask, commit, files }) => {
        current(subtask, commit);
        await source.marks.tick(commit, files);
        return null;
      },
    },
    viewed: {
      schema: RequestSchemas.viewed,
      answer: async ({ subtask, commit, path, viewed }) => {
        current(subtask, commit);
        if (onScreen?.commit !== commit) await read(subtask, commit);
        await source.marks.view(subtask, path, viewed ? onScreen?.marks.get(path) : undefined);
        return null;
      },
    },
    accept: {
      schema: RequestSchemas.accept,
      answer: async ({ subtask, commit, base, files, config, target, withDependencies }) => {
        current(subtask, commit);
        await source.accept(subtask, { selection: { base, commit, files }, config, target, withDependencies });
        return done();
      },
    },
    reject: {
      schema: RequestSchemas.reject,
      answer: async ({ subtask, commit, reason }) => {
        current(subtask, commit);
        await source.reject(subtask, commit, reason);
        return done();
      },
    },
    acceptPassing: {
      schema: RequestSchemas.acceptPassing,
      answer: async () => {
        await source.acceptPassing();
        return done();
      },
    },
    cancelMerge: {
      schema: RequestSchemas.cancelMerge,
      answer: () => {
        source.cancelMerge();
        return null;
      },
    },
    undo: {
      schema: RequestSchemas.undo,
      answer: async ({ subtask, commit }) => {
        await source.undo(known(subtask).id, commit);
        return done();
      },
    },
    resolve: {
      schema: RequestSchemas.resolve,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        await source.resolve(subtask);
        return done();
      },
    },
  };
}

/** A review with the reviewer's marks in place of what was proposed. */
export function toShownReview(review: FullReview, marks: ReviewMarks): ShownReview {
  const viewed = marks.viewed(review.subtask);
  const files = review.files.map((file) => ({
    ...file,
    viewed: viewed.has(file.path) && viewed.get(file.path) === fileMark(file),
  }));
  return {
    ...review,
    files: boundDiff(files),
    choices: withTicks(review.files, review.choices, marks.ticks(review.commit)),
  };
}
