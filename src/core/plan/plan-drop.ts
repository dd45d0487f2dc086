import { BraidError, failure } from "../failure";
import { dependentsOf, toWaves } from "./graph";
import type { Plan } from "./plan";

/** Where a subtask of a proposed plan was dropped; waves count from 1. */
export type DropTarget =
  | { readonly kind: "subtask"; readonly id: string }
  | { readonly kind: "wave"; readonly wave: number };

/**
 * What a subtask waits for after it was dropped: on another subtask, for that one too; on a wave, for what it waited for in
 * earlier waves, and where none of that stands in the wave before, for all of that wave. Throws `plan.invalid`.
 */
export function dependenciesAfterDrop(plan: Plan, id: string, onto: DropTarget): readonly string[] {
  const dependencies = plan.subtasks.find((s) => s.id === id)?.dependencies ?? [];
  if (onto.kind === "subtask")
    return onto.id === id || dependencies.includes(onto.id) ? dependencies : [...dependencies, onto.id];
  const waves = toWaves(plan.subtasks).map((wave) => wave.map((s) => s.id));
  const waveOf = (other: string) => waves.findIndex((wave) => wave.includes(other)) + 1;
  if (waveOf(id) === onto.wave) return dependencies;
  const kept = dependencies.filter((other) => waveOf(other) < onto.wave);
  if (onto.wave === 1 || kept.some((other) => waveOf(other) === onto.wave - 1)) return kept;
  const waiting = waitingFor(plan, id);
  const added = (waves[onto.wave - 2] ?? []).filter((other) => !waiting.has(other));
  if (added.length === 0)
    throw new BraidError(
      failure("plan.invalid", `"${id}" cannot be in wave ${onto.wave}: all of wave ${onto.wave - 1} waits for it.`, {
        hint: "Change what those wait for first.",
      }),
    );
  return [...kept, ...added];
}

/** Who waits for a subtask, directly or not, and the subtask itself. */
function waitingFor(plan: Plan, id: string): ReadonlySet<string> {
  const dependents = dependentsOf(plan.subtasks);
  const found = new Set([id]);
  for (const next of found) for (const dependent of dependents.get(next) ?? []) found.add(dependent.id);
  return found;
}
