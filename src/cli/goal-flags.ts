import { PATTERN_OPTIONS, patternWords, type PatternWords } from "./pattern-words";
import { parseDomains, type WebDomains } from "../core/web";
import { EVERY_ROLE, parseEfforts, type Efforts } from "../core/effort";

/** Flags of the commands that start a run; absent where they were not given. */
export interface GoalFlags {
  /** How hard roles think, where the user said so. */
  readonly efforts?: Efforts;
  /** Where agents may look in the web. */
  readonly web?: WebDomains;
  readonly pattern?: PatternWords;
  /** Image files to hand over with the goal. */
  readonly images?: readonly string[];
}

/** Options of {@link GoalFlags}, as `parseArgs` takes them. */
export const GOAL_OPTIONS = {
  effort: { type: "string" },
  image: { type: "string", multiple: true },
  web: { type: "string" },
  ...PATTERN_OPTIONS,
} as const;

/** Names of {@link GOAL_OPTIONS}. */
export const GOAL_OPTION_NAMES = Object.keys(GOAL_OPTIONS);

/** Reads the flags; `refuse` is called with what is wrong and does not return. */
export function goalFlags(
  values: { readonly effort?: string; readonly image?: string[]; readonly web?: string } & Parameters<
    typeof patternWords
  >[0],
  refuse: (problem: string) => never,
): GoalFlags {
  const pattern = patternWords(values, refuse);
  return {
    ...(values.effort === undefined ? {} : { efforts: efforts(values.effort, refuse) }),
    ...(values.web === undefined ? {} : { web: webDomains(values.web, refuse) }),
    ...(values.image === undefined ? {} : { images: values.image }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

function webDomains(value: string, refuse: (problem: string) => never): WebDomains {
  const parsed = parseDomains(value.split(","));
  return parsed.ok ? parsed.domains : refuse(`--web takes DOMAIN,… or *: ${parsed.problem}`);
}

/** `high` for all roles, or `planner=max,tester=low`. */
function efforts(value: string, refuse: (problem: string) => never): Efforts {
  const entries = value.split(",").map((entry): readonly [string, string] => {
    const at = entry.indexOf("=");
    return at === -1 ? [EVERY_ROLE, entry.trim()] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
  });
  const parsed = parseEfforts(entries);
  return parsed.ok ? parsed.efforts : refuse(`--effort takes LEVEL or ROLE=LEVEL,…: ${parsed.problem}`);
}
