import { BraidError, failure } from "../core/failure";
import { findingsOf } from "../core/findings";
import { toRunView, type RunView } from "../core/view";
import { openRepository } from "../git/repository";
import { listRuns } from "../run/store";
import type { Command } from "./arguments";
import { EXIT } from "./exit";
import { describeRun } from "./text";
import type { Terminal } from "./terminal";

/** `braid status [RUN] [--json]`. Reads logs only; works while another process owns the run. */
export async function runStatus(command: Extract<Command, { name: "status" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const all = await listRuns(repo);
  const chosen = command.run === undefined ? all : all.filter((run) => run.id === command.run);
  if (command.run !== undefined && chosen.length === 0)
    throw new BraidError(
      failure("run.unknown", `There is no run "${command.run}" in this repository.`, {
        hint: "See `braid status` for the runs there are.",
      }),
    );
  if (command.json) {
    terminal.out(
      JSON.stringify({ runs: chosen.map((run) => ("state" in run ? withFindings(toRunView(run.state)) : run)) }),
    );
    return EXIT.done;
  }
  const latest = chosen[0];
  if (latest === undefined) terminal.out('No runs yet. Start one: braid run --goal "…"');
  else
    terminal.out(
      "state" in latest ? describeRun(toRunView(latest.state), Date.now()) : `Run ${latest.id}: ${latest.problem}`,
    );
  if (chosen.length > 1)
    terminal.out(
      `\nEarlier runs: ${chosen
        .slice(1)
        .map((run) => run.id)
        .join(", ")}`,
    );
  return EXIT.done;
}

/** The view, and what was found in all of it, as one list for programs. */
function withFindings(view: RunView) {
  return { ...view, findings: findingsOf(view) };
}
