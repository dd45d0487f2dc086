import * as l10n from "@vscode/l10n";
import type { Failure } from "../src/core/failure";
import type { PlanPreview } from "../src/core/plan/plan-preview";
import type { RunView } from "../src/core/state/view";
import type { ReviewComment } from "../src/core/review/review-comment";
import type { FileChoice } from "../src/core/review/selection";
import { withTicks } from "../src/core/review/ticks";
import type { ReviewFacts, Snapshot } from "../src/protocol/messages";
import type { ShownFile, ShownHead, ShownReview } from "../src/protocol/review-messages";
import { assertNever } from "../src/util/assert-never";
import { allSubtasks, chooseSelected, follow } from "../src/protocol/queue-order";
import { reuse } from "./reuse";
import { PHASE, STATUS } from "./words";

/** A diff on its way to the screen. */
export type DiffState =
  | { readonly kind: "loading"; readonly stale: boolean }
  /** The first files of a large one: to look at, not to decide on. */
  | { readonly kind: "head"; readonly head: ShownHead; readonly stale: boolean }
  /** `stale`, as in those before it: other decisions may have changed what is said beside the diff since it was asked for. */
  | { readonly kind: "shown"; readonly review: ShownReview; readonly stale: boolean }
  | { readonly kind: "failed"; readonly failure: Failure };

/** All the page knows. Nothing here outlives the page but which subtask was selected. */
export interface PanelState {
  readonly view: RunView | null;
  /** The plan with its estimate, while it waits for approval. */
  readonly preview: PlanPreview | null;
  /** Why nothing can be decided here, in words; null where it can. */
  readonly readOnly: string | null;
  readonly selected: string | null;
  /** Whether the user chose it, or reads it; else the page shows who needs them. */
  readonly picked: boolean;
  readonly activity: ReadonlyMap<string, string>;
  /** By {@link diffKey}, the oldest first. */
  readonly diffs: ReadonlyMap<string, DiffState>;
  /** Subtasks whose decision is under way; {@link RUN} for the plan, {@link WORDS} for what waits for a word. */
  readonly busy: ReadonlySet<string>;
  /** What went wrong last, by subtask, {@link RUN} or {@link WORDS}. */
  readonly problems: ReadonlyMap<string, Failure>;
  /** The message the user has put away last, by the same; it says nothing new when it comes from the log. */
  readonly dismissed: ReadonlyMap<string, string>;
  /** What a screen reader is told. */
  readonly said: string;
}

/** What happens to the page. */
export type PanelAction =
  | { readonly type: "snapshot"; readonly snapshot: Snapshot; readonly remembered: string | null }
  | {
      readonly type: "view";
      readonly view: RunView;
      readonly preview: PlanPreview | null;
      readonly readOnly: string | null;
    }
  | { readonly type: "select"; readonly subtask: string }
  /** The user is at the one on show. */
  | { readonly type: "stays" }
  | { readonly type: "activity"; readonly subtask: string; readonly line: string }
  | { readonly type: "diff"; readonly key: string; readonly diff: DiffState }
  | { readonly type: "facts"; readonly key: string; readonly facts: ReviewFacts | null }
  | { readonly type: "tick"; readonly key: string; readonly changed: readonly FileChoice[] }
  | { readonly type: "comments"; readonly commit: string; readonly comments: readonly ReviewComment[] }
  | { readonly type: "viewed"; readonly key: string; readonly path: string; readonly viewed: boolean }
  | { readonly type: "began"; readonly about: string }
  | { readonly type: "done"; readonly about: string; readonly said: string }
  | { readonly type: "said"; readonly said: string }
  | { readonly type: "failed"; readonly about: string; readonly failure: Failure }
  | { readonly type: "dismissed"; readonly about: string; readonly message: string };

/** Stands for the run where a subtask's id could stand; no id is empty. */
export const RUN = "";

/**
 * Stands for the user's words on commands, where a subtask's id could stand, which has no blanks: what is accepted of the run waits for them,
 * and keeps the run busy meanwhile.
 */
export const WORDS = "words on commands";

/** The diffs that are kept while others are looked at. */
export const MAX_KEPT_DIFFS = 6;

/** The page before the host has answered. */
export const EMPTY_STATE: PanelState = {
  view: null,
  preview: null,
  readOnly: null,
  selected: null,
  picked: false,
  activity: new Map(),
  diffs: new Map(),
  busy: new Set(),
  problems: new Map(),
  dismissed: new Map(),
  said: "",
};

/** Names the diff of one result. */
export function diffKey(subtask: string, commit: string): string {
  return `${subtask}@${commit}`;
}

/** The next state. Pure. */
export function reduce(state: PanelState, action: PanelAction): PanelState {
  switch (action.type) {
    case "snapshot": {
      const { view, preview, readOnly, activity } = action.snapshot;
      const selected = action.snapshot.selected ?? action.remembered;
      return {
        ...withView(state, view),
        preview: reuse(state.preview, preview),
        readOnly,
        selected: chooseSelected(view, selected),
        picked: selected !== null,
        activity: new Map(Object.entries(activity)),
      };
    }
    case "view": {
      const { view, preview, readOnly } = action;
      return { ...withView(state, view), preview: reuse(state.preview, preview), readOnly };
    }
    case "select":
      return { ...state, selected: action.subtask, picked: true };
    case "stays":
      return state.picked ? state : { ...state, picked: state.selected !== null };
    case "activity":
      return { ...state, activity: new Map(state.activity).set(action.subtask, action.line) };
    case "diff": {
      const diffs = new Map(state.diffs);
      const before = diffs.get(action.key);
      diffs.delete(action.key);
      diffs.set(action.key, before === undefined ? action.diff : after(before, action.diff));
      for (const key of [...diffs.keys()].slice(0, Math.max(0, diffs.size - MAX_KEPT_DIFFS))) diffs.delete(key);
      return { ...state, diffs };
    }
    case "facts":
      return withReview(state, action.key, (shown) => ({
        ...shown,
        stale: false,
        review: action.facts === null ? shown.review : withFacts(shown.review, action.facts),
      }));
    case "tick":
      return withReview(state, action.key, (shown) => {
        const { review } = shown;
        const choices = reuse(review.choices, withTicks(review.files, review.choices, action.changed));
        return { ...shown, review: { ...review, choices } };
      });
    case "comments": {
      const { commit, comments } = action;
      const key = [...state.diffs.keys()].find((each) => each.endsWith(`@${commit}`)) ?? "";
      return withSeen(state, key, () => ({ comments }));
    }
    case "viewed":
      return withSeen(state, action.key, ({ files }) => {
        const mark = (file: ShownFile) => (file.path === action.path ? { ...file, viewed: action.viewed } : file);
        return { files: files.map(mark) };
      });
    case "began":
      return {
        ...state,
        busy: new Set(state.busy).add(action.about),
        problems: without(state.problems, action.about),
        dismissed: without(state.dismissed, action.about),
      };
    case "done":
      return { ...state, busy: withoutItem(state.busy, action.about), said: action.said };
    case "said":
      return { ...state, said: action.said };
    case "failed":
      return {
        ...state,
        busy: withoutItem(state.busy, action.about),
        problems: new Map(state.problems).set(action.about, action.failure),
        // What was refused was asked on grounds that may no longer hold.
        diffs: stale(state.diffs, (key) => key.startsWith(`${action.about}@`)),
      };
    case "dismissed":
      return {
        ...state,
        problems: without(state.problems, action.about),
        dismissed: new Map(state.dismissed).set(action.about, action.message),
      };
    default:
      return assertNever(action);
  }
}

function withView(state: PanelState, next: RunView): PanelState {
  const view = reuse(state.view, next);
  const said = state.view === null ? "" : whatChanged(state.view, view);
  const decided = state.view !== null && decisionsOf(state.view) !== decisionsOf(view);
  return {
    ...state,
    view,
    diffs: decided ? stale(state.diffs, () => true) : state.diffs,
    selected: state.picked ? chooseSelected(view, state.selected) : follow(view, state.selected),
    said: said === "" ? state.said : said,
  };
}

/** What has been decided so far: each decision may move the target and what else a review rests on. */
function decisionsOf(view: RunView): string {
  return allSubtasks(view)
    .map(({ acceptedCommit, status, commit, redoable, leftOut }) =>
      [acceptedCommit, status === "rejected", commit, redoable, leftOut.length].join(),
    )
    .join(" ");
}

function stale(diffs: PanelState["diffs"], which: (key: string) => boolean): PanelState["diffs"] {
  return new Map(
    [...diffs].map(([key, diff]) => [key, diff.kind !== "failed" && which(key) ? { ...diff, stale: true } : diff]),
  );
}

type Shown = Extract<DiffState, { readonly kind: "shown" }>;

function withReview(state: PanelState, key: string, change: (shown: Shown) => Shown): PanelState {
  const diff = state.diffs.get(key);
  return diff?.kind === "shown" ? { ...state, diffs: new Map(state.diffs).set(key, change(diff)) } : state;
}

type Seen = Pick<ShownReview, "files" | "comments">;

/** Changes what can be marked while only the head is there, too. */
function withSeen(state: PanelState, key: string, change: (seen: Seen) => Partial<Seen>): PanelState {
  const diff = state.diffs.get(key);
  if (diff?.kind !== "head")
    return withReview(state, key, (d) => ({ ...d, review: { ...d.review, ...change(d.review) } }));
  return { ...state, diffs: new Map(state.diffs).set(key, { ...diff, head: { ...diff.head, ...change(diff.head) } }) };
}

/** The change of a run in a sentence or two: what waits now, what failed, a new phase. */
export function whatChanged(before: RunView, after: RunView): string {
  const old = new Map(allSubtasks(before).map((s) => [s.id, s.status]));
  const changed = allSubtasks(after).filter((s) => old.get(s.id) !== s.status);
  const telling = changed.filter((s) => s.status !== "queued" && s.status !== "running");
  const sentences = telling.slice(0, 3).map((s) => `${s.id}: ${STATUS[s.status].word}.`);
  if (telling.length > 3) sentences.push(l10n.t("And {0} more.", telling.length - 3));
  if (before.phase !== after.phase) sentences.push(l10n.t("Run: {0}.", PHASE[after.phase].word));
  return sentences.join(" ");
}

/** What went out of date on its way is so when it comes; what is looked at anew is not. */
function after(before: DiffState, diff: DiffState): DiffState {
  if (diff.kind === "loading" || diff.kind === "failed" || (before.kind !== "loading" && before.kind !== "head"))
    return diff;
  const next = before.kind === "head" ? afterHead(before.head, diff) : diff;
  return next.kind === "failed" ? next : { ...next, stale: next.stale || before.stale };
}

/** What is on the page already stays the same, and is not drawn again. */
function afterHead(head: ShownHead, diff: DiffState): DiffState {
  if (diff.kind !== "shown") return diff;
  const known = new Map(head.files.map((file) => [file.path, file]));
  const files = diff.review.files.map((file) => reuse(known.get(file.path), file));
  return { ...diff, review: { ...diff.review, files, comments: reuse(head.comments, diff.review.comments) } };
}

function withFacts(before: ShownReview, { choices, ...facts }: ReviewFacts): ShownReview {
  const review = { ...before, ...reuse(before, facts) };
  // What went in or came back is ticked otherwise now; else what is ticked here may be newer.
  return review.taken === before.taken ? review : { ...review, choices: reuse(before.choices, choices) };
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function withoutItem(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const rest = new Set(set);
  rest.delete(item);
  return rest;
}
