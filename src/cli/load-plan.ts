import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import type { Plan } from "../core/plan";
import { formatDiagnostic, readPlanFile } from "../core/plan-file";
import type { Terminal } from "./terminal";

/** Reads a plan file and prints its diagnostics; null when one is an error. Throws `plan.unreadable`. */
export async function loadPlan(file: string, terminal: Terminal): Promise<Plan | null> {
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw new BraidError(
      failure("plan.unreadable", `The plan file ${file} cannot be read.`, { hint: "Check the path." }),
      { cause: error },
    );
  });
  const { plan, diagnostics } = readPlanFile(text);
  for (const diagnostic of diagnostics) terminal.error(formatDiagnostic(file, diagnostic));
  return plan ?? null;
}
