import { relative } from "node:path";
import { BraidError, failure } from "../../core/failure";
import { hookText } from "../../core/review/hooks";
import { readHookFiles } from "../../git/hook-files";
import { isAllowed, keyOf, type ApprovalHost, type ApprovalRequest } from "../steering/approvals";

/** Which hooks are to run, on what, for whom. */
export interface HookRequest {
  readonly subtask: string;
  /** Absolute folder of the hooks. */
  readonly hooks: string;
  /** What the commit is made on, and the tree that goes in. */
  readonly onto: string;
  readonly tree: string;
  readonly signal: AbortSignal;
}

/**
 * Lets hooks run that the user has allowed, to the byte; asks about others. Resolves with what has to be called right before
 * they run: it throws where they are others by then. Throws `hook.unapproved`.
 */
export type HookGate = (request: HookRequest) => Promise<() => Promise<void>>;

/** A gate for one accept or undo, however many commits that makes: the user is asked once about the same hooks. */
export function hookGate(host: ApprovalHost): HookGate {
  const said = new Map<string, Promise<boolean>>();
  return async (request) => {
    const asked = await askedOf(host, request);
    const key = keyOf(asked);
    const answer = said.get(key) ?? isAllowed(host, asked, request.signal);
    said.set(key, answer);
    if (!(await answer)) throw refused(asked.source);
    return async () => {
      if (keyOf(await askedOf(host, request)) === key) return;
      throw new BraidError(
        failure("hook.unapproved", `The commit hooks of ${asked.source} changed while they were about to run.`, {
          hint: "Find out what changes them, then decide again.",
        }),
      );
    };
  };
}

async function askedOf(
  { ports: { repo } }: ApprovalHost,
  { subtask, hooks, onto, tree }: HookRequest,
): Promise<ApprovalRequest> {
  const files = await readHookFiles(repo, hooks, { onto, tree });
  const folder = relative(repo.dir, hooks);
  return {
    subtask,
    about: "hooks",
    source: folder.startsWith("..") ? hooks : folder,
    commands: files.map(hookText),
    changed: files.filter((file) => file.changed).map((file) => file.path),
    content: files.map(({ path, hash }) => `${path} ${hash}`),
  };
}

function refused(source: string): BraidError {
  return new BraidError(
    failure("hook.unapproved", `The commit hooks of ${source} were not allowed to run.`, {
      hint: "Try again and allow them (on a terminal, or with --allow-hooks), or go without them (--no-hooks, or Braid: Accept Without Hooks).",
    }),
  );
}
