import { BraidError, failure } from "../../core/failure";
import { transcriptText } from "../../core/transcript-text";
import { openRepository } from "../../git/repository";
import { readRun } from "../../run/log/store";
import { readTranscriptOf } from "../../run/log/transcript-files";
import type { Command } from "../command";
import { EXIT } from "../exit";
import type { Terminal } from "../terminal";

/** `braid transcript RUN SUBTASK`: what its agents said and did, as Markdown; works while another process owns the run. */
export async function runTranscript(
  { run, subtask }: Extract<Command, { readonly name: "transcript" }>,
  terminal: Terminal,
): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const state = await readRun(repo, run);
  const position = state.positions.get(subtask);
  if (position === undefined)
    throw new BraidError(
      failure("run.state", `There is no subtask "${subtask}" in ${run}.`, { hint: `See \`braid status ${run}\`.` }),
    );
  terminal.out(transcriptText(subtask, await readTranscriptOf(repo, run, position)).trimEnd());
  return EXIT.done;
}
