import type { RunEvent } from "./state/events";

/** One line that says what a worker is doing; undefined for what is not worth a line. */
export function describeActivity(activity: {
  readonly type: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly reason?: string;
  readonly ms?: number;
}): string | undefined {
  switch (activity.type) {
    case "text":
      return "thinking";
    case "waiting":
      return `waiting ${Math.ceil((activity.ms ?? 0) / 1000)}s: ${activity.reason ?? ""}`;
    case "call":
      return `${activity.name ?? ""} ${subject(activity.input)}`.trim();
    default:
      return undefined;
  }
}

/** Whether an event of a worker's run ends what it was last said to do. */
export function endsActivity({ type }: RunEvent): boolean {
  return !GOING_ON.has(type);
}

/** Recorded while a worker is at something: a worktree is set up beside its first turn, and its first tool may take long. */
const GOING_ON: ReadonlySet<RunEvent["type"]> = new Set([
  "turn.completed",
  "tools.called",
  "setup.completed",
  "worker.messaged",
]);

/** What a tool call is about: its file, pattern or command, on one line. */
function subject(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  for (const key of ["file_path", "pattern", "command", "query", "url"]) {
    const value: unknown = Reflect.get(input, key);
    if (typeof value === "string") return value.split("\n", 1)[0]?.slice(0, 80) ?? "";
  }
  return "";
}
