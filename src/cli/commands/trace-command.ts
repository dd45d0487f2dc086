import { BraidError } from "../../core/failure";
import { openRepository } from "../../git/repository";
import { chooseRun, readEvents } from "../../run/log/store";
import { exportTrace } from "../../run/log/trace-file";
import { traceSettings } from "../../trace/target";
import type { Command } from "../command";
import { EXIT } from "../exit";
import type { Terminal } from "../terminal";
import { writeOutput } from "../write-output";

/** `braid trace [RUN] [-o FILE] [--otlp URL]`: a run as spans, from its log alone; works while another process owns the run. */
export async function runTrace(
  command: Extract<Command, { readonly name: "trace" }>,
  terminal: Terminal,
): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const run = await chooseRun(repo, command.run);
  const stop = new AbortController();
  const done = terminal.onInterrupt(() => stop.abort());
  try {
    const { text, spans, failure } = await exportTrace(repo, run, {
      events: await readEvents(repo, run),
      settings: traceSettings(terminal.env),
      ...(command.otlp === undefined ? {} : { address: command.otlp }),
      signal: stop.signal,
    });
    if (command.output !== undefined) {
      await writeOutput(terminal.cwd, command.output, text);
      terminal.out(`${spans} spans written to ${command.output}.`);
    }
    if (failure !== undefined) throw new BraidError(failure);
    if (command.otlp !== undefined) terminal.out(`${spans} spans sent.`);
    if (command.output === undefined && command.otlp === undefined) terminal.out(text.trimEnd());
    return EXIT.done;
  } finally {
    done();
  }
}
