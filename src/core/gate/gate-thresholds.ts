// What the gate goes by. Source of all but the second: DESIGN §3.

/** A subtask shorter than this costs more to set up, read in and review than it saves. */
export const MIN_SUBTASK_MINUTES = 15;
/** A subtask longer than this is hard to review in one go; the planner is told the same (agent/roles.ts). */
export const MAX_SUBTASK_MINUTES = 60;
/** Fewer subtasks that can run at the same time are done as fast by one worker. */
export const MIN_INDEPENDENT = 3;
/** More subtasks than this are more than a person follows and reviews with care. */
export const MAX_FOLLOWED = 7;
/** What each worker's reading in, merging and reviewing add to the time, as a share. */
export const OVERHEAD = 0.2;
/** A model whose context is fuller than this forgets and repeats; leave the rest to checks and mending. */
export const CONTEXT_SHARE = 0.4;
