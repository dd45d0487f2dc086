import * as l10n from "@vscode/l10n";
import { BraidError, toFailure, type Failure } from "../src/core/failure";
import type { Approval, ApprovalAnswer } from "../src/core/approval";
import type { OpenQuestion } from "../src/core/question";
import type { ReviewComment } from "../src/core/review/review-comment";
import type { FileChoice } from "../src/core/review/selection";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { RunView } from "../src/core/state/view";
import type { Events, Opened, Requests } from "../src/protocol/messages";
import type { FileTexts, ShownReview } from "../src/protocol/review-messages";
import type { Nothing, Rpc } from "../src/protocol/rpc";
import { unpackReview, type PackedReview } from "../src/protocol/packed-review";
import { ColourStore } from "./colours/colour-store";
import { Folds } from "./folds";
import { LineStore, type ResultId } from "./line-store";
import type { UndoChoice } from "./undo";
import { painted } from "./painted";
import { reasonOf } from "./reason-left-out";
import { diffKey, RUN, WORDS, type PanelAction } from "./state";

/** The page's end of the conversation with the host. */
export type PanelRpc = Rpc<Nothing, Events, Requests, Nothing>;

/** Everything a user can do. What fails ends up in the state, never in a rejected promise. */
export interface Actions {
  /** The lines of the diffs on screen. */
  readonly lines: LineStore;
  /** Their colours. */
  readonly colours: ColourStore;
  /** Which files are opened and closed. */
  readonly folds: Folds;
  readonly select: (subtask: string) => void;
  /** The user reads what is shown: nothing else takes its place by itself. */
  readonly stay: () => void;
  readonly load: (subtask: string, commit: string) => void;
  /** Shows what came with the page. */
  readonly open: (result: ResultId, opened: Opened) => void;
  /** Asks again for what other decisions may have changed. */
  readonly refresh: (subtask: string, commit: string) => void;
  readonly tick: (result: ResultId, changed: readonly FileChoice[]) => void;
  /** The same of an accepted result, to undo a part of it; nobody keeps it. */
  readonly tickBack: (result: ResultId, changed: readonly FileChoice[]) => void;
  readonly markViewed: (result: ResultId, path: string, viewed: boolean) => void;
  /** All remarks on a result, in the place of those there were. */
  readonly comment: (result: ResultId, comments: readonly ReviewComment[]) => void;
  /** Sends the remarks and this text to the next attempt. */
  readonly requestChanges: (subtask: string, commit: string, text: string) => void;
  /** Puts what is ticked on the target, and what it rests on before it where asked for. */
  readonly accept: (review: ShownReview, withDependencies: boolean, customs?: "off") => void;
  /** `waiting` are the results on screen. */
  readonly acceptPassing: (run: string, waiting: readonly SubtaskView[]) => void;
  readonly cancelMerge: () => void;
  readonly undo: (subtask: string, commit: string, how?: UndoHow) => void;
  /** Brings again what the last undo took back. */
  readonly redo: (subtask: string, commit: string) => void;
  readonly resolve: (subtask: string, commit: string) => void;
  readonly resolveByHand: (subtask: string, commit: string) => void;
  /** Puts a result on a base without what was rejected beneath it. */
  readonly rebase: (subtask: string, commit: string) => void;
  /** Has it done again without that. */
  readonly rerunWithout: (subtask: string, commit: string) => void;
  readonly reject: (subtask: string, commit: string, reason: string) => void;
  readonly retry: (subtask: SubtaskView) => void;
  readonly approve: (shown: Pick<RunView, "id" | "proposal">) => void;
  readonly approveAmendment: (run: string, number: number) => void;
  readonly declineAmendment: (run: string, number: number, reason: string) => void;
  readonly answer: (run: string, question: OpenQuestion, answer: string) => void;
  readonly allow: (run: string, approval: Approval, answer: ApprovalAnswer) => void;
  readonly stop: (subtask: SubtaskView) => void;
  readonly message: (subtask: SubtaskView, text: string) => void;
  /** What changed since the attempt before. */
  readonly openSince: (subtask: string) => void;
  readonly openAll: (subtask: string) => void;
  readonly openDiff: (subtask: string, path: string) => void;
  readonly dismiss: (about: string, shown: Failure) => void;
  /** A changed image on both sides; nulls where it cannot be shown, for whatever reason. */
  readonly readImages: (result: ResultId, path: string) => Promise<FileTexts>;
  /** A note's text, or why it cannot be read; kept by whoever asks, as only they show it. */
  readonly readNote: (subtask: string, name: string) => Promise<NoteText>;
}

/** How an accept is to be undone: what of it, where not all, and whether without hooks. */
export interface UndoHow {
  readonly part?: UndoChoice["part"] | undefined;
  readonly customs?: "off" | undefined;
}

/** What came of asking for a note. */
export type NoteText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Binds the actions to the host and to the state; `shownRun` is the run on screen. */
export function panelActions(rpc: PanelRpc, dispatch: (action: PanelAction) => void, shownRun: () => string): Actions {
  const run = (about: string, request: Promise<unknown>, said: string): void => {
    dispatch({ type: "began", about });
    request.then(
      () => dispatch({ type: "done", about, said }),
      (error: unknown) => dispatch({ type: "failed", about, failure: toFailure(error) }),
    );
  };
  // Nothing is shown for it but what goes wrong.
  const told = (about: string, request: Promise<unknown>): void => {
    request.catch((error: unknown) => dispatch({ type: "failed", about, failure: toFailure(error) }));
  };
  // Looking at something elsewhere keeps nobody from deciding meanwhile.
  const opens = (about: string, request: Promise<unknown>, said: string): void => {
    told(
      about,
      request.then(() => dispatch({ type: "said", said })),
    );
  };
  const open = async ({ subtask, commit }: ResultId, opened: Opened): Promise<void> => {
    const key = diffKey(subtask, commit);
    const show = (packed: PackedReview): void => {
      dispatch({ type: "diff", key, diff: { kind: "shown", review: unpackReview(packed), stale: false } });
    };
    for (const { range, slice } of opened.lines) lines.put({ subtask, commit }, range, slice);
    if (opened.kind === "whole") return show(opened.review);
    dispatch({ type: "diff", key, diff: { kind: "head", head: opened.head, stale: false } });
    await painted();
    show((await rpc.request("review", { subtask, commit })).review);
  };
  const opening = ({ subtask, commit }: ResultId, opened: Promise<void>): void => {
    const key = diffKey(subtask, commit);
    opened.catch((error) => dispatch({ type: "diff", key, diff: { kind: "failed", failure: toFailure(error) } }));
  };
  const folds = new Folds();
  const lines = new LineStore(async ({ subtask, commit }, wanted) => {
    return (await rpc.request("lines", { subtask, commit, wanted: [...wanted] })).slices;
  });
  return {
    lines,
    colours: new ColourStore(async ({ subtask, commit }, paths) => {
      const { texts } = await rpc.request("texts", { subtask, commit, paths: [...paths] });
      return texts;
    }),
    folds,
    select: (subtask) => dispatch({ type: "select", subtask }),
    stay: () => dispatch({ type: "stays" }),
    load(subtask, commit) {
      dispatch({ type: "diff", key: diffKey(subtask, commit), diff: { kind: "loading", stale: false } });
      const result = { subtask, commit };
      const opened = rpc.request("open", result).then((answer) => open(result, answer));
      opening(result, opened);
    },
    open: (result, opened) => opening(result, open(result, opened)),
    refresh(subtask, commit) {
      const key = diffKey(subtask, commit);
      dispatch({ type: "facts", key, facts: null });
      // A result that changed meanwhile comes with the next view.
      rpc
        .request("refresh", { subtask, commit })
        .then((facts) => dispatch({ type: "facts", key, facts }), ignoreFailure);
    },
    tick({ subtask, commit }, changed) {
      dispatch({ type: "tick", key: diffKey(subtask, commit), changed });
      told(subtask, rpc.request("tick", { subtask, commit, files: changed.map(toWire) }));
    },
    tickBack: ({ subtask, commit }, changed) => dispatch({ type: "tick", key: diffKey(subtask, commit), changed }),
    markViewed({ subtask, commit }, path, viewed) {
      // What was looked at is closed, and open again where it was not after all.
      folds.set(commit, path, { open: !viewed });
      dispatch({ type: "viewed", key: diffKey(subtask, commit), path, viewed });
      told(subtask, rpc.request("viewed", { subtask, commit, path, viewed }));
    },
    comment({ subtask, commit }, comments) {
      dispatch({ type: "comments", commit, comments });
      told(subtask, rpc.request("comment", { subtask, commit, comments: [...comments] }));
    },
    requestChanges: (subtask, commit, text) =>
      run(
        subtask,
        rpc.request("requestChanges", { subtask, commit, text }),
        l10n.t("{0}: changes requested.", subtask),
      ),
    openSince: (subtask) => opens(subtask, rpc.request("openSince", { subtask }), l10n.t("Changes opened.")),
    accept(review, withDependencies, customs) {
      const { subtask, commit, merge, choices, along } = review;
      const target = merge === null ? {} : { target: merge.target };
      const reason = reasonOf(review);
      const choice = {
        files: choices.map(toWire),
        config: configOf(review),
        withDependencies,
        ...(withDependencies
          ? { dependencies: along.map((each) => ({ subtask: each.subtask, commit: each.commit })) }
          : {}),
        ...(reason === "" ? {} : { reason }),
        ...(customs === undefined ? {} : { customs }),
        ...target,
      };
      run(subtask, rpc.request("accept", { subtask, commit, choice }), l10n.t("{0}: accepted.", subtask));
    },
    acceptPassing: (id, waiting) => {
      const shown = waiting.flatMap(({ id: subtask, commit }) => (commit === null ? [] : [{ subtask, commit }]));
      run(RUN, rpc.request("acceptPassing", { run: id, shown }), l10n.t("Accepted what passes."));
    },
    cancelMerge: () => told(RUN, rpc.request("cancelMerge", {})),
    undo(subtask, commit, { part, customs } = {}) {
      const what = {
        ...(customs === undefined ? {} : { customs }),
        ...(part === undefined ? {} : { part: { commit: part.commit, files: part.files.map(toWire) } }),
      };
      const said =
        part === undefined
          ? l10n.t("{0}: accept undone.", subtask)
          : l10n.t("{0}: a part of the accept undone.", subtask);
      run(subtask, rpc.request("undo", { subtask, commit, ...what }), said);
    },
    redo: (subtask, commit) =>
      run(subtask, rpc.request("redo", { subtask, commit }), l10n.t("{0}: accepted again.", subtask)),
    rebase: (subtask, commit) =>
      run(
        subtask,
        rpc.request("rebase", { subtask, commit }),
        l10n.t("{0}: stands without what was rejected now.", subtask),
      ),
    rerunWithout: (subtask, commit) =>
      run(
        subtask,
        rpc.request("rerunWithout", { subtask, commit }),
        l10n.t("{0}: is done again without what was rejected.", subtask),
      ),
    resolve: (subtask, commit) =>
      run(
        subtask,
        rpc.request("resolve", { subtask, commit }),
        l10n.t("{0}: an agent resolves the conflict.", subtask),
      ),
    resolveByHand: (subtask, commit) =>
      opens(subtask, rpc.request("resolveByHand", { subtask, commit }), l10n.t("{0}: the conflict opens.", subtask)),
    openAll: (subtask) => opens(subtask, rpc.request("openAll", { subtask }), l10n.t("Changes opened.")),
    reject: (subtask, commit, reason) =>
      run(subtask, rpc.request("reject", { subtask, commit, reason }), l10n.t("{0}: rejected.", subtask)),
    retry: ({ id: subtask, attempt }) =>
      run(subtask, rpc.request("retry", { run: shownRun(), subtask, attempt }), l10n.t("{0}: starts again.", subtask)),
    approve: ({ id, proposal }) => run(RUN, rpc.request("approve", { run: id, proposal }), l10n.t("Plan approved.")),
    approveAmendment: (id, number) =>
      run(RUN, rpc.request("approveAmendment", { run: id, number }), l10n.t("Amendment approved.")),
    declineAmendment: (id, number, reason) =>
      run(RUN, rpc.request("declineAmendment", { run: id, number, reason }), l10n.t("Amendment declined.")),
    answer: (id, { number: question, subtask }, answer) =>
      run(subtask ?? RUN, rpc.request("answer", { run: id, question, answer }), l10n.t("Answered.")),
    allow: (id, { key }, answer) =>
      // Not of its subtask or the run: an accept that waits for this word keeps either busy.
      run(
        WORDS,
        rpc.request("allow", { run: id, key, answer }),
        answer === "deny" ? l10n.t("Denied.") : l10n.t("Allowed."),
      ),
    stop: ({ id: subtask, attempt }) =>
      run(subtask, rpc.request("stop", { run: shownRun(), subtask, attempt }), l10n.t("{0}: stopped.", subtask)),
    message: ({ id: subtask, attempt }, text) =>
      run(
        subtask,
        rpc.request("message", { run: shownRun(), subtask, attempt, text }),
        l10n.t("{0}: message sent.", subtask),
      ),
    openDiff: (subtask, path) =>
      opens(subtask, rpc.request("openDiff", { subtask, path }), l10n.t("Diff editor opened.")),
    dismiss: (about, { message }) => dispatch({ type: "dismissed", about, message }),
    readImages: ({ subtask, commit }, path) =>
      rpc.request("images", { subtask, commit, path }).catch(() => ({ base: null, result: null })),
    readNote: (subtask, name) =>
      rpc.request("note", { subtask, name }).then(
        ({ text }): NoteText => ({ kind: "text", text }),
        (error: unknown): NoteText => ({ kind: "failed", failure: toFailure(error) }),
      ),
  };
}

function ignoreFailure(error: unknown): void {
  if (!(error instanceof BraidError)) throw error;
}

/** A choice with a list of its own: what crosses the boundary is plain data. */
function toWire({ path, take }: FileChoice): { path: string; take: "all" | "none" | number[] } {
  return { path, take: take === "all" || take === "none" ? take : [...take] };
}

/** Executable configuration that is ticked, with the content that was on screen. */
function configOf({ files, choices }: ShownReview): { path: string; blob: string }[] {
  const ticked = new Set(choices.filter(({ take }) => take !== "none").map(({ path }) => path));
  return files.flatMap(({ path, executable }) =>
    executable !== null && ticked.has(path) ? [{ path, blob: executable.blob }] : [],
  );
}
