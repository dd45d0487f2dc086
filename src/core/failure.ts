/**
 * Everything that can go wrong in a way a user should read. The part before the dot says where, the part after
 * what; front ends choose icons and exit codes by it, so a code keeps its meaning for ever.
 */
export type FailureCode =
  | "git.missing"
  | "git.too-old"
  | "git.failed"
  | "repo.missing"
  | "repo.no-commits"
  | "repo.detached"
  | "repo.busy"
  | "target.missing"
  | "target.moved"
  | "tree.dirty"
  | "tree.in-the-way"
  | "tree.unsafe"
  | "merge.conflict"
  | "merge.dependency"
  | "selection.invalid"
  | "config.unconfirmed"
  | "hook.unapproved"
  | "hook.failed"
  | "hook.changed"
  | "checks.failed"
  | "report.invalid"
  | "review.missing"
  | "result.empty"
  | "result.missing"
  | "disk.full"
  | "disk.denied"
  | "model.no-key"
  | "model.auth"
  | "model.billing"
  | "model.network"
  | "model.rate-limit"
  | "model.overloaded"
  | "model.server"
  | "model.request"
  | "model.stalled"
  | "model.cut"
  | "model.refusal"
  | "model.max-tokens"
  | "model.context"
  | "limit.turns"
  | "limit.tokens"
  | "limit.time"
  | "stall.tool"
  | "stall.turn"
  | "budget.reached"
  | "sandbox.missing"
  | "sandbox.failed"
  | "command.denied"
  | "worktree.failed"
  | "plan.invalid"
  | "plan.unreadable"
  | "goal.empty"
  | "goal.path"
  | "scope.invalid"
  | "setting.invalid"
  | "run.unknown"
  | "run.busy"
  | "run.state"
  | "run.interrupted"
  | "run.record"
  | "journal.corrupt"
  | "journal.newer"
  | "trace.refused"
  | "cancelled"
  | "internal";

/** A problem as data: it can be stored, sent to a webview, printed and compared. */
export interface Failure {
  readonly code: FailureCode;
  /** One sentence that names the thing and the place. */
  readonly message: string;
  /** The way out, one sentence, imperative. */
  readonly hint?: string;
  /** Output or detail worth reading in full, plain text. */
  readonly detail?: string;
}

/** An operational failure on its way up; `cause` keeps the original. Bugs throw something else. */
export class BraidError extends Error {
  override readonly name = "BraidError";
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** Builds a {@link Failure} without undefined fields. */
export function failure(code: FailureCode, message: string, more: { hint?: string; detail?: string } = {}): Failure {
  return {
    code,
    message,
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.detail === undefined ? {} : { detail: more.detail }),
  };
}

/** The failure inside any thrown value; file-system errors get their own words, the rest is `internal`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof BraidError) return error.failure;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const path = error instanceof Error && "path" in error ? ` (${String(error.path)})` : "";
  const syscall = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  // So systems say of FAT, exFAT and some shared folders (link(2), EPERM): the folder's permissions are not the matter.
  if (syscall === "link" && ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(String(code)))
    return failure("disk.denied", `The file system knows no hard links, which Braid's locks are made of${path}.`, {
      hint: "Keep the repository on one that does.",
    });
  // Linux says of its watches, too, that no space is left.
  if (syscall === "watch" && code === "ENOSPC")
    return failure("disk.denied", `The system has no watch left for a folder${path}.`, {
      hint: "Raise the limit (sysctl fs.inotify.max_user_watches).",
    });
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return failure("disk.full", `The disk is full${path}.`, { hint: "Free some space, then resume the run." });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return failure("disk.denied", `Writing is not permitted${path}.`, {
      hint: "Check the folder's permissions, then resume the run.",
    });
  if (code === "EMFILE" || code === "ENFILE")
    return failure("disk.denied", "Too many files are open.", {
      hint: "Close other programs or raise the limit (ulimit -n), then resume the run.",
    });
  if (error instanceof Error && error.name === "AbortError") return failure("cancelled", "Cancelled.");
  if (!(error instanceof Error)) return failure("internal", String(error));
  return failure("internal", error.message, error.stack === undefined ? {} : { detail: error.stack });
}

/** One line for people: message, then the way out. */
export function describeFailure(f: Failure): string {
  return f.hint === undefined ? f.message : `${f.message} ${f.hint}`;
}
