import { stringify } from "yaml";
import type { Plan } from "./plan";

/** A plan as the YAML of a plan file: what somebody decided, without what the schema fills in by itself. */
export function writePlanFile(plan: Plan): string {
  return stringify(withoutDefaults(plan), { lineWidth: 100 });
}

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, v]) => !(Array.isArray(v) && v.length === 0) && !(key === "best_of" && v === 1))
      .map(([key, v]) => [key, withoutDefaults(v)]),
  );
}
