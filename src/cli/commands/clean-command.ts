import { chooseRuns, DEFAULT_AGE_MS } from "../../core/clean/choose-runs";
import { archivedLines, outcomeLine, previewLines } from "../../core/clean/clean-text";
import { bytesOf, needsArchive } from "../../core/clean/stock";
import { unknownRun } from "../../run/log/store";
import { cleanRuns } from "../../run/clean/clean-run";
import { forgetArchives, restoreRun } from "../../run/clean/restore-run";
import { takeStock } from "../../run/clean/take-stock";
import type { Command } from "../command";
import { EXIT, exitCodeOf } from "../exit";
import { openPortsWithoutModel } from "../ports";
import type { Terminal } from "../terminal";

/** `braid clean [RUN…] [--older-than AGE] [--keep N] [--size SIZE] [--archives] [--yes]`: tells what runs have left, and deletes it once confirmed. */
export async function runClean(command: Extract<Command, { name: "clean" }>, terminal: Terminal): Promise<number> {
  const ports = await openPortsWithoutModel(terminal.cwd, terminal);
  const stop = new AbortController();
  const forget = terminal.onInterrupt(() => stop.abort());
  try {
    const now = Date.now();
    const stock = await takeStock(ports.repo, ports.worktreeRoot, stop.signal);
    const unknown = command.wish.runs?.find((id) => stock.runs.every((run) => run.id !== id));
    if (unknown !== undefined) throw unknownRun(unknown);
    const choice = chooseRuns(stock.runs, command.wish, now);
    const ageMs = command.wish.olderThanMs ?? DEFAULT_AGE_MS;
    const archives = command.archives
      ? stock.archived.filter(({ archivedMs }) => Math.max(0, now - archivedMs) >= ageMs)
      : [];
    const count = choice.clean.length + archives.length;
    if (!command.json) {
      for (const line of previewLines(stock, choice, now)) terminal.out(line);
      if (archives.length > 0) terminal.out("Archives to be deleted for good:");
      for (const line of archivedLines(archives, now)) terminal.out(`  ${line}`);
    }
    const isConfirmed = count > 0 && (command.yes || (await mayDelete(command, terminal, count)));
    const outcomes = isConfirmed ? await cleanRuns(ports, choice.clean, { signal: stop.signal }) : [];
    if (isConfirmed && !stop.signal.aborted)
      await forgetArchives(
        ports,
        archives.map(({ id }) => id),
      );
    if (command.json)
      terminal.out(
        JSON.stringify({
          clean: choice.clean.map((run) => ({ ...run, bytes: bytesOf(run), archive: needsArchive(run) })),
          keep: choice.keep.map(({ run, why }) => ({ ...run, bytes: bytesOf(run), why })),
          archived: stock.archived,
          forget: archives.map(({ id }) => id),
          outcomes,
        }),
      );
    else {
      for (const outcome of outcomes) terminal.out(outcomeLine(outcome));
      if (!isConfirmed && count > 0)
        terminal.out(terminal.interactive ? "Nothing was deleted." : "Nothing was deleted; --yes deletes.");
    }
    if (stop.signal.aborted) return EXIT.cancelled;
    const left = outcomes.find((outcome) => outcome.kind === "left");
    return left?.kind === "left" ? exitCodeOf(left.failure.code) : EXIT.done;
  } finally {
    forget();
  }
}

async function mayDelete(
  { json }: Extract<Command, { name: "clean" }>,
  terminal: Terminal,
  count: number,
): Promise<boolean> {
  if (json || !terminal.interactive) return false;
  return terminal.confirm(`Delete ${count === 1 ? "this run" : `these ${count} runs`}?`);
}

/** `braid restore [RUN]`: brings an archived run back; without one tells which there are. */
export async function runRestore(command: Extract<Command, { name: "restore" }>, terminal: Terminal): Promise<number> {
  const ports = await openPortsWithoutModel(terminal.cwd, terminal);
  if (command.run === undefined) {
    const { archived } = await takeStock(ports.repo, ports.worktreeRoot, new AbortController().signal);
    if (command.json) terminal.out(JSON.stringify({ archived }));
    else if (archived.length === 0) terminal.out("No run is archived.");
    else for (const line of archivedLines(archived, Date.now())) terminal.out(line);
    return EXIT.done;
  }
  const restored = await restoreRun(ports, command.run);
  if (command.json) terminal.out(JSON.stringify(restored));
  else {
    terminal.out(`Run ${restored.run} is back: braid status ${restored.run}`);
    for (const ref of restored.snapshots) terminal.out(`What stood in a worktree of it: git show --stat ${ref}`);
  }
  return EXIT.done;
}
