import { failure, type Failure } from "../core/failure";

/** How a command ended. Output is both streams as they came, cut in the middle past the limit. */
export type CommandOutcome =
  | {
      readonly kind: "exited";
      /** Null when a signal ended it. */
      readonly exitCode: number | null;
      readonly output: string;
      readonly truncated: boolean;
      readonly timedOut: boolean;
      readonly durationMs: number;
    }
  | { readonly kind: "refused"; readonly failure: Failure };

/** No system takes more in one argument than this, in bytes. */
const MAX_COMMAND_BYTES = 100_000;

/** What a command comes to that no process can be given; undefined for one that can be tried. */
export function refuseUnrunnable(command: string): Extract<CommandOutcome, { readonly kind: "refused" }> | undefined {
  const refused = (message: string) => ({ kind: "refused", failure: failure("sandbox.failed", message) }) as const;
  if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) return refused("The command is too long; put it into a file.");
  return command.includes("\0") ? refused("The command has a NUL.") : undefined;
}

/** Runs commands shut into one worktree. There is no unsandboxed fallback: without a sandbox it refuses. */
export interface Shell {
  /** Runs `command` by bash (by sh where there is none) at the worktree's root. Rejects only when `signal` aborts. */
  run(
    command: string,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly onOutput?: (chunk: string) => void },
  ): Promise<CommandOutcome>;
}
