/** What is different in another attempt. */
export interface RetryFlags {
  readonly run: string;
  readonly subtask: string;
  readonly note: string | undefined;
  /** Rejected dependencies to do without. */
  readonly without: readonly string[];
  /** Files and hunks of the last result that shall not come again. */
  readonly turnDown: readonly string[];
  readonly reason: string;
  readonly agent: string | undefined;
  readonly model: string | undefined;
}

/** The options of `braid retry` and `braid resolve`. */
export const RETRY_OPTIONS = {
  agent: { type: "string" },
  model: { type: "string" },
  note: { type: "string" },
  "turn-down": { type: "string", multiple: true },
  without: { type: "string", multiple: true },
} as const;

export const RETRY_OPTION_NAMES: readonly string[] = Object.keys(RETRY_OPTIONS);

/** How they are used; lines of the command line's help. */
export const RETRY_USAGE = `  braid retry RUN SUBTASK [--note TEXT]     another attempt, by another --agent ROLE or --model NAME if you like
    --turn-down PATH[#HUNK]                 what shall not come again, with --reason TEXT
    --without SUBTASK                       a rejected dependency it shall do without
  braid resolve RUN SUBTASK [--note TEXT]   let an agent resolve the conflict that keeps a result from going in`;

/** The values of the options as they were given. */
interface Values {
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
  readonly note?: string | undefined;
  readonly "turn-down"?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

export function retryFlags(run: string, subtask: string, values: Values): RetryFlags {
  return {
    run,
    subtask,
    note: values.note,
    without: values.without ?? [],
    turnDown: values["turn-down"] ?? [],
    reason: values.reason ?? "",
    agent: values.agent,
    model: values.model,
  };
}
