import { answersTo, describeRequest, type Approval, type ApprovalAnswer } from "../core/approval";
import type { AskPolicy } from "./run-flags";
import { BraidError, toFailure } from "../core/failure";
import { plain } from "../core/plain";
import type { Run } from "../run/run";
import type { Disposable } from "../util/disposable";
import { inTurn } from "../util/in-turn";
import type { Terminal } from "./terminal";

/** What the terminal's letters mean. */
const LETTERS: Readonly<Record<string, ApprovalAnswer>> = { o: "once", r: "run", a: "repository", n: "deny" };
const WORDS: Readonly<Record<ApprovalAnswer, string>> = {
  once: "[o]nce",
  run: "for this [r]un",
  repository: "[a]lways in this repository",
  deny: "[N]o",
};

/** Which requests this command line answers at all. */
export function canApprove(
  terminal: Terminal,
  { allowSetup, allowHooks, ask: policy }: ApprovalFlags = {},
): (about: Approval["about"]) => boolean {
  if (policy === "wait") return () => true;
  return (about) =>
    terminal.interactive || (about === "setup" && allowSetup === true) || (about === "hooks" && allowHooks === true);
}

/** What decides how a request is put, and whether at all. */
export interface ApprovalFlags {
  readonly allowSetup?: boolean | undefined;
  readonly allowHooks?: boolean | undefined;
  /** Requests wait for `braid allow`, as questions do for `braid answer`. */
  readonly ask?: AskPolicy | undefined;
  /** Events go out as JSON, so what is asked has not been printed for people yet. */
  readonly json?: boolean;
}

/**
 * Puts each request for approval before whoever sits at the terminal, with the whole command in sight, until disposed.
 * `--allow-setup` answers for set-up commands, which run in the sandbox, and `--allow-hooks` for hooks, unless what goes in
 * changes them; nothing answers for others.
 */
export function answerApprovals(run: Run, terminal: Terminal, flags: ApprovalFlags): Disposable {
  const inOrder = inTurn();
  const stop = new AbortController();
  const asking = new Map<string, AbortController>();
  const isWaiting = (key: string) =>
    !run.state().cancelled && run.state().approvals.some((one) => one.key === key && one.answer === null);
  const listener = run.onDidRecord(({ event }) => {
    // Somebody else may be faster, or whoever asked be gone.
    for (const [key, open] of asking) if (!isWaiting(key)) open.abort();
    if (event.type !== "approval.requested" || event.remembered === true) return;
    const { key, about } = event;
    const answered = answerFor(event, terminal, flags);
    if (answered !== undefined) return answer(key, answered);
    if (flags.ask === "wait") return terminal.error(toldElsewhere(run.id, event, flags));
    void inOrder(async () => {
      if (!isWaiting(key)) return;
      if (flags.json === true) terminal.error(describeRequest(event));
      const own = new AbortController();
      asking.set(key, own);
      try {
        answer(key, await ask(about, terminal, AbortSignal.any([stop.signal, own.signal])));
      } catch (error) {
        if (!own.signal.aborted && !stop.signal.aborted) terminal.error(plain(toFailure(error).message));
      } finally {
        asking.delete(key);
      }
    });
  });
  const answer = (key: string, given: ApprovalAnswer): void =>
    void run.command({ type: "allow", key: key, answer: given }).catch((error: unknown) => {
      if (!(error instanceof BraidError && error.failure.code === "run.state"))
        terminal.error(plain(toFailure(error).message));
    });
  return {
    dispose() {
      listener.dispose();
      stop.abort();
    },
  };
}

/** What the flags say to a request; undefined where somebody is to be asked. */
function answerFor(
  { about, changed = [] }: Omit<Approval, "answer">,
  terminal: Terminal,
  flags: ApprovalFlags,
): ApprovalAnswer | undefined {
  if (about === "setup" && flags.allowSetup === true) return "run";
  if (about !== "hooks" || flags.allowHooks !== true) return undefined;
  if (changed.length === 0) return "once";
  if (terminal.interactive || flags.ask === "wait") return undefined;
  terminal.error(`--allow-hooks is not for hooks that the result changes: ${plain(changed.join(", "))}.`);
  return "deny";
}

function toldElsewhere(run: string, asked: Omit<Approval, "answer">, { json }: ApprovalFlags): string {
  const answers = `Answer it: braid allow ${run} ${asked.key}, or braid deny ${run} ${asked.key}`;
  return json === true ? `${describeRequest(asked)}\n${answers}` : answers;
}

async function ask(about: Approval["about"], terminal: Terminal, signal: AbortSignal): Promise<ApprovalAnswer> {
  const answers = answersTo(about);
  const given = await terminal.ask(`Allow? ${answers.map((answer) => WORDS[answer]).join(", ")}: `, signal);
  const answer = LETTERS[given.trim().toLowerCase()] ?? "deny";
  return answers.includes(answer) ? answer : "deny";
}
