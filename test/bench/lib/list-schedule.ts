/** A subtask as the bound sees it. */
export interface Timed {
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly ms: number;
}

/**
 * How long a plan takes with so many workers when nothing costs anything: whenever a worker is free it takes, of what can start, the
 * subtask with the longest path behind it. What no scheduler of this kind can beat.
 */
export function listSchedule(plan: readonly Timed[], workers: number): number {
  const remaining = new Map<string, number>();
  const pathOf = (one: Timed): number => {
    const known = remaining.get(one.id);
    if (known !== undefined) return known;
    const behind = plan.filter(({ dependencies }) => dependencies.includes(one.id)).map(pathOf);
    const path = one.ms + Math.max(0, ...behind);
    remaining.set(one.id, path);
    return path;
  };
  const waiting = plan.toSorted((a, b) => pathOf(b) - pathOf(a));
  const done = new Set<string>();
  let running: { readonly id: string; readonly end: number }[] = [];
  let now = 0;
  while (waiting.length > 0 || running.length > 0) {
    for (let i = 0; i < waiting.length && running.length < workers;) {
      const one = waiting[i];
      if (one !== undefined && one.dependencies.every((id) => done.has(id))) {
        running.push({ id: one.id, end: now + one.ms });
        waiting.splice(i, 1);
      } else i += 1;
    }
    if (running.length === 0) throw new Error("Nothing can start: the plan has a cycle.");
    now = Math.min(...running.map(({ end }) => end));
    for (const { id, end } of running) if (end <= now) done.add(id);
    running = running.filter(({ end }) => end > now);
  }
  return now;
}
