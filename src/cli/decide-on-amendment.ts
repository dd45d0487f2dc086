import type { AmendmentPolicy } from "../core/amendment";
import { BraidError, describeFailure } from "../core/failure";
import type { Run } from "../run/run";
import { amendmentLines } from "./amendment-text";
import { plain } from "../core/plain";
import type { Terminal } from "./terminal";

/** Asks about the amendment that waits, unless the flags have said. False means that it waits on. */
export async function decideOnAmendment(
  run: Run,
  flags: { readonly yes: boolean; readonly json: boolean; readonly amend: AmendmentPolicy | undefined },
  terminal: Terminal,
): Promise<boolean> {
  const { open } = run.view.amendments;
  if (open === null) return true;
  const apply = (flags.amend ?? (flags.yes ? "apply" : "ask")) === "apply";
  if (!apply && !terminal.interactive) {
    if (!flags.json)
      terminal.out(`\nThe amendment waits: braid amend ${run.id} --yes, or braid amend ${run.id} --decline.`);
    return false;
  }
  if (!apply && (open.problem !== null || !(await terminal.confirm("Amend the plan like this?")))) {
    if (!(await terminal.confirm("Decline it, then? Otherwise it waits."))) return false;
    await run.amendments.decline(open.number, "");
    return true;
  }
  try {
    await run.amendments.approve(open.number);
    return true;
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    // Another process may have decided while it was asked here.
    if (run.view.amendments.open?.number !== open.number) return true;
    terminal.error(plain(describeFailure(error.failure)));
    return false;
  }
}

/** Prints what waits for a decision, where the events that told it are long gone by. */
export function printAmendment(run: Run, terminal: Terminal): void {
  if (run.view.amendments.open !== null) for (const line of amendmentLines(run.view)) terminal.out(plain(line));
}
