import { ROLES, toRole } from "../role";
import type { Plan, Subtask } from "./plan";

/** Something wrong with a plan that its shape alone does not show. `path` leads to the value, as zod's does. */
export interface PlanProblem {
  readonly severity: "error" | "warning";
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Checks what a schema cannot: ids, dependencies, cycles, roles, and fields this version does not carry out.
 * `knownRoles` are names of users' own roles.
 */
export function checkPlan(plan: Plan, knownRoles: readonly string[] = []): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const error = (path: PlanProblem["path"], message: string) => problems.push({ severity: "error", path, message });
  const seen = new Map<string, number>();
  plan.subtasks.forEach((subtask, i) => {
    const first = seen.get(subtask.id);
    if (first === undefined) seen.set(subtask.id, i);
    else error(["subtasks", i, "id"], `Duplicate id "${subtask.id}" (also subtask ${first + 1}).`);
  });
  plan.subtasks.forEach((subtask, i) => {
    subtask.dependencies.forEach((id, j) => {
      const path = ["subtasks", i, "dependencies", j];
      if (id === subtask.id) error(path, `Subtask "${id}" depends on itself.`);
      else if (!seen.has(id)) error(path, `Unknown dependency "${id}" of subtask "${subtask.id}".`);
    });
    const checkRole = (agent: string, path: PlanProblem["path"]) => {
      if (toRole(agent) === undefined && !knownRoles.includes(agent))
        error(path, `Unknown role "${agent}"; known: ${[...ROLES, ...knownRoles].join(", ")}.`);
    };
    checkRole(subtask.agent, ["subtasks", i, "agent"]);
    if (subtask.review !== undefined) checkRole(subtask.review.agent, ["subtasks", i, "review", "agent"]);
    if (subtask.best_of > 1)
      error(["subtasks", i, "best_of"], "best_of above 1 is not built yet; remove it or set it to 1.");
  });
  const cycle = problems.some((p) => p.severity === "error") ? undefined : findCycle(plan.subtasks);
  if (cycle !== undefined) error(edgeOf(plan, cycle), `Dependencies form a cycle: ${cycle.join(" → ")}.`);
  return problems;
}

/** Where the first dependency of a cycle is written down. */
function edgeOf({ subtasks }: Plan, [from, to]: readonly string[]): PlanProblem["path"] {
  const i = subtasks.findIndex((s) => s.id === from);
  return ["subtasks", i, "dependencies", subtasks[i]?.dependencies.findIndex((id) => id === to) ?? 0];
}

/** One cycle as ids, first and last the same; undefined where there is none. Iterative: plans may be 1,000 deep. */
export function findCycle(subtasks: readonly Subtask[]): readonly string[] | undefined {
  const byId = new Map(subtasks.map((s) => [s.id, s]));
  const done = new Set<string>();
  for (const start of subtasks) {
    const path: { readonly id: string; next: number }[] = [{ id: start.id, next: 0 }];
    const onPath = new Set([start.id]);
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top === undefined) break;
      const dependency = done.has(top.id) ? undefined : byId.get(top.id)?.dependencies[top.next];
      if (dependency === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
        continue;
      }
      top.next += 1;
      if (onPath.has(dependency)) {
        const ids = path.map((step) => step.id);
        return [...ids.slice(ids.indexOf(dependency)), dependency];
      }
      if (!done.has(dependency)) {
        path.push({ id: dependency, next: 0 });
        onPath.add(dependency);
      }
    }
  }
  return undefined;
}

/** Topological layers, each in the plan's order: a subtask stands one wave after its latest dependency. Assumes a checked plan. */
export function toWaves(subtasks: readonly Subtask[]): readonly (readonly Subtask[])[] {
  const levels = new Map<string, number>();
  for (const { id, dependencies } of inOrder(subtasks))
    levels.set(
      id,
      dependencies.reduce((level, dependency) => Math.max(level, (levels.get(dependency) ?? -1) + 1), 0),
    );
  const waves: Subtask[][] = [];
  for (const subtask of subtasks) {
    const level = levels.get(subtask.id);
    if (level !== undefined) (waves[level] ??= []).push(subtask);
  }
  // Filled in the plan's order, so a later wave may come to be before an earlier one; none stays empty.
  return waves;
}

/** Subtasks with every dependency before its dependents; without dependencies, the plan's order. Assumes a checked plan. */
export function inOrder(subtasks: readonly Subtask[]): readonly Subtask[] {
  const missing = new Map(subtasks.map((s) => [s.id, new Set(s.dependencies).size]));
  const dependents = dependentsOf(subtasks);
  const ready = subtasks.filter((s) => missing.get(s.id) === 0);
  const order: Subtask[] = [];
  for (let i = 0; i < ready.length; i += 1) {
    const subtask = ready[i];
    if (subtask === undefined) break;
    order.push(subtask);
    for (const dependent of dependents.get(subtask.id) ?? []) {
      const left = (missing.get(dependent.id) ?? 1) - 1;
      missing.set(dependent.id, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return order;
}

/** Who waits directly for whom. */
export function dependentsOf(subtasks: readonly Subtask[]): ReadonlyMap<string, readonly Subtask[]> {
  const result = new Map<string, Subtask[]>();
  for (const subtask of subtasks) {
    for (const id of new Set(subtask.dependencies)) {
      const list = result.get(id);
      if (list === undefined) result.set(id, [subtask]);
      else list.push(subtask);
    }
  }
  return result;
}
