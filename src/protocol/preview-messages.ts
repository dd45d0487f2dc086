import * as z from "zod/mini";
import type { PlanDiagnostic } from "../core/plan/plan-file";
import type { PlanPreview } from "../core/plan/plan-preview";
import { SubtaskId } from "./fields";

/*
 * What crosses the boundary between the preview of a plan and the host. As with the review panel, the host checks every
 * field, the page only the shape.
 */

/** What the preview's page asks of the host. */
export const PreviewRequestSchemas = {
  ready: z.strictObject({}),
  /** Shows where a subtask is written. */
  open: z.strictObject({ subtask: SubtaskId }),
  /** Shows a line of the plan, counted from 1. */
  openLine: z.strictObject({ line: z.int().check(z.minimum(1)) }),
} as const;

/** All the page needs: the plan as it last read, and what keeps it from being read now. */
export interface PreviewState {
  /** The file's name. */
  readonly name: string;
  /** Null where it has not been a plan yet. */
  readonly preview: PlanPreview | null;
  /** The first errors; while there are any, the preview is of an earlier text. */
  readonly problems: readonly PlanDiagnostic[];
  /** How many errors there are. */
  readonly problemCount: number;
}

/** Every request with its parameters and its reply; `null` means "done". */
export type PreviewRequests = {
  readonly [K in keyof typeof PreviewRequestSchemas]: {
    readonly params: z.infer<(typeof PreviewRequestSchemas)[K]>;
    readonly reply: K extends "ready" ? PreviewState : null;
  };
};

const State = z.custom<PreviewState>(
  (value) => typeof value === "object" && value !== null && "problems" in value && Array.isArray(value.problems),
  "a preview has problems, or none",
);

/** What the host tells the page unasked. */
export const PreviewEventSchemas = { state: z.strictObject({ state: State }) } as const;

/** Every event with its data. */
export type PreviewEvents = {
  readonly [K in keyof typeof PreviewEventSchemas]: z.infer<(typeof PreviewEventSchemas)[K]>;
};
