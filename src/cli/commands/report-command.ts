import { plain } from "../../core/plain";
import { pullRequestText } from "../../core/review/pull-request";
import { writeRunReport } from "../../core/run-report";
import { toRunView } from "../../core/state/view";
import { openRepository } from "../../git/repository";
import { chooseRun, readRun } from "../../run/log/store";
import type { Command } from "../command";
import { EXIT } from "../exit";
import type { Terminal } from "../terminal";
import { writeOutput } from "../write-output";

/** `braid report [RUN] [-o FILE]`: a run as a Markdown document. Reads logs only; works while another process owns the run. */
export async function runReport(command: Extract<Command, { name: "report" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const state = await readRun(repo, await chooseRun(repo, command.run));
  const view = toRunView(state);
  const { title, body } = pullRequestText(view);
  const text = command.pullRequest === true ? `${plain(title)}\n\n${body}` : writeRunReport(view);
  if (command.output === undefined) {
    terminal.out(text.trimEnd());
    return EXIT.done;
  }
  await writeOutput(terminal.cwd, command.output, text);
  terminal.out(`Written to ${command.output}.`);
  return EXIT.done;
}
