import type { RunEvent } from "./events";

/** Tells the events of these types from all others, so that a switch over them can be whole. */
export function anyOf<T extends RunEvent["type"]>(
  ...types: readonly T[]
): (event: RunEvent) => event is Extract<RunEvent, { readonly type: T }> {
  const known: ReadonlySet<string> = new Set(types);
  return (event): event is Extract<RunEvent, { readonly type: T }> => known.has(event.type);
}
