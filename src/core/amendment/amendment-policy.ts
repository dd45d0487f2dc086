/** Levels a hierarchical plan may have, the approved plan's own among them; our choice, so that no planner goes on for ever. */
export const MAX_LEVELS = 5;
/** Times the planner is asked, in one run, what to do about subtasks that failed; our choice, for the same reason. */
export const MAX_RESCUES = 5;

/** Who decides about amendments: the user each time, nobody (they apply at once), or there are none. */
export const AMENDMENT_POLICIES = ["ask", "apply", "off"] as const;
export type AmendmentPolicy = (typeof AMENDMENT_POLICIES)[number];

/** Why the planner is asked: a level of a hierarchical plan has ended, the run cannot go on, or the user wants it. */
export type AmendmentOccasion = "level" | "failures" | "user";
