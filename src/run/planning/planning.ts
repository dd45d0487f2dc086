import { BraidError, failure, toFailure } from "../../core/failure";
import { plainPlan } from "../../core/plan/pattern-plan";
import { patternOf } from "../../core/plan/patterns";
import { answersTo, countAsked } from "../../core/question";
import { askTool } from "../../agent/ask";
import type { Material } from "../../agent/material";
import { planAssignment, planConclusion, type Planned } from "../../agent/planner";
import { roleOf } from "../../agent/roles";
import type { AttemptHost } from "../attempt/attempt";
import { loadImages } from "../attempt/images";
import { loadInstructions } from "../attempt/instructions";
import { readMentions } from "../attempt/mentions";
import { closeOwnTurns, openOwnTurns } from "../attempt/own-turns";
import { runRole } from "../attempt/run-role";
import { shapeOf } from "./plan-shape";
import { readScope } from "../attempt/scope";
import { openWorkPlace } from "../attempt/work-place";
import { whyAborted } from "../why-aborted";

/**
 * Lets the planner look at the run's base in a worktree of its own (the same files the workers will see, and none that
 * git ignores) and records the plan it proposes, or why there is none.
 */
export async function proposePlan(host: AttemptHost, signal: AbortSignal): Promise<void> {
  const state = host.state();
  const pattern = patternOf(state.options.pattern?.name);
  const choice = pattern === undefined ? undefined : state.options.pattern;
  if (choice !== undefined && pattern?.brief === "")
    return host.record({ type: "plan.proposed", plan: plainPlan(state.goal, choice), by: "pattern" });
  const role = roleOf("planner");
  try {
    const turns = await openOwnTurns(host, {
      part: "planner",
      about: JSON.stringify([state.goal, state.base, choice]),
    });
    const model = turns.now("model", () => host.ports.resolveModel(role.model));
    const { repo } = host.ports;
    const scope = choice?.scope === undefined ? undefined : await readScope(repo, state.base, choice.scope);
    const material = await planMaterial(host);
    const shape = choice === undefined ? undefined : await shapeOf(host, choice);
    const instructions = await loadInstructions(repo, state.base, []);
    const assignment = turns.now("assignment", () =>
      planAssignment(state.goal, {
        roles: [...host.userRoles.values()].map((user) => ({ name: user.role.name, description: user.description })),
        answers: answersTo(state.questions, null),
        instructions,
        pattern,
        scope,
        material,
      }),
    );
    const place = await openWorkPlace(host.ports, {
      name: `${state.id}-plan`,
      commit: state.base,
      writable: false,
      isOurs: host.isOurs,
      signal,
    });
    try {
      const outcome = await runRole<Planned>(host, {
        role,
        modelId: model,
        place,
        speaker: { subtask: null, attempt: 1 },
        tools: [askTool(host.ask, (text) => countAsked(host.state().questions, { subtask: null, attempt: 1, text }))],
        conclusion: planConclusion(state.goal, [...host.userRoles.keys()], shape),
        assignment,
        images: material.images,
        mayContinue: () => host.overBudget(),
        turns,
        signal,
      });
      await host.record(
        outcome.kind === "done"
          ? { type: "plan.proposed", ...outcome.value }
          : { type: "plan.failed", failure: outcome.failure },
      );
      await closeOwnTurns(host, "planner", outcome.kind === "failed" ? outcome.failure : undefined);
    } finally {
      await place.close().catch((error: unknown) => host.ports.log(`planner's worktree not removed: ${String(error)}`));
    }
  } catch (error) {
    await host.record({
      type: "plan.failed",
      failure: signal.aborted ? whyAborted(signal, "Planning was cancelled.") : toFailure(error),
    });
  }
}

/** What the goal names, and every image that came with it. */
async function planMaterial(host: AttemptHost): Promise<Material> {
  const { id, goal, base, options } = host.state();
  const { repo, log } = host.ports;
  const given = await loadImages(repo, id, options.images ?? [], log);
  const named = await readMentions(repo, goal, { commit: base, images: given, strict: true });
  const others = named.images.filter(({ sha256 }) => !given.some((image) => image.sha256 === sha256));
  return { files: named.files, images: [...given, ...others] };
}

/** A goal without the space around it. Throws `goal.empty`. */
export function goalText(goal: string): string {
  const text = goal.trim();
  if (text === "")
    throw new BraidError(
      failure("goal.empty", "The goal is empty.", { hint: "Say what should be different when the run is done." }),
    );
  return text;
}
