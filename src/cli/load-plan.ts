import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import type { Gate } from "../core/gate/gate";
import type { Plan } from "../core/plan/plan";
import { checkPlanText } from "../core/plan/plan-check";
import { formatDiagnostic } from "../core/plan/plan-file";
import { plain } from "../core/plain";
import { openRepository, readHead } from "../git/repository";
import { gateOptions } from "../run/planning/gate-options";
import { loadUserRoles } from "../run/attempt/user-roles";
import { pricesOf } from "./prices";
import type { Terminal } from "./terminal";

/** Reads and judges a plan file and prints its diagnostics; null when one is an error. Throws `plan.unreadable`. */
export async function loadPlan(
  file: string,
  { workers, terminal }: { readonly workers: number; readonly terminal: Terminal },
): Promise<{ readonly plan: Plan; readonly gate: Gate; readonly text: string } | null> {
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw new BraidError(
      failure("plan.unreadable", `The plan file ${file} cannot be read.`, { hint: "Check the path." }),
      { cause: error },
    );
  });
  const [known, roles] = await Promise.all([
    pricesOf(terminal).then((prices) => gateOptions(terminal.cwd, workers, prices)),
    knownRoles(terminal),
  ]);
  const options = { ...known, knownRoles: roles };
  const { plan, gate, diagnostics } = checkPlanText(text, options);
  for (const diagnostic of diagnostics) terminal.error(plain(formatDiagnostic(file, diagnostic)));
  return plan === undefined || gate === undefined ? null : { plan, gate, text };
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
