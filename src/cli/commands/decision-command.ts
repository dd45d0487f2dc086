import { BraidError, describeFailure, failure } from "../../core/failure";
import { plain } from "../../core/plain";
import type { Selection } from "../../core/review/selection";
import { choicesOf } from "../../core/review/selection-words";
import { subtaskState } from "../../core/state/state";
import { withoutColours } from "../../core/visible";
import type { AcceptOptions } from "../../run/accept/accept";
import type { UndoOptions } from "../../run/accept/undo";
import { readAlong } from "../../run/accept/read-along";
import { readPassing } from "../../run/accept/read-passing";
import { readReview } from "../../run/accept/read-review";
import { Run } from "../../run/run";
import { chooseRun } from "../../run/log/store";
import { openRepository } from "../../git/repository";
import { customsOf, type AcceptFlags } from "../accept-flags";
import { answerApprovals } from "../approve";
import type { Command } from "../command";
import { printEvents } from "../drive";
import { EXIT, exitCodeOf } from "../exit";
import { openPortsWithoutModel } from "../ports";
import { stayingLine } from "../staying";
import type { Terminal } from "../terminal";

type Decision = Extract<Command, { name: "accept" | "reject" | "undo" | "redo" | "rebase" }>;

/** `braid accept`, `braid reject`, `braid undo`, `braid redo` and `braid rebase`. */
export async function runDecision(command: Decision, terminal: Terminal): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const hooks = command.name === "reject" || command.name === "rebase" ? {} : command;
  const run = await Run.open(await openPortsWithoutModel(terminal.cwd, terminal, hooks), id, (opened) => {
    if (command.json) printEvents(opened, true, terminal);
  });
  const forget = terminal.onInterrupt(() => run.abort());
  const approvals = answerApprovals(run, terminal, { ...hooks, json: true });
  try {
    run.holdWorkers();
    return await decide(run, command, terminal);
  } finally {
    approvals.dispose();
    await run.close();
    forget();
  }
}

const DONE = {
  reject: "rejected",
  undo: "undone",
  redo: "redone",
  rebase: "rebased; review it, then accept it",
} as const;

async function decide(run: Run, command: Decision, terminal: Terminal): Promise<number> {
  if (command.name === "accept") return accept(run, command, terminal);
  if (command.name === "reject") await run.reject(command.subtask, command.reason);
  else if (command.name === "rebase") await run.merges.rebase(command.subtask);
  else if (command.name === "redo") await run.merges.redo(command.subtask, customsOf(command));
  else await run.merges.undo(command.subtask, { customs: customsOf(command), part: await partOf(run, command) });
  if (!command.json) terminal.out(`${command.subtask} ${DONE[command.name]}.`);
  return EXIT.done;
}

async function accept(run: Run, command: Extract<Decision, { name: "accept" }>, terminal: Terminal): Promise<number> {
  const { subtask } = command;
  if (subtask === undefined) return acceptPassing(run, command, terminal);
  const dependencies = command.withDependencies ? await agreedAlong(run, subtask, terminal) : [];
  if (dependencies === undefined) return EXIT.waiting;
  await run.accept(subtask, {
    message: command.message,
    merge: command.merge,
    reason: command.reason,
    withDependencies: command.withDependencies,
    dependencies,
    customs: customsOf(command),
    ...(await choiceOf(run, subtask, command)),
  });
  if (!command.json) terminal.out(`${subtask} ${isStaged(run, subtask) ? "staged, for you to commit" : "accepted"}.`);
  return EXIT.done;
}

/** What goes along, agreed to where it would not pass; undefined where that was declined. Without anybody to ask it is refused by name. */
async function agreedAlong(run: Run, subtask: string, terminal: Terminal): Promise<AcceptOptions["dependencies"]> {
  const along = await readAlong(run.ports.repo, run.state(), subtask);
  const concerns = along.filter(({ concern }) => concern !== null);
  if (concerns.length === 0 || !terminal.interactive) return [];
  for (const each of concerns) terminal.error(plain(`${each.subtask} would go in along: ${each.concern ?? ""}`));
  return (await terminal.confirm("Accept all of them?")) ? along : undefined;
}

/** What of an accept is to go back; undefined for all of it. */
async function partOf(
  run: Run,
  { subtask, only, except }: Extract<Decision, { name: "undo" }>,
): Promise<UndoOptions["part"]> {
  if (only.length === 0 && except.length === 0) return undefined;
  const { files, base, commit } = await readReview(run.ports.repo, run.state(), subtask);
  const back = choicesOf(files, { only, except });
  if ("code" in back) throw new BraidError(back);
  return { base, commit, files: back, exact: only.length > 0 };
}

/** The files and hunks that were named, and what of executable configuration was. */
async function choiceOf(
  run: Run,
  subtask: string,
  { only, except, includeConfig }: AcceptFlags,
): Promise<Pick<AcceptOptions, "selection" | "config" | "marked">> {
  if (only.length === 0 && except.length === 0 && includeConfig.length === 0) return {};
  const { files, base, commit } = await readReview(run.ports.repo, run.state(), subtask);
  const choices = choicesOf(files, { only, except });
  if ("code" in choices) throw new BraidError(choices);
  const isOnly = (path: string) => only.some((word) => word === path || word.replace(/#[^#]*$/u, "") === path);
  const named = (path: string) => includeConfig.includes(path) || isOnly(path);
  const stranger = includeConfig.find((path) => !files.some((file) => file.path === path));
  if (stranger !== undefined)
    throw new BraidError(
      failure("selection.invalid", `The result does not change ${stranger}.`, {
        hint: "See the files with `braid review RUN SUBTASK`.",
      }),
    );
  const selection: Selection = { base, commit, files: choices };
  const config = files.flatMap(({ executable, path }) =>
    executable !== null && named(path) ? [{ path, blob: executable.blob }] : [],
  );
  const marked = files.map(({ path }) => path).filter(isOnly);
  return only.length === 0 && except.length === 0 ? { config } : { config, selection, marked };
}

async function acceptPassing(run: Run, { json, merge, ...hooks }: AcceptFlags, terminal: Terminal): Promise<number> {
  const { wishes, left } = await readPassing(run.ports.repo, run.state());
  if (!json) for (const each of left) terminal.out(stayingLine(run.id, each));
  const outcomes = await run.merges.acceptAll(
    wishes.map((wish) => ({ ...wish, customs: customsOf(hooks) })),
    undefined,
    merge,
  );
  let code: number = left.length === 0 ? EXIT.done : EXIT.waiting;
  for (const outcome of outcomes) {
    if (outcome.kind === "refused") code = exitCodeOf(outcome.failure.code);
    if (json) continue;
    const { subtask } = outcome;
    terminal.out(
      outcome.kind === "accepted"
        ? `${subtask} ${isStaged(run, subtask) ? "staged, for you to commit" : "accepted"}.`
        : plain(
            withoutColours(
              `${subtask} stays out: ${describeFailure(outcome.failure)}\n${outcome.failure.detail ?? ""}`,
            ),
          ).trim(),
    );
  }
  if (!json && outcomes.length === 0) terminal.out("There is nothing to accept.");
  return code;
}

function isStaged(run: Run, subtask: string): boolean {
  const decision = subtaskState(run.state(), subtask)?.decision;
  return decision?.kind === "accepted" && decision.how === "stage";
}
