import { concreteFiles } from "../plan/claims";
import type { Plan, Subtask } from "../plan/plan";
import { canWrite, toRole } from "../role";
import { filesOverlap } from "./overlap";

/** A subtask that may work at the same time and change the same files, as the plan has it. */
export interface PlannedOverlap {
  readonly with: string;
  /** An entry of each, as the plan writes them, that may stand for one path. */
  readonly files: readonly string[];
}

/** From so many subtasks on nobody reads a list of pairs, and making it costs more than it tells. */
const MAX_SUBTASKS = 200;

const known = new WeakMap<Plan, ReadonlyMap<string, readonly PlannedOverlap[]>>();

/** For each subtask of a plan those it may get in the way of; a plan is looked at once. Files named alike are no matter: they go one after the other. */
export function plannedOverlaps(plan: Plan): ReadonlyMap<string, readonly PlannedOverlap[]> {
  let found = known.get(plan);
  if (found === undefined) {
    found = findAll(plan);
    known.set(plan, found);
  }
  return found;
}

function findAll({ subtasks }: Plan): ReadonlyMap<string, readonly PlannedOverlap[]> {
  const found = new Map<string, PlannedOverlap[]>();
  if (subtasks.length > MAX_SUBTASKS) return found;
  const writers = subtasks.filter(({ agent, files }) => {
    const role = toRole(agent);
    return files.length > 0 && (role === undefined || canWrite(role));
  });
  const below = new Map<string, ReadonlySet<string>>(subtasks.map((s) => [s.id, ancestors(subtasks, s)]));
  writers.forEach((a, i) => {
    for (const b of writers.slice(i + 1)) {
      if (below.get(a.id)?.has(b.id) || below.get(b.id)?.has(a.id)) continue;
      const one = new Set(concreteFiles(a));
      if (concreteFiles(b).some((file) => one.has(file))) continue;
      const pair = a.files.flatMap((x) => b.files.filter((y) => filesOverlap(x, y)).map((y) => [x, y] as const))[0];
      if (pair === undefined) continue;
      const files = [...new Set(pair)];
      found.set(a.id, [...(found.get(a.id) ?? []), { with: b.id, files }]);
      found.set(b.id, [...(found.get(b.id) ?? []), { with: a.id, files }]);
    }
  });
  return found;
}

function ancestors(subtasks: readonly Subtask[], of: Subtask): ReadonlySet<string> {
  const byId = new Map(subtasks.map((s) => [s.id, s]));
  const seen = new Set(of.dependencies);
  for (const id of seen) for (const further of byId.get(id)?.dependencies ?? []) seen.add(further);
  return seen;
}
