import type { AmendmentPolicy } from "../core/amendment/amendment-policy";
import { BraidError, describeFailure } from "../core/failure";
import type { Run } from "../run/run";
import { amendmentLines } from "./amendment-text";
import { plain } from "../core/plain";
import { confirmMeanwhile } from "./confirm";
import type { Terminal } from "./terminal";

/** What another process may have done about an amendment while it is asked about here. */
const SETTLE = ["plan.amended", "amendment.declined"] as const;

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
  const confirm = (question: string) => confirmMeanwhile(run, question, terminal, SETTLE);
  const amends = apply || (open.problem === null && (await confirm("Amend the plan like this?")));
  if (amends === undefined) return true;
  const declines = !amends && (await confirm("Decline it, then? Otherwise it waits."));
  if (declines === undefined) return true;
  if (!amends && !declines) return false;
  try {
    await (amends ? run.amendments.approve(open.number) : run.amendments.decline(open.number, ""));
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
