import type { Failure } from "../core/failure";

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

/** Runs commands shut into one worktree. There is no unsandboxed fallback: without a sandbox it refuses. */
export interface Shell {
  /** Runs `command` by bash (by sh where there is none) at the worktree's root. Rejects only when `signal` aborts. */
  run(
    command: string,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly onOutput?: (chunk: string) => void },
  ): Promise<CommandOutcome>;
}
