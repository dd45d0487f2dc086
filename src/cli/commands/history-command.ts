import { ageText } from "../../core/age-text";
import { duration } from "../../core/clock-text";
import { ratesLines, resultsText, successRates, totalOf, type PastRun } from "../../core/history/past-run";
import { transcriptMarkdown } from "../../core/history/transcript-text";
import { plain } from "../../core/plain";
import { writePlanFile } from "../../core/plan/plan-text";
import { toRunView } from "../../core/state/view";
import { BraidError, failure } from "../../core/failure";
import { costText, totalTokens } from "../../core/usage";
import { openRepository } from "../../git/repository";
import { listTranscripts, readTranscript } from "../../run/history/read-transcript";
import { ownerOf } from "../../run/log/ownership";
import { chooseRun, listRunsInShort, readRun } from "../../run/log/store";
import type { Command } from "../command";
import { EXIT } from "../exit";
import { withoutOwner } from "../owner-text";
import { outText, type Terminal } from "../terminal";
import { describeRun } from "../text";

/** `braid history [--json]`: every run of the repository, and how well they went. Reads logs only. */
export async function runHistory(command: Extract<Command, { name: "history" }>, terminal: Terminal): Promise<number> {
  const now = Date.now();
  const stored = await listRunsInShort(await openRepository(terminal.cwd), now);
  const problems = stored.flatMap((run) => ("past" in run ? [] : [run]));
  const runs = stored.flatMap((run) => ("past" in run ? [run.past] : []));
  const rates = successRates(stored.flatMap((run) => ("past" in run ? run.outcomes : [])));
  if (command.json) {
    terminal.out(JSON.stringify({ runs, problems, rates }));
    return EXIT.done;
  }
  if (stored.length === 0) terminal.out('No runs yet. Start one: braid run --goal "…"');
  for (const run of runs) terminal.out(plain(lineOf(run, now)));
  for (const { id, problem } of problems) terminal.out(plain(`${id}  ${problem}`));
  if (runs.length > 0) {
    const total = totalOf(runs);
    const tokens = totalTokens(total).toLocaleString("en");
    terminal.out("");
    for (const line of ratesLines(rates)) terminal.out(line);
    terminal.out(
      `In all: ${runs.length === 1 ? "1 run" : `${runs.length} runs`}, ${tokens} tokens, ${costText(total, dollars)}`,
    );
  }
  return EXIT.done;
}

function lineOf(run: PastRun, now: number): string {
  const { id, goal, phase, createdAt, workedMs, usage } = run;
  const came = resultsText(run);
  const facts = [
    ageText(now - createdAt),
    duration(workedMs),
    costText(usage, dollars),
    ...(came === "" ? [] : [came]),
  ];
  return `${id}  ${phase.padEnd(9)}  ${facts.join(" · ")}  ${goal.split("\n", 1)[0]}`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** `braid show [RUN] [--plan | --transcript SUBTASK]`: one run, its plan, or what was said in it. Reads only. */
export async function runShow(command: Extract<Command, { name: "show" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const state = await readRun(repo, await chooseRun(repo, command.run));
  if (command.what === "plan") {
    if (state.plan === undefined) throw new BraidError(failure("run.state", `Run ${state.id} has no plan.`));
    outText(terminal, state.planText ?? writePlanFile(state.plan));
    return EXIT.done;
  }
  const files = await listTranscripts(repo, state);
  if (command.what === "run") {
    const owner = await ownerOf(repo, state.id).catch(() => undefined);
    const view = toRunView(state);
    terminal.out(describeRun(owner === undefined ? withoutOwner(view) : view, Date.now()));
    terminal.out("");
    if (state.plan !== undefined) terminal.out(`Plan: braid show ${state.id} --plan`);
    for (const { name, title } of files)
      terminal.out(plain(`Transcript of ${title}: braid show ${state.id} --transcript ${name}`));
    return EXIT.done;
  }
  // A subtask stands for its last attempt.
  const { transcript } = command.what;
  const file = files.find(({ name }) => name === transcript) ?? files.findLast(({ subtask }) => subtask === transcript);
  if (file === undefined)
    throw new BraidError(
      failure("run.unknown", `Run ${state.id} has no transcript of "${transcript}".`, {
        hint: `See \`braid show ${state.id}\` for those there are.`,
      }),
    );
  terminal.out(plain(transcriptMarkdown(file.title, await readTranscript(repo, state.id, file.name)).trimEnd()));
  return EXIT.done;
}
