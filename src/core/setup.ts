/** One thing that was done to a fresh worktree before its worker's first tool call. */
export interface SetupStep {
  /** Ignored files, one dependency folder, submodules, or a set-up command. */
  readonly kind: "files" | "folder" | "submodule" | "command";
  /** Paths, or the command as it ran. */
  readonly name: string;
  readonly outcome: "done" | "skipped" | "failed";
  /** What there is to say about it; always there when it was not done. */
  readonly reason?: string;
  /** The end of a command's output, plain text. */
  readonly output?: string;
  readonly durationMs: number;
}

/** The set-up of one worktree. */
export interface Setup {
  readonly steps: readonly SetupStep[];
  readonly durationMs: number;
}

/** Folders that package managers fill and projects do not build without. Copied only where git ignores them. */
const DEPENDENCY_FOLDERS: ReadonlySet<string> = new Set([
  "node_modules",
  "bower_components",
  ".venv",
  "venv",
  "vendor",
  "Pods",
  ".bundle",
  "deps",
]);

/** Whether a path, with "/" and without a slash at its end, is a folder of dependencies. */
export function isDependencyFolder(path: string): boolean {
  return DEPENDENCY_FOLDERS.has(path.slice(path.lastIndexOf("/") + 1));
}

/** The outermost of these folders: what is inside another one comes with it. */
export function outermost(folders: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const folder of folders.toSorted())
    if (!kept.some((outer) => folder === outer || folder.startsWith(`${outer}/`))) kept.push(folder);
  return kept;
}

/** Patterns one glob may stand for, so that nested braces cannot grow without end. */
const MAX_EXPANDED = 200;

/**
 * A glob as VS Code's `git.worktreeIncludeFiles` has it, as lines of gitignore syntax: braces written out, anchored at
 * the root as VS Code anchors it. None for one that is empty, leaves the folder, or stands for too many.
 */
export function globToIgnoreLines(glob: string): readonly string[] {
  const expanded = expandBraces(glob.trim());
  return expanded === undefined ? [] : expanded.flatMap(toIgnoreLine);
}

function toIgnoreLine(glob: string): readonly string[] {
  const path = glob
    .replace(/^\.\//u, "")
    .replace(/^\/+/u, "")
    .replace(/\/\*\*$/u, "/");
  if (path === "" || path === "/" || /[\0\r\n]/u.test(path) || path.split("/").includes("..")) return [];
  return [path.startsWith("**/") ? path : `/${path}`];
}

function expandBraces(glob: string): readonly string[] | undefined {
  let open = [glob];
  for (;;) {
    const next = open.flatMap((one) => {
      const group = /^(.*?)\{([^{}]*)\}(.*)$/su.exec(one);
      if (group === null) return [one];
      const [, before = "", inside = "", after = ""] = group;
      return inside.split(",").map((part) => `${before}${part}${after}`);
    });
    if (next.length > MAX_EXPANDED) return undefined;
    if (next.length === open.length && next.every((one, i) => one === open[i])) return next;
    open = next;
  }
}

/** What of a set-up went wrong, in a sentence; undefined where nothing did. */
export function setupTrouble(setup: Setup | null): string | undefined {
  const failed = setup?.steps.filter((step) => step.outcome === "failed") ?? [];
  if (failed.length === 0) return undefined;
  return `The set-up of its worktree failed: ${failed.map(({ name, reason }) => `${name} (${reason ?? "no reason given"})`).join(", ")}.`;
}

/** Output of one failed command a worker is shown, in characters from its end. */
const TOLD_OUTPUT = 2_000;

/** What a worker has to know of the set-up of its worktree; empty where all of it went through. */
export function describeSetupTrouble(setup: Setup | null): string {
  const steps = setup?.steps ?? [];
  if (!steps.some((step) => step.outcome === "failed")) return "";
  const missing = steps.filter((step) => step.outcome !== "done");
  return [
    "The set-up of your worktree did not go through. Do with what there is, and say in your report what could not be checked for it:",
    ...missing.map(({ name, outcome, reason, output = "" }) => {
      const line = `- ${outcome}: ${name} (${reason ?? "no reason given"})`;
      if (outcome !== "failed" || output.trim() === "") return line;
      const end = output.trimEnd().slice(-TOLD_OUTPUT);
      const cut = end.length < output.trimEnd().length ? "…" : "";
      return `${line}. The end of its output:\n${cut}${end}`;
    }),
  ].join("\n");
}

/** In a line: `set up in 1.4 s: node_modules, .env; skipped: vendor (is there already)`. */
export function describeSetup({ steps, durationMs }: Setup): string {
  const done = steps
    .filter((step) => step.outcome === "done")
    .map((step) => (step.reason === undefined ? step.name : `${step.name} (${step.reason})`));
  const rest = steps.filter((step) => step.outcome !== "done");
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    `set up in ${seconds} s${done.length === 0 ? "" : `: ${done.join(", ")}`}`,
    ...rest.map((step) => `${step.outcome}: ${step.name} (${step.reason ?? "no reason given"})`),
  ].join("; ");
}
