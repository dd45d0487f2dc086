import * as z from "zod/mini";
import type { PlanPreview } from "../core/plan/plan-preview";
import type { MergedReview } from "../core/review/review";
import type { ReviewComment } from "../core/review/review-comment";
import type { RunView } from "../core/state/view";
import { Commit, SubtaskId } from "./fields";
import type { LineRange, LineSlice } from "./outline";
import type { PackedReview } from "./packed-review";
import type { RequestSchemas } from "./request-schemas";
import type { FileTexts, ShownHead } from "./review-messages";

/*
 * What crosses the boundary between the review panel and the host. The host checks every field: the page shows text
 * that strangers wrote. The page checks the shape of what it gets only so far as to name a mismatch of versions.
 */

/** All the page needs to show the run; it keeps nothing else. */
export interface Snapshot {
  readonly view: RunView;
  /** The plan with its estimate, while it waits for approval. */
  readonly preview: PlanPreview | null;
  /** Why nothing can be decided here, in words; null where it can. */
  readonly readOnly: string | null;
  readonly selected: string | null;
  /** The latest line of activity by subtask. */
  readonly activity: Readonly<Record<string, string>>;
}

/** A review without its diff: what other decisions change. `choices` are for a page that finds another `taken`. */
export type ReviewFacts = Omit<MergedReview, "files">;

/** Lines that come along unasked. */
export interface FirstLines {
  readonly range: LineRange;
  readonly slice: LineSlice;
}

/** What of a result can be shown first, with the first of its lines: all of it, or the head of a large one. */
export type Opened =
  | { readonly kind: "whole"; readonly review: PackedReview; readonly lines: readonly FirstLines[] }
  | { readonly kind: "head"; readonly head: ShownHead; readonly lines: readonly FirstLines[] };

/** Every request with its parameters and its reply; `null` means "done". */
export type Requests = {
  readonly [K in keyof typeof RequestSchemas]: {
    readonly params: z.infer<(typeof RequestSchemas)[K]>;
    readonly reply: K extends "ready"
      ? Snapshot
      : K extends "open"
        ? Opened
        : K extends "review"
          ? { readonly review: PackedReview }
          : K extends "images"
            ? FileTexts
            : K extends "texts"
              ? { readonly texts: readonly FileTexts[] }
              : K extends "lines"
                ? { readonly slices: readonly LineSlice[] }
                : K extends "refresh"
                  ? ReviewFacts
                  : K extends "note"
                    ? { readonly text: string }
                    : null;
  };
};

const View = z.custom<RunView>(
  (value) => typeof value === "object" && value !== null && "waves" in value && Array.isArray(value.waves),
  "a view has waves",
);

const Preview = z.custom<PlanPreview>(
  (value) => typeof value === "object" && value !== null && "gate" in value && Array.isArray(value.gate),
  "a preview has a gate",
);

const Comments = z.custom<readonly ReviewComment[]>((value) => Array.isArray(value), "comments are a list");

/** What the host tells the page unasked. */
export const EventSchemas = {
  view: z.strictObject({ view: View, preview: z.nullable(Preview), readOnly: z.nullable(z.string()) }),
  select: z.strictObject({ subtask: SubtaskId }),
  /** An empty name is the planner's or the synthesizer's. */
  activity: z.strictObject({ subtask: z.union([SubtaskId, z.literal("")]), line: z.string() }),
  comments: z.strictObject({ commit: Commit, comments: Comments }),
} as const;

/** Every event with its data. */
export type Events = { readonly [K in keyof typeof EventSchemas]: z.infer<(typeof EventSchemas)[K]> };
