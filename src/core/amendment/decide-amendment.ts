import { isAskingPlanner } from "./amendment-due";
import { isEmptyAmendment, type Amendment } from "./amendment";
import { applyAmendment } from "./apply-amendment";
import type { RunEvent } from "../state/events";
import { failure, type Failure } from "../failure";
import type { RunState } from "../state/state";
import { assertNever } from "../../util/assert-never";

/** What a user asks about the plan of a run that is under way. */
export type AmendmentCommand =
  /** The planner is to say how the plan goes on; `note` is what the user has to say about it. */
  | { readonly type: "ask-amendment"; readonly note?: string | undefined }
  /** One the user wrote. */
  | { readonly type: "propose-amendment"; readonly amendment: Amendment; readonly knownRoles?: readonly string[] }
  /** `number` is the amendment that was shown. */
  | {
      readonly type: "approve-amendment";
      readonly number: number;
      readonly by: "user" | "setting";
      readonly knownRoles?: readonly string[];
    }
  | { readonly type: "decline-amendment"; readonly number: number; readonly reason: string };

type Decided =
  | { readonly ok: true; readonly events: readonly RunEvent[] }
  | { readonly ok: false; readonly failure: Failure };

/** Judges a command about amendments. A new question or proposal takes the place of one that waits. */
export function decideAmendment(state: RunState, command: AmendmentCommand): Decided {
  switch (command.type) {
    case "ask-amendment": {
      const why = whyNotNow(state);
      if (why !== undefined) return why;
      const note = command.note?.trim() ?? "";
      return events(...replaced(state), {
        type: "amendment.requested",
        occasion: "user",
        ...(note === "" ? {} : { note }),
      });
    }
    case "propose-amendment": {
      const why = whyNotNow(state);
      if (why !== undefined) return why;
      const { amendment, knownRoles } = command;
      const applied = applyAmendment(state, amendment, knownRoles);
      if (!applied.ok)
        return { ok: false, failure: failure("plan.invalid", applied.problems.join(" "), { hint: "Mend it first." }) };
      const number = state.amendments.proposed + 1;
      return events(...replaced(state), { type: "amendment.proposed", number, amendment, by: "user" });
    }
    case "approve-amendment": {
      const open = stillOpen(state, command.number);
      if (!open.ok) return open;
      const { amendment } = open;
      // The run went on meanwhile: what has started since cannot be changed any more.
      const applied = applyAmendment(state, amendment, command.knownRoles);
      if (!applied.ok)
        return refuse(
          `Amendment ${command.number} no longer fits the run: ${applied.problems.join(" ")}`,
          "Decline it, or ask for another one.",
        );
      const { number, by } = command;
      return events({ type: "plan.amended", number, amendment, plan: applied.plan, by });
    }
    case "decline-amendment": {
      const open = stillOpen(state, command.number);
      if (!open.ok) return open;
      return events({ type: "amendment.declined", number: command.number, reason: command.reason.trim() });
    }
    default:
      return assertNever(command);
  }
}

/** What the answer of a planner comes to. `number` of a proposal is the next one. */
export function answerOf(state: RunState, amendment: Amendment): RunEvent {
  if (isEmptyAmendment(amendment, state.amendments.sequential))
    return { type: "amendment.unneeded", reason: amendment.reason };
  return { type: "amendment.proposed", number: state.amendments.proposed + 1, amendment, by: "planner" };
}

function whyNotNow(state: RunState): Decided | undefined {
  if (!state.approved) return refuse("This run's plan is not approved yet.", "Edit the plan itself.");
  if (state.cancelled) return refuse("The run is cancelled.", "Resume it first.");
  if (isAskingPlanner(state)) return refuse("The planner is at work on an amendment.", "Wait for it.");
  if (state.synthesis.kind === "running") return refuse("The reports are being brought together.", "Wait for that.");
  return undefined;
}

function replaced(state: RunState): readonly RunEvent[] {
  const { open } = state.amendments;
  const reason = "Another amendment takes its place.";
  return open === null ? [] : [{ type: "amendment.declined", number: open.number, reason }];
}

function stillOpen(
  state: RunState,
  number: number,
): { readonly ok: true; readonly amendment: Amendment } | { readonly ok: false; readonly failure: Failure } {
  const { open } = state.amendments;
  if (open?.number === number) return { ok: true, amendment: open.amendment };
  const hint = open === null ? "See the plan as it is now." : `Amendment ${open.number} waits now; look at that one.`;
  return refuse(`Amendment ${number} does not wait for a decision.`, hint);
}

function events(...list: readonly RunEvent[]): Decided {
  return { ok: true, events: list };
}

function refuse(message: string, hint: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: failure("run.state", message, { hint }) };
}
