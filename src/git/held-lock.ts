import { BraidError, failure } from "../core/failure";

/**
 * What to say when git finds a lock file in its way. Git cannot tell a process at work from one that died, so the file is named
 * and the user decides. Undefined where git's words are about something else.
 */
export function heldLock(words: string): BraidError | undefined {
  const [, file] = /Unable to create '(.*\.lock)': File exists/u.exec(words) ?? [];
  if (file === undefined) return undefined;
  return new BraidError({ ...lockHeld(file).failure, detail: words });
}

/** Says that a lock file is there. */
export function lockHeld(file: string): BraidError {
  return new BraidError(
    failure("repo.busy", `Another git process holds ${file}.`, {
      hint: "Wait for it to end, then try again; if no git process runs here, delete that file.",
    }),
  );
}
