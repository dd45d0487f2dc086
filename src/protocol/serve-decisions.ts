import { fileMark } from "../core/review/file-mark";
import type { MergedReview } from "../core/review/review";
import { choicesOf, openReview, toShownReview } from "./open-review";
import { linesOf } from "./outline";
import { packReview } from "./packed-review";
import { queueOrder } from "./queue-order";
import type { Requests } from "./messages";
import { RequestSchemas } from "./request-schemas";
import type { Served } from "./rpc";
import type { ServiceHost } from "./service-host";

type Decisions = Pick<
  Requests,
  | "open"
  | "review"
  | "lines"
  | "images"
  | "texts"
  | "refresh"
  | "comment"
  | "requestChanges"
  | "tick"
  | "viewed"
  | "accept"
  | "reject"
  | "acceptPassing"
  | "cancelMerge"
  | "undo"
  | "redo"
  | "resolve"
  | "resolveByHand"
  | "rebase"
  | "rerunWithout"
>;

/** Answers to what a page asks about one result: its diff, its marks, and the decisions. */
export function serveDecisions(host: ServiceHost): Served<Decisions> {
  const { source, known, current, done } = host;
  const read = async (subtask: string, commit: string): Promise<MergedReview> => {
    current(subtask, commit);
    return source.review(subtask, commit);
  };
  // Whoever has looked at one of those that wait goes on to the next, as a rule.
  const warmNext = (id: string): void => {
    const waiting = queueOrder(source.view).filter(({ reviewable }) => reviewable);
    const next = waiting[waiting.findIndex((each) => each.id === id) + 1];
    if (next?.commit != null) void source.warm(next.id, next.commit);
  };
  return {
    open: {
      schema: RequestSchemas.open,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        const opened = await openReview(source, known(subtask), commit);
        if (opened.kind === "whole") warmNext(subtask);
        return opened;
      },
    },
    review: {
      schema: RequestSchemas.review,
      answer: async ({ subtask, commit }) => {
        const review = packReview(toShownReview(await read(subtask, commit), source.marks));
        warmNext(subtask);
        return { review };
      },
    },
    lines: {
      schema: RequestSchemas.lines,
      answer: async ({ subtask, commit, wanted }) => {
        current(subtask, commit);
        return { slices: linesOf(await source.diff(subtask, commit), wanted) };
      },
    },
    texts: {
      schema: RequestSchemas.texts,
      answer: async ({ subtask, commit, paths }) => {
        current(subtask, commit);
        return { texts: await source.texts(subtask, commit, paths) };
      },
    },
    images: {
      schema: RequestSchemas.images,
      answer: async ({ subtask, commit, path }) => {
        current(subtask, commit);
        return source.images(subtask, commit, path);
      },
    },
    refresh: {
      schema: RequestSchemas.refresh,
      answer: async ({ subtask, commit }) => {
        const { files, ...facts } = await read(subtask, commit);
        return { ...facts, choices: choicesOf({ ...facts, files }, source.marks) };
      },
    },
    tick: {
      schema: RequestSchemas.tick,
      answer: async ({ subtask, commit, files }) => {
        current(subtask, commit);
        // Marks are kept for long: what the result does not have is not among them.
        const changed = new Set(known(subtask).files.map(({ path }) => path));
        await source.marks.tick(
          commit,
          files.filter(({ path }) => changed.has(path)),
        );
        return null;
      },
    },
    viewed: {
      schema: RequestSchemas.viewed,
      answer: async ({ subtask, commit, path, viewed }) => {
        current(subtask, commit);
        const file = viewed ? (await source.diff(subtask, commit)).find((each) => each.path === path) : undefined;
        await source.marks.view(subtask, path, file === undefined ? undefined : fileMark(file));
        return null;
      },
    },
    comment: {
      schema: RequestSchemas.comment,
      answer: async ({ subtask, commit, comments }) => {
        current(subtask, commit);
        await source.marks.comment(commit, comments);
        return null;
      },
    },
    requestChanges: {
      schema: RequestSchemas.requestChanges,
      answer: async ({ subtask, commit, text }) => {
        current(subtask, commit);
        await source.requestChanges(subtask, commit, text);
        return done();
      },
    },
    accept: {
      schema: RequestSchemas.accept,
      answer: async ({ subtask, commit, choice }) => {
        current(subtask, commit);
        await source.accept(subtask, commit, choice);
        return done();
      },
    },
    rebase: {
      schema: RequestSchemas.rebase,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        await source.rebase(subtask, commit);
        return done();
      },
    },
    rerunWithout: {
      schema: RequestSchemas.rerunWithout,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        await source.rerunWithout(subtask);
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
      answer: async ({ run, shown }) => {
        host.onScreen(run);
        for (const { subtask, commit } of shown) current(subtask, commit);
        await source.acceptPassing(new Map(shown.map(({ subtask, commit }) => [subtask, commit])));
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
      answer: async ({ subtask, commit, customs, part }) => {
        if (part !== undefined) current(subtask, part.commit);
        await source.undo(known(subtask).id, commit, { customs, part: part?.files });
        return done();
      },
    },
    redo: {
      schema: RequestSchemas.redo,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        await source.redo(subtask);
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
    resolveByHand: {
      schema: RequestSchemas.resolveByHand,
      answer: async ({ subtask, commit }) => {
        current(subtask, commit);
        await source.resolveByHand(subtask);
        return null;
      },
    },
  };
}
