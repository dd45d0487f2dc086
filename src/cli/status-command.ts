import { BraidError, failure } from "../core/failure";
import { toRunView } from "../core/view";
import { openRepository, type Repository } from "../git/repository";
import { followRun } from "../run/follow";
import { listRuns, type StoredRun } from "../run/store";
import type { Command } from "./arguments";
import { printEvent } from "./drive";
import { EXIT } from "./exit";
import { describeOwner } from "./owner-text";
import { describeRun, plain } from "./text";
import type { Terminal } from "./terminal";

/** `braid status [RUN] [--json] [--follow]`. Reads logs only; works while another process owns the run. */
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
  if (command.follow) return followStatus(repo, chosen[0]?.id, command.json, terminal);
  if (command.json) {
    terminal.out(
      JSON.stringify({
        runs: chosen.map((run) =>
          "state" in run
            ? { ...toRunView(run.state), owner: run.owner, ...(run.damage === "" ? {} : { damage: run.damage }) }
            : run,
        ),
      }),
    );
    return EXIT.done;
  }
  const latest = chosen[0];
  if (latest === undefined) terminal.out('No runs yet. Start one: braid run --goal "…"');
  else for (const line of linesFor(latest)) terminal.out(line);
  if (chosen.length > 1)
    terminal.out(
      `\nEarlier runs: ${chosen
        .slice(1)
        .map((run) => run.id)
        .join(", ")}`,
    );
  return EXIT.done;
}

function linesFor(run: StoredRun): readonly string[] {
  if (!("state" in run)) return [plain(`Run ${run.id}: ${run.problem}`)];
  const view = toRunView(run.state);
  const owner = describeOwner(view, run.owner);
  return [
    describeRun(view, Date.now()),
    ...(owner === undefined ? [] : [plain(owner)]),
    ...(run.damage === "" ? [] : [`Its log is damaged: ${run.damage}. What is left agrees with itself.`]),
  ];
}

/** Prints what happens in a run until its owner is gone, or Ctrl+C. */
async function followStatus(
  repo: Repository,
  id: string | undefined,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const stop = new AbortController();
  const forget = terminal.onInterrupt(() => stop.abort());
  try {
    if (id === undefined) return EXIT.done;
    for await (const { state, events, owner } of followRun(repo, id, stop.signal)) {
      const view = toRunView(state);
      for (const recorded of events) printEvent(recorded, { view, json, terminal });
      if (owner !== null) continue;
      if (!json)
        terminal.out(`\n${[describeRun(view, Date.now()), describeOwner(view, null)].filter(Boolean).join("\n")}`);
      return EXIT.done;
    }
    return EXIT.cancelled;
  } finally {
    forget();
  }
}
