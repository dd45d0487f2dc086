import { dependentsOf } from "../plan/graph";
import type { Subtask } from "../plan/plan";
import { concreteFiles } from "../plan/claims";
import { remainingPaths } from "../plan/schedule";

/** How long a plan takes, in milliseconds of work. */
export interface Timing {
  /** One subtask after the other. */
  readonly sequentialMs: number;
  /** The longest chain of dependencies: no number of workers is faster. */
  readonly criticalMs: number;
  readonly criticalPath: readonly string[];
  /** With this many workers, in the order the scheduler starts them. */
  readonly parallelMs: number;
}

/** Times a checked plan with a number of workers. */
export function timePlan(
  subtasks: readonly Subtask[],
  { msOf, workers }: { readonly msOf: (subtask: Subtask) => number; readonly workers: number },
): Timing {
  const remaining = remainingPaths(subtasks, msOf);
  const criticalPath = longestPath(subtasks, remaining);
  return {
    sequentialMs: subtasks.reduce((sum, subtask) => sum + msOf(subtask), 0),
    criticalMs: remaining.get(criticalPath[0] ?? "") ?? 0,
    criticalPath,
    parallelMs: spanOf(subtasks, { msOf, workers, remaining }),
  };
}

/** How long a plan takes with a number of workers, in milliseconds; those `atWork` have a place already. */
export function parallelMs(
  subtasks: readonly Subtask[],
  options: {
    readonly msOf: (subtask: Subtask) => number;
    readonly workers: number;
    readonly atWork?: ReadonlySet<string>;
  },
): number {
  return spanOf(subtasks, { ...options, remaining: remainingPaths(subtasks, options.msOf) });
}

function longestPath(subtasks: readonly Subtask[], remaining: ReadonlyMap<string, number>): readonly string[] {
  const dependents = dependentsOf(subtasks);
  const longest = (candidates: readonly Subtask[]) =>
    candidates.reduce<Subtask | undefined>(
      (best, s) => (best === undefined || (remaining.get(s.id) ?? 0) > (remaining.get(best.id) ?? 0) ? s : best),
      undefined,
    );
  const path: string[] = [];
  let next = longest(subtasks.filter((s) => s.dependencies.length === 0));
  while (next !== undefined) {
    path.push(next.id);
    next = longest(dependents.get(next.id) ?? []);
  }
  return path;
}

interface Work {
  readonly msOf: (subtask: Subtask) => number;
  readonly workers: number;
  readonly remaining: ReadonlyMap<string, number>;
  readonly atWork?: ReadonlySet<string>;
}

/** Plays the scheduler's rules through: longest remaining path first, never two at once that name the same file. */
function spanOf(subtasks: readonly Subtask[], { msOf, workers, remaining, atWork }: Work): number {
  const dependents = dependentsOf(subtasks);
  const missing = new Map(subtasks.map((s) => [s.id, new Set(s.dependencies).size]));
  const urgency = (s: Subtask) => (atWork?.has(s.id) === true ? Number.MAX_VALUE : (remaining.get(s.id) ?? 0));
  const claimed = new Set<string>();
  let ready = subtasks.filter((s) => missing.get(s.id) === 0).toSorted((a, b) => urgency(b) - urgency(a));
  let running: readonly { readonly subtask: Subtask; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    const held: Subtask[] = [];
    // Once all have something to do nobody looks at those who wait: of a thousand, that would be a million looks.
    let next = 0;
    for (; next < ready.length && running.length < workers; next += 1) {
      const subtask = ready[next];
      if (subtask === undefined) break;
      const files = concreteFiles(subtask);
      if (files.some((file) => claimed.has(file))) {
        held.push(subtask);
        continue;
      }
      for (const file of files) claimed.add(file);
      running = [...running, { subtask, end: now + msOf(subtask) }];
    }
    if (running.length === 0) return now;
    now = running.reduce((first, { end }) => Math.min(first, end), Infinity);
    const ended = running.filter(({ end }) => end <= now);
    running = running.filter(({ end }) => end > now);
    const freed: Subtask[] = [];
    for (const { subtask } of ended) {
      for (const file of concreteFiles(subtask)) claimed.delete(file);
      for (const dependent of dependents.get(subtask.id) ?? []) {
        const left = (missing.get(dependent.id) ?? 1) - 1;
        missing.set(dependent.id, left);
        if (left === 0) freed.push(dependent);
      }
    }
    const waiting = held.concat(ready.slice(next));
    ready = freed.length === 0 ? waiting : [...waiting, ...freed].toSorted((a, b) => urgency(b) - urgency(a));
  }
}
