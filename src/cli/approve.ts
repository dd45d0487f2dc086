import { answersTo, describeRequest, type Approval, type ApprovalAnswer } from "../core/approval";
import { toFailure } from "../core/failure";
import type { Run } from "../run/run";
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
export function canApprove(terminal: Terminal, allowSetup: boolean): (about: Approval["about"]) => boolean {
  return (about) => terminal.interactive || (about === "setup" && allowSetup);
}

/** What decides how a request is put, and whether at all. */
export interface ApprovalFlags {
  readonly allowSetup?: boolean;
  /** Events go out as JSON, so what is asked has not been printed for people yet. */
  readonly json?: boolean;
}

/**
 * Puts each request for approval before whoever sits at the terminal, one after the other, with the whole command in
 * sight. `--allow-setup` answers for set-up commands, which run in the sandbox; nothing answers for others.
 */
export function answerApprovals(run: Run, terminal: Terminal, flags: ApprovalFlags): void {
  const asking = inTurn();
  run.onDidRecord(({ event }) => {
    if (event.type !== "approval.requested" || event.remembered === true) return;
    const { type: _type, ...asked } = event;
    void asking(async () => {
      // It may have been answered, or its worker stopped, while another question was open.
      const waiting = run.state().approvals.some((one) => one.key === asked.key && one.answer === null);
      if (!waiting || run.state().cancelled) return;
      const isAllowed = asked.about === "setup" && flags.allowSetup === true;
      if (flags.json === true && !isAllowed) terminal.error(describeRequest(asked));
      await run.answerApproval(asked.key, isAllowed ? "run" : await ask(asked.about, terminal));
    }).catch((error: unknown) => terminal.error(toFailure(error).message));
  });
}

async function ask(about: Approval["about"], terminal: Terminal): Promise<ApprovalAnswer> {
  const answers = answersTo(about);
  const given = await terminal.ask(`Allow? ${answers.map((answer) => WORDS[answer]).join(", ")}: `);
  const answer = LETTERS[given.trim().toLowerCase()] ?? "deny";
  return answers.includes(answer) ? answer : "deny";
}
