import { visibleText } from "./visible";

/** What a user says to a request; a refusal holds for the run. */
export type ApprovalAnswer = "once" | "run" | "repository" | "deny";

/** Commands that wait, or waited, for the user's word. */
export interface Approval {
  /** Hash of exactly what is asked for; another command or other content has another key. */
  readonly key: string;
  /** Whose command it is; null for the set-up of all worktrees. */
  readonly subtask: string | null;
  /** Set-up commands come from the repository and run in the sandbox; a command is a worker's, where there is none. */
  readonly about: "setup" | "command";
  /** Where the commands come from, for people. */
  readonly source: string;
  readonly commands: readonly string[];
  readonly answer: ApprovalAnswer | null;
}

/** A request, or the word on one. */
type ApprovalEvent =
  | (Omit<Approval, "answer"> & { readonly remembered?: true })
  | { readonly key: string; readonly answer: ApprovalAnswer };

/** Folds one into the list; a request that comes again waits again. */
export function foldApprovals(approvals: readonly Approval[], event: ApprovalEvent): readonly Approval[] {
  if ("answer" in event)
    return approvals.map((one) => (one.key === event.key ? { ...one, answer: event.answer } : one));
  const { key, subtask, about, source, commands, remembered } = event;
  const answer = remembered === true ? "repository" : null;
  return [...approvals.filter((one) => one.key !== key), { key, subtask, about, source, commands, answer }];
}

/** The list when a subtask's attempt has ended: nobody waits for its answers any more. */
export function withoutWaiting(approvals: readonly Approval[], subtask: string): readonly Approval[] {
  const kept = approvals.filter((one) => one.subtask !== subtask || one.answer !== null);
  return kept.length === approvals.length ? approvals : kept;
}

/** Answers a request may get: a set-up is of the whole run, so it cannot be allowed once. */
export function answersTo(about: Approval["about"]): readonly ApprovalAnswer[] {
  return about === "setup" ? ["run", "repository", "deny"] : ["once", "run", "repository", "deny"];
}

/** What is being asked, in a sentence; the commands are shown beside it. */
export function questionOf({ about, subtask, source }: Pick<Approval, "about" | "subtask" | "source">): string {
  return about === "setup"
    ? `Set every worktree up with the commands of ${source}? They run in the sandbox.`
    : `"${subtask ?? "A worker"}" wants to run a command with your rights: there is no sandbox here.`;
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
  const lines = asked.commands.flatMap((command) => shownCommand(command).split("\n"));
  return [shownCommand(questionOf(asked)), ...lines.map((line) => `    ${line}`)].join("\n");
}
