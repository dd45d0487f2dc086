import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import type { Plan } from "../core/plan";
import { formatDiagnostic, readPlanFile } from "../core/plan-file";
import { openRepository, readHead } from "../git/repository";
import { loadUserRoles } from "../run/user-roles";
import type { Terminal } from "./terminal";

/** Reads a plan file and prints its diagnostics; null when one is an error. Throws `plan.unreadable`. */
export async function loadPlan(file: string, terminal: Terminal): Promise<Plan | null> {
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw new BraidError(
      failure("plan.unreadable", `The plan file ${file} cannot be read.`, { hint: "Check the path." }),
      { cause: error },
    );
  });
  const { plan, diagnostics } = readPlanFile(text, await knownRoles(terminal));
  for (const diagnostic of diagnostics) terminal.error(formatDiagnostic(file, diagnostic));
  return plan ?? null;
}

/** Names of the repository's own roles; none where there is no repository, which whoever runs the plan will say. */
async function knownRoles(terminal: Terminal): Promise<readonly string[]> {
  try {
    const repo = await openRepository(terminal.cwd);
    return [...(await loadUserRoles(repo, (await readHead(repo)).commit)).keys()];
  } catch {
    return [];
  }
}
