import { assertNever } from "../util/assert-never";
import { visibleText } from "./visible";

/** What a user says to a request; a refusal holds for the run. */
export type ApprovalAnswer = "once" | "run" | "repository" | "deny";

/** Commands that wait, or waited, for the user's word. */
export interface Approval {
  /** Hash of exactly what is asked for; another command or other content has another key. */
  readonly key: string;
  /** Whose command it is, or whose result goes in or out; null for the set-up of all worktrees. */
  readonly subtask: string | null;
  /**
   * Set-up commands come from the repository and run in the sandbox; a command is a worker's, where there is none. Hooks are
   * the user's, or the repository's, and run with a commit that the user keeps.
   */
  readonly about: "setup" | "command" | "hooks";
  /** Where the commands come from, for people. */
  readonly source: string;
  readonly commands: readonly string[];
  /** Of hooks: files with a say in them that what goes in changes. */
  readonly changed?: readonly string[];
  readonly answer: ApprovalAnswer | null;
}

/** Facts of what the user is asked to allow. */
export type ApprovalEvent =
  /** Somebody has to allow these commands before they run; `remembered` where this repository's user has done so before. */
  | ({ readonly type: "approval.requested"; readonly remembered?: true } & Omit<Approval, "answer">)
  | { readonly type: "approval.answered"; readonly key: string; readonly answer: ApprovalAnswer }
  /** Who asked waits no longer, or the user takes their word back. */
  | { readonly type: "approval.withdrawn"; readonly key: string };

/** What a user may say about approvals. */
export type ApprovalCommand =
  | { readonly type: "allow"; readonly key: string; readonly answer: ApprovalAnswer }
  /** Takes a word back that was given in this run; the next time it is asked for anew. */
  | { readonly type: "forget-approval"; readonly key: string };

/** Folds one into the list; a request that comes again waits again. */
export function foldApprovals(approvals: readonly Approval[], event: ApprovalEvent): readonly Approval[] {
  switch (event.type) {
    case "approval.requested": {
      const { type: _type, remembered, ...asked } = event;
      const answer = remembered === true ? "repository" : null;
      return [...approvals.filter((one) => one.key !== event.key), { ...asked, answer }];
    }
    case "approval.answered":
      return approvals.map((one) => (one.key === event.key ? { ...one, answer: event.answer } : one));
    case "approval.withdrawn":
      return approvals.filter((one) => one.key !== event.key);
    default:
      return assertNever(event);
  }
}

/** What follows from a user's word, or why it is refused. */
export function decideApproval(
  approvals: readonly Approval[],
  command: ApprovalCommand,
): ApprovalEvent | { readonly refused: string } {
  const known = approvals.find((one) => one.key === command.key);
  if (command.type === "forget-approval") {
    if (known === undefined) return { refused: "This run knows of no such word." };
    if (known.answer === null) return { refused: "It still waits for your word: deny it instead." };
    return { type: "approval.withdrawn", key: command.key };
  }
  if (known === undefined || known.answer !== null) return { refused: "Nothing waits for this answer any more." };
  if (!answersTo(known.about).includes(command.answer))
    return { refused: `A set-up is allowed for the run or for the repository, not "${command.answer}".` };
  return { type: "approval.answered", key: command.key, answer: command.answer };
}

/** The list when a subtask's attempt has ended: nobody waits for its answers any more. */
export function withoutWaiting(approvals: readonly Approval[], subtask: string): readonly Approval[] {
  const kept = approvals.filter((one) => one.subtask !== subtask || one.answer !== null);
  return kept.length === approvals.length ? approvals : kept;
}

/** Words a user has given in a run that hold for what comes: the newest last. */
export function wordsGiven(approvals: readonly Approval[]): readonly Approval[] {
  return approvals.filter(({ answer, about }) => answer === "run" || (answer === "deny" && about !== "hooks"));
}

/** Answers a request may get: a set-up is of the whole run, so it cannot be allowed once. */
export function answersTo(about: Approval["about"]): readonly ApprovalAnswer[] {
  return about === "setup" ? ["run", "repository", "deny"] : ["once", "run", "repository", "deny"];
}

/** What is being asked, in a sentence; the commands are shown beside it. */
export function questionOf(asked: Pick<Approval, "about" | "subtask" | "source" | "changed">): string {
  const { about, subtask, source, changed = [] } = asked;
  switch (about) {
    case "setup":
      return `Set every worktree up with the commands of ${source}? They run in the sandbox.`;
    case "command":
      return `"${subtask ?? "A worker"}" wants to run a command with your rights: there is no sandbox here.`;
    case "hooks": {
      const touched = changed.length === 0 ? "" : ` What goes in changes ${changed.join(", ")}, which they run.`;
      return `Run the commit hooks of ${source} for "${subtask ?? "a result"}"? They run with your rights.${touched}`;
    }
    default:
      return assertNever(about);
  }
}

/** Long runs of blanks push the end of a command out of sight. */
const MANY_BLANKS = /[ ]{8,}/gu;

/**
 * A command as it is put before a user: all of it, with everything that could hide a part of it made visible. Lines
 * stay lines.
 */
export function shownCommand(command: string): string {
  return command
    .split("\n")
    .map((line) =>
      visibleText(line, "code")
        .replaceAll("\t", "⟨tab⟩")
        .replace(MANY_BLANKS, (blanks) => `⟨${blanks.length} blanks⟩`),
    )
    .join("\n");
}

/** The question and every command, in full, as lines of text that hide nothing. */
export function describeRequest(asked: Omit<Approval, "answer">): string {
  const lines = asked.commands.flatMap((command, i) => [
    // Of hooks each is a file of its own.
    ...(asked.about === "hooks" && i > 0 ? [""] : []),
    ...shownCommand(command).split("\n"),
  ]);
  return [shownCommand(questionOf(asked)), ...lines.map((line) => `    ${line}`)].join("\n");
}
