import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import type { Gate } from "../core/gate/gate";
import type { Plan } from "../core/plan/plan";
import { checkPlanText } from "../core/plan/plan-check";
import { formatDiagnostic } from "../core/plan/plan-file";
import { plain } from "../core/plain";
import { openRepository, readHead, type Head, type Repository } from "../git/repository";
import { gateOptions } from "../run/planning/gate-options";
import { loadUserRoles } from "../run/attempt/user-roles";
import { pricesOf } from "./prices";
import type { Terminal } from "./terminal";

/** A plan from a file, and HEAD as its roles were looked for there; null where there is no repository. */
export interface LoadedPlan {
  readonly plan: Plan;
  readonly gate: Gate;
  readonly text: string;
  readonly head: Head | null;
}

/**
 * Reads and judges a plan file for the repository around the terminal and prints its diagnostics; null when one is an error.
 * Throws `plan.unreadable`; that there is no repository, whoever runs the plan will say.
 */
export async function loadPlan(
  file: string,
  {
    workers,
    terminal,
    repo = openRepository(terminal.cwd),
  }: { readonly workers: number; readonly terminal: Terminal; readonly repo?: Promise<Repository> },
): Promise<LoadedPlan | null> {
  repo.catch(() => undefined);
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw new BraidError(
      failure("plan.unreadable", `The plan file ${file} cannot be read.`, { hint: "Check the path." }),
      { cause: error },
    );
  });
  const [known, { roles, head }] = await Promise.all([
    pricesOf(terminal).then((prices) => gateOptions(repo, workers, prices)),
    rolesOf(repo),
  ]);
  const options = { ...known, knownRoles: roles };
  const { plan, gate, diagnostics } = checkPlanText(text, options);
  for (const diagnostic of diagnostics) terminal.error(plain(formatDiagnostic(file, diagnostic)));
  return plan === undefined || gate === undefined ? null : { plan, gate, text, head };
}

/** Names of the repository's own roles, and the HEAD they are of. */
async function rolesOf(
  opening: Promise<Repository>,
): Promise<{ readonly roles: readonly string[]; readonly head: Head | null }> {
  try {
    const repo = await opening;
    const head = await readHead(repo);
    return { roles: [...(await loadUserRoles(repo, head.commit)).keys()], head };
  } catch {
    return { roles: [], head: null };
  }
}
