import { addUsage, type Usage } from "../usage";
import { addWeb, toWebUse } from "../web";
import type { RunEvent } from "./events";
import type { RunState } from "./state";

/** What a turn of who works on the run as a whole, the planner or the synthesizer, changes in it. */
export function foldOwnTurn(
  state: RunState,
  event: Extract<RunEvent, { readonly type: "turn.completed" }>,
): Partial<RunState> {
  return {
    ...withOwnUsage(state, event),
    turns: state.turns + 1,
    modelMs: state.modelMs + event.durationMs,
    web: addWeb(state.web, toWebUse(event.web ?? [])),
    stalled: null,
    ...(event.by === "synthesizer" ? {} : { plannerTurns: state.plannerTurns + 1 }),
  };
}

/** What it changes that their conversation was made shorter. */
export function foldOwnCompaction(
  state: RunState,
  event: Extract<RunEvent, { readonly type: "context.compacted" }>,
): Partial<RunState> {
  return {
    ...withOwnUsage(state, event),
    modelMs: state.modelMs + event.durationMs,
    ...(event.by === "synthesizer"
      ? { synthesisCompactions: state.synthesisCompactions + 1 }
      : { plannerCompactions: state.plannerCompactions + 1 }),
  };
}

function withOwnUsage(
  state: RunState,
  { by, usage }: { readonly by?: "reviewer" | "synthesizer"; readonly usage: Usage },
): Partial<RunState> {
  return by === "synthesizer"
    ? { synthesisUsage: addUsage(state.synthesisUsage, usage) }
    : { plannerUsage: addUsage(state.plannerUsage, usage) };
}
