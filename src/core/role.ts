/** The roles Braid knows; a plan may name a user's own role as well. */
export const ROLES = [
  "planner",
  "researcher",
  "architect",
  "implementer",
  "tester",
  "reviewer",
  "documenter",
  "synthesizer",
] as const;

/** A built-in role. */
export type RoleName = (typeof ROLES)[number];

/** Names other tools use for the same roles, as plan files carry them. */
const ALIASES: Readonly<Record<string, RoleName>> = {
  "research-agent": "researcher",
  "planning-agent": "architect",
  "implementer-agent": "implementer",
  "testing-agent": "tester",
  "verifier-agent": "reviewer",
  "review-agent": "reviewer",
  "documentation-agent": "documenter",
  "synthesis-agent": "synthesizer",
};

/** Roles that read only: they answer with notes, findings and a report, never with a diff. */
const READ_ONLY: ReadonlySet<RoleName> = new Set(["planner", "researcher", "architect", "reviewer", "synthesizer"]);

/** The role an `agent` field means, or undefined when nobody here knows it. */
export function toRole(agent: string): RoleName | undefined {
  return ROLES.find((role) => role === agent) ?? (Object.hasOwn(ALIASES, agent) ? ALIASES[agent] : undefined);
}

/** Whether a role may change files. */
export function canWrite(role: RoleName): boolean {
  return !READ_ONLY.has(role);
}
