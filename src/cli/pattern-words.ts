import { PATTERN_NAMES, type PatternName } from "../core/plan/patterns";

/** A pattern, and what it is to look at, as the user names it. */
export interface PatternWords {
  readonly name: PatternName;
  readonly against?: string;
  readonly folder?: string;
}

/** The options a pattern is named by, as `parseArgs` takes them. */
export const PATTERN_OPTIONS = {
  against: { type: "string" },
  folder: { type: "string" },
  pattern: { type: "string" },
} as const;

/** The pattern the options name; `refuse` is called where they name what a pattern cannot look at, and does not return. */
export function patternWords(
  values: { readonly pattern?: string; readonly against?: string; readonly folder?: string },
  refuse: (problem: string) => never,
): PatternWords | undefined {
  const { pattern, against, folder } = values;
  const name = PATTERN_NAMES.find((known) => known === pattern);
  if (pattern !== undefined && name === undefined)
    return refuse(`--pattern takes ${PATTERN_NAMES.join(", ")}, not "${pattern}".`);
  if (against !== undefined && name !== "review") return refuse("--against goes with --pattern review.");
  if (folder !== undefined && name !== "review" && name !== "refactor" && name !== "research")
    return refuse("--folder goes with --pattern review, refactor or research.");
  if (name === "review" && against === undefined && folder === undefined)
    return refuse("--pattern review takes --against REF, --folder DIR or both.");
  if (name === undefined) return undefined;
  return { name, ...(against === undefined ? {} : { against }), ...(folder === undefined ? {} : { folder }) };
}
