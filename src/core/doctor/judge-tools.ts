import type { Failure } from "../failure";
import { found, ok, type Diagnosis } from "./diagnosis";

/** Judges the sandbox, which was tried: `failure` says why it does not work. */
export function judgeSandbox(failure: Failure | null, binary: string): Diagnosis {
  if (failure === null) return ok(`${binary} works; a command was run in it.`);
  return found(
    "warning",
    `${failure.message} Each command of a worker then waits for your word, or is refused where nobody can be asked.`,
    failure.hint === undefined ? undefined : { text: failure.hint },
    failure.detail,
  );
}

/** Judges ripgrep; null where there is none. */
export function judgeRipgrep(binary: string | null): Diagnosis {
  if (binary !== null) return ok(`${binary}.`);
  return found("note", "ripgrep is not installed; workers' searches take Braid's own, slower way.", {
    text: "Install it",
    line: "apt install ripgrep",
  });
}

/** A lock of git's own that stands for long. */
export interface OldLock {
  readonly path: string;
  readonly ageMs: number;
}

/** Judges locks that a git process may have left when it died. */
export function judgeLocks(locks: readonly OldLock[]): readonly Diagnosis[] {
  if (locks.length === 0) return [ok("No old lock of git stands.")];
  return locks.map(({ path, ageMs }) =>
    found("warning", `${path} has stood for ${Math.round(ageMs / 60_000)} minutes; whoever left it may be gone.`, {
      text: "If no git process runs, delete it",
      line: `rm ${/^[\w./-]+$/u.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`}`,
    }),
  );
}

/** A setting that is not taken as it stands. */
export interface Unhonoured {
  readonly setting: string;
  /** One sentence that says why. */
  readonly why: string;
  /** What to do; a sentence. */
  readonly way: string;
  /** Whether no run can start with it. */
  readonly fatal?: boolean;
}

/** Judges settings. Names with a dot in them are VS Code's. */
export function judgeSettings(settings: readonly Unhonoured[]): readonly Diagnosis[] {
  if (settings.length === 0) return [ok("Every setting is taken as it stands.")];
  return settings.map(({ setting, why, way, fatal }) =>
    found(fatal === true ? "problem" : "warning", `${setting}: ${why}`, {
      text: way,
      ...(setting.includes(".") ? { setting } : {}),
    }),
  );
}
