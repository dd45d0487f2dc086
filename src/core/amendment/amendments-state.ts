import type { Amendment } from "./amendment";
import type { AmendmentOccasion } from "./amendment-policy";
import type { Failure } from "../failure";
import type { WorkStatus } from "../state/subtask-state";

/** An amendment that waits for a decision. */
export interface OpenAmendment {
  /** From 1, in the order they were proposed: a decision names the one it was made on. */
  readonly number: number;
  readonly amendment: Amendment;
  readonly by: "planner" | "user";
}

/** Where the last question to the planner stands. */
export type AmendmentRequest =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly occasion: AmendmentOccasion; readonly note: string | null }
  | { readonly kind: "unneeded"; readonly reason: string }
  | { readonly kind: "failed"; readonly occasion: AmendmentOccasion; readonly failure: Failure };

/** A run's amendments as the log tells them. */
export interface AmendmentsState {
  readonly open: OpenAmendment | null;
  /** How many were proposed so far. */
  readonly proposed: number;
  readonly request: AmendmentRequest;
  /** Attempts whose end the planner has been shown, as {@link endedAttempts} names them. */
  readonly considered: ReadonlySet<string>;
  /** Levels the plan has, or has been asked for. */
  readonly levels: number;
  /** Times the planner was asked about failures. */
  readonly rescues: number;
  /** Whether one worker at a time is allowed, whatever the run was started with. */
  readonly sequential: boolean;
  /** How it stood before the question that is under way, to go back to where that comes to nothing. */
  readonly before: Pick<AmendmentsState, "considered" | "levels" | "rescues"> | null;
}

/** No amendment yet. */
export const NO_AMENDMENTS: AmendmentsState = {
  open: null,
  proposed: 0,
  request: { kind: "none" },
  considered: new Set(),
  levels: 1,
  rescues: 0,
  sequential: false,
  before: null,
};

/** The name of an attempt among those the planner was shown. */
export function attemptKey(id: string, attempt: number): string {
  return `${id} ${attempt}`;
}

/** Whether work on a subtask has come to an end, good or bad. */
export function hasEnded(status: WorkStatus): boolean {
  return status === "finished" || status === "failed" || status === "cancelled";
}
