/** A message of a transcript, as it stands in the run's folder. */
export interface SpokenMessage {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly subtask: string | null;
  readonly attempt: number;
  /** The file it is in: who says it. */
  readonly file: string;
  readonly role: "user" | "assistant";
  readonly content: readonly SpokenBlock[];
}

/** A block of one; what is of another form is left out. */
export interface SpokenBlock {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly id?: unknown;
  readonly name?: unknown;
  readonly input?: unknown;
  readonly tool_use_id?: unknown;
  readonly content?: unknown;
  readonly is_error?: unknown;
}

/** The furthest a date can be from the epoch, in milliseconds (ECMA-262, "Time Values and Time Range"). */
const MAX_TIME_MS = 8.64e15;

/** Whether a value out of a file is a time that can be told, in milliseconds since the epoch. */
export function isTime(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= MAX_TIME_MS;
}
