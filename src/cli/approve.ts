import { answersTo, describeRequest, type Approval, type ApprovalAnswer } from "../core/approval";
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
  { allowSetup = false, allowHooks = false }: Pick<ApprovalFlags, "allowSetup" | "allowHooks"> = {},
): (about: Approval["about"]) => boolean {
  return (about) => terminal.interactive || (about === "setup" && allowSetup) || (about === "hooks" && allowHooks);
}

/** What decides how a request is put, and whether at all. */
export interface ApprovalFlags {
  readonly allowSetup?: boolean | undefined;
  readonly allowHooks?: boolean | undefined;
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
  const isWaiting = (key: string) =>
    !run.state().cancelled && run.state().approvals.some((one) => one.key === key && one.answer === null);
  const listener = run.onDidRecord(({ event }) => {
    if (event.type !== "approval.requested" || event.remembered === true) return;
    const { key, about } = event;
    if (about === "setup" && flags.allowSetup === true) return answer(key, "run");
    if (about === "hooks" && flags.allowHooks === true) {
      const { changed = [] } = event;
      if (changed.length === 0) return answer(key, "once");
      if (!terminal.interactive) {
        terminal.error(`--allow-hooks is not for hooks that the result changes: ${plain(changed.join(", "))}.`);
        return answer(key, "deny");
      }
    }
    void inOrder(async () => {
      // It may have been answered, or its worker stopped, while another question was open.
      if (!isWaiting(key)) return;
      if (flags.json === true) terminal.error(describeRequest(event));
      answer(key, await ask(about, terminal, stop.signal));
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) terminal.error(toFailure(error).message);
    });
  });
  const answer = (key: string, given: ApprovalAnswer): void =>
    void run.command({ type: "allow", key: key, answer: given }).catch((error: unknown) => {
      if (!(error instanceof BraidError && error.failure.code === "run.state"))
        terminal.error(toFailure(error).message);
    });
  return {
    dispose() {
      listener.dispose();
      stop.abort();
    },
  };
}

async function ask(about: Approval["about"], terminal: Terminal, signal: AbortSignal): Promise<ApprovalAnswer> {
  const answers = answersTo(about);
  const given = await terminal.ask(`Allow? ${answers.map((answer) => WORDS[answer]).join(", ")}: `, signal);
  const answer = LETTERS[given.trim().toLowerCase()] ?? "deny";
  return answers.includes(answer) ? answer : "deny";
}
