import type { Failure } from "../failure";
import type { RunPhase } from "../state/view";

/** What a run has left on the disk and in git. */
export interface RunStock {
  readonly id: string;
  /** What its log says; null where there is none that can be read. */
  readonly log: { readonly goal: string; readonly phase: RunPhase } | null;
  /** When something last happened in it, milliseconds since the epoch. */
  readonly lastMs: number;
  /** The process that has it, in words; null when nobody has. */
  readonly owner: string | null;
  /** Its folder (log, transcripts, notes), in bytes. */
  readonly logBytes: number;
  readonly worktrees: readonly WorktreeStock[];
  /** Full names of its refs. */
  readonly refs: readonly string[];
  /** Subtasks with work that is in no branch; where the log does not tell, the names of refs. */
  readonly unmerged: readonly string[];
  /** A clean-up of it was cut short. */
  readonly isHalfCleaned: boolean;
}

/** A worktree a run has left. */
export interface WorktreeStock {
  /** Its folder's name. */
  readonly name: string;
  readonly dir: string;
  readonly bytes: number;
}

/** A run that was cleaned up and can be brought back. */
export interface ArchivedRun {
  readonly id: string;
  readonly goal: string;
  /** Milliseconds since the epoch. */
  readonly archivedMs: number;
  readonly refs: readonly string[];
}

/** All that is left of the runs of a repository. */
export interface Stock {
  /** The latest first. */
  readonly runs: readonly RunStock[];
  readonly archived: readonly ArchivedRun[];
}

/** What a run takes on the disk, in bytes. */
export function bytesOf(run: RunStock): number {
  return run.worktrees.reduce((sum, { bytes }) => sum + bytes, run.logBytes);
}

/** Whether work of it would be lost without an archive. What stands in a worktree is looked at when it is cleaned. */
export function needsArchive(run: RunStock): boolean {
  return run.unmerged.length > 0;
}

/** What became of one run: gone, gone and archived, or left with the reason. */
export type CleanOutcome =
  | { readonly run: string; readonly kind: "deleted" | "archived" }
  | { readonly run: string; readonly kind: "left"; readonly failure: Failure };
