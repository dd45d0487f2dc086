import { BraidError, failure } from "../../core/failure";
import { findingsOf } from "../../core/findings";
import { plain } from "../../core/plain";
import { acceptOrder, overlapsNow } from "../../core/review/radar";
import type { RunState } from "../../core/state/state";
import { toRunView, type RunView } from "../../core/state/view";
import { openRepository } from "../../git/repository";
import { latestFirst, readRuns, type StoredRun } from "../../run/log/store";
import type { Command } from "../command";
import { EXIT } from "../exit";
import { followStatus } from "../follow-status";
import { nextSteps } from "../next-steps";
import { describeOwner, withoutOwner } from "../owner-text";
import { describeRun } from "../text";
import type { Terminal } from "../terminal";

/** `braid status [RUN] [--json] [--follow]`. Reads logs only; works while another process owns the run. */
export async function runStatus(command: Extract<Command, { name: "status" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const ids = await latestFirst(repo);
  const wanted = command.run === undefined ? ids : ids.filter((id) => id === command.run);
  if (command.run !== undefined && wanted.length === 0)
    throw new BraidError(
      failure("run.unknown", `There is no run "${command.run}" in this repository.`, {
        hint: "See `braid status` for the runs there are.",
      }),
    );
  if (command.follow) return followStatus(repo, wanted[0], command.json, terminal);
  // Of earlier runs people are told the ids alone, for which no log need be read.
  const chosen = await readRuns(repo, command.json ? wanted : wanted.slice(0, 1));
  if (command.json) {
    terminal.out(
      JSON.stringify({
        runs: chosen.map((run) =>
          "state" in run
            ? {
                ...withFindings(toRunView(run.state)),
                owner: run.owner,
                ...(run.damage === "" ? {} : { damage: run.damage }),
              }
            : run,
        ),
      }),
    );
    return EXIT.done;
  }
  const latest = chosen[0];
  if (latest === undefined) terminal.out('No runs yet. Start one: braid run --goal "…"');
  else for (const line of linesFor(latest)) terminal.out(line);
  if (wanted.length > 1) terminal.out(`\nEarlier runs: ${wanted.slice(1).join(", ")}`);
  return EXIT.done;
}

function linesFor(run: StoredRun): readonly string[] {
  if (!("state" in run)) return [plain(`Run ${run.id}: ${run.problem}`)];
  const view = toRunView(run.state);
  const owner = describeOwner(view, run.owner);
  return [
    describeRun(run.owner === null ? withoutOwner(view) : view, Date.now()),
    ...overlapLines(run.state),
    ...(owner === undefined ? [] : [plain(owner)]),
    ...nextSteps(view, run.owner !== null),
    ...(run.damage === "" ? [] : [`Its log is damaged: ${run.damage}. What is left agrees with itself.`]),
  ];
}

/** The view, and what was found in all of it, as one list for programs. */
function withFindings(view: RunView) {
  return { ...view, findings: findingsOf(view) };
}

/** What results that wait do to each other, and in which order they go in best. */
function overlapLines(state: RunState): readonly string[] {
  const overlaps = overlapsNow(state);
  if (overlaps.length === 0) return [];
  return [
    ...overlaps.map(({ a, b, kind, files }) =>
      plain(`  ${a} and ${b} ${kind === "conflict" ? "conflict in" : "both change"} ${files.join(", ")}`),
    ),
    plain(`  Accept in this order: ${acceptOrder(state).join(", ")}`),
  ];
}
