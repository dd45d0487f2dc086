/** The names a template may use; `match.N` are the groups of the rule's `contains`. */
export const TEMPLATE_NAMES = ["goal", "role", "subtask", "attempt", "turn", "model", "last_result"] as const;

/** Values for the templates of one reply. */
export type TemplateValues = Readonly<Record<(typeof TEMPLATE_NAMES)[number], string>> & {
  /** Group 0 is the whole match; a group that took no part is empty. */
  readonly match: readonly string[];
};

/** Replaces the templates in every string below an object; keys and other types stay as they are. */
export function expandObject(
  object: Readonly<Record<string, unknown>>,
  values: TemplateValues,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, expandValue(item, values)]));
}

/** Replaces the templates in one text. What a value brings in is not expanded again. */
export function expandText(text: string, values: TemplateValues): string {
  return text.replace(TEMPLATE, (whole, name: string) => {
    const group = MATCH.exec(name)?.[1];
    if (group !== undefined) return values.match[Number(group)] ?? "";
    const known = TEMPLATE_NAMES.find((candidate) => candidate === name);
    return known === undefined ? whole : values[known];
  });
}

/** What is wrong with the templates in one text, in order. `groups` is the highest usable `match.N`, -1 for none. */
export function templateProblems(text: string, groups: number): readonly string[] {
  return [...text.matchAll(TEMPLATE)].flatMap(([whole, name = ""]) => {
    const group = MATCH.exec(name)?.[1];
    if (group === undefined)
      return TEMPLATE_NAMES.some((known) => known === name)
        ? []
        : [`unknown template ${whole}; known: ${TEMPLATE_NAMES.join(", ")}, match.N`];
    if (groups < 0) return [`${whole} needs a "contains" given as /regex/ in the same rule`];
    return Number(group) > groups ? [`${whole}: the "contains" of this rule has ${groups} groups`] : [];
  });
}

function expandValue(value: unknown, values: TemplateValues): unknown {
  if (typeof value === "string") return expandText(value, values);
  if (Array.isArray(value)) return value.map((item) => expandValue(item, values));
  return typeof value === "object" && value !== null ? expandObject({ ...value }, values) : value;
}

const TEMPLATE = /\{\{\s*([a-z_][\w.]*)\s*\}\}/giu;
const MATCH = /^match\.(\d+)$/u;
