import type { FoundSandbox } from "../agent/sandbox-find";
import type { Approval } from "../core/approval";
import type { MergeKind } from "../core/review/merge-kind";
import type { StallMinutes } from "../core/stall";
import type { Repository } from "../git/repository";
import type { ModelNeeds } from "../model/catalogue";
import type { Model } from "../model/model";
import type { PriceRule } from "../model/prices";
import type { TraceSettings } from "../trace/target";
import type { After } from "./attempt/stall-watch";

/** What settings ask to be in every worktree. */
export interface SetupWishes {
  /** Globs as in VS Code's `git.worktreeIncludeFiles`: ignored files to copy. */
  readonly include?: readonly string[];
  /** The user's own set-up commands; they stand in for the repository's and need no approval. */
  readonly commands?: readonly string[];
}

/** What a run needs from outside; passed in, so that tests and front ends choose. */
export interface RunPorts {
  readonly repo: Repository;
  readonly model: Model;
  /** The exact id for a role's alias or a plan's model name. */
  readonly resolveModel: (name: string, needs?: ModelNeeds) => string;
  /** What models cost; the list prices where nobody says otherwise. */
  readonly prices?: readonly PriceRule[];
  /** Folder for worktrees. */
  readonly worktreeRoot: string;
  /** Has a worktree get all its files at once, wherever it could get them as they are asked for. */
  readonly allFiles?: boolean;
  /** What the front end's settings want in every worktree. */
  readonly setup?: SetupWishes;
  /** Whether somebody answers requests for approval of this kind; where nobody does, they are refused at once. */
  readonly canApprove?: (about: Approval["about"]) => boolean;
  /** What stands in for looking for a sandbox. */
  readonly findSandbox?: () => Promise<FoundSandbox>;
  /** How long an agent may stand still, in a tool and between turns; as by default without it. */
  readonly stalls?: StallMinutes;
  /** What stands in for real time where it is watched that agents get on. */
  readonly after?: After;
  /** How results go in where neither run nor decision says; "squash" without it. */
  readonly mergeKind?: () => MergeKind;
  /** Paths on disk of what editors hold unsaved words about; nothing where there are no editors. */
  readonly unsavedFiles?: () => readonly string[];
  /** What the environment wants of traces; without it they are kept beside the run and go nowhere. */
  readonly trace?: TraceSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One line for the log; never a secret. */
  readonly log: (line: string) => void;
}
