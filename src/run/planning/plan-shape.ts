import { spreadFiles } from "../../core/plan/group-files";
import { holdToPattern, plainPlan } from "../../core/plan/pattern-plan";
import type { PatternChoice } from "../../core/plan/patterns";
import type { PlanShape } from "../../agent/planner";
import type { AttemptHost } from "../attempt/attempt";
import { filesIn } from "../attempt/scope";

/** What holds a plan to its pattern: shape first, then the files of the repository in groups. Throws `git.*`. */
export async function shapeOf(host: AttemptHost, choice: PatternChoice): Promise<PlanShape> {
  const state = host.state();
  const files = await filesIn(host.ports.repo, state.base, choice.scope?.folder ?? null);
  return {
    fallback: plainPlan(state.goal, choice),
    hold(plan) {
      const held = holdToPattern(plan, choice);
      return held.problems.length > 0 ? held : spreadFiles(held.plan, choice.name, files);
    },
  };
}
