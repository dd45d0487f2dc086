import { resolve } from "node:path";
import { reviewGoal } from "../core/plan/pattern-plan";
import type { PatternChoice } from "../core/plan/patterns";
import { readHead } from "../git/repository";
import type { RunPorts } from "../run/ports";
import { hasLocalChanges, resolveScope } from "../run/attempt/scope";
import type { PatternWords } from "./pattern-words";
import type { Terminal } from "./terminal";

/** The goal and pattern of a run as the words of a command line mean them. Throws `scope.invalid`, and what HEAD throws. */
export async function patternStart(
  ports: RunPorts,
  words: { readonly goal: string | undefined; readonly pattern?: PatternWords },
  terminal: Terminal,
): Promise<{ readonly goal: string; readonly pattern?: PatternChoice }> {
  const { goal, pattern } = words;
  if (pattern === undefined) return { goal: goal ?? "" };
  const { name, against, folder } = pattern;
  if (against === undefined && folder === undefined) return { goal: goal ?? "", pattern: { name } };
  const head = await readHead(ports.repo);
  const scope = await resolveScope(ports.repo, head.commit, {
    against,
    folder: folder === undefined ? undefined : resolve(terminal.cwd, folder),
  });
  if (name === "review" && (await hasLocalChanges(ports.repo)))
    terminal.error("Local changes are not part of the review: only what is committed is looked at.");
  return { goal: goal ?? reviewGoal({ against, folder: scope.folder }), pattern: { name, scope } };
}
