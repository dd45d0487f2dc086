import { toRole } from "./role";

/** How much a model should put into its answers, from least to most. Source: `OutputConfig` of @anthropic-ai/sdk 1.12.0. */
export const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

/** Efforts the user chose, by role; under {@link EVERY_ROLE} the one for all others. */
export type Efforts = Readonly<Record<string, Effort>>;
export const EVERY_ROLE = "*";

/** The effort of a role: the user's for it, the user's for all, or its own. */
export function effortOf(role: string, own: Effort | undefined, chosen: Efforts = {}): Effort | undefined {
  const byName = (name: string) => (Object.hasOwn(chosen, name) ? chosen[name] : undefined);
  return byName(role) ?? byName(EVERY_ROLE) ?? own;
}

/**
 * Reads efforts from what a user wrote, role by role; aliases of roles are taken. What is wrong comes back as one
 * sentence that names the role and the way out.
 */
export function parseEfforts(
  entries: Iterable<readonly [role: string, effort: unknown]>,
): { readonly ok: true; readonly efforts: Efforts } | { readonly ok: false; readonly problem: string } {
  const efforts: Record<string, Effort> = Object.create(null);
  for (const [name, value] of entries) {
    const role = name === EVERY_ROLE ? name : (toRole(name) ?? name);
    if (role !== EVERY_ROLE && !/^[A-Za-z0-9][\w.-]{0,63}$/u.test(role))
      return { ok: false, problem: `"${name}" is not the name of a role.` };
    const effort = EFFORTS.find((each) => each === value);
    if (effort === undefined)
      return { ok: false, problem: `The effort of ${name} is one of ${EFFORTS.join(", ")}, not ${show(value)}.` };
    efforts[role] = effort;
  }
  return { ok: true, efforts: { ...efforts } };
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
}
