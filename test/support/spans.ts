import { ok } from "node:assert/strict";
import type { CliEvent } from "./cli";

/** Where each subtask's start stands among the events, and its end. */
export function spans(
  events: readonly CliEvent[],
): ReadonlyMap<string, { readonly from: number; readonly to: number }> {
  const at = (type: string, id: string) => events.findIndex((e) => e.type === type && e.subtask === id);
  const ids = new Set(
    events.flatMap((e) => (e.type === "subtask.started" && e.subtask !== undefined ? [e.subtask] : [])),
  );
  return new Map([...ids].map((id) => [id, { from: at("subtask.started", id), to: at("subtask.finished", id) }]));
}

/** Fails unless each of `before` had ended when `after` began. */
export function inOrder(events: readonly CliEvent[], before: readonly string[], after: string): void {
  const all = spans(events);
  const from = all.get(after)?.from ?? -1;
  ok(from > 0, `${after} did not start`);
  for (const id of before) {
    const to = all.get(id)?.to ?? -1;
    ok(to > 0 && to < from, `${id} ended at ${to}, ${after} began at ${from}`);
  }
}
