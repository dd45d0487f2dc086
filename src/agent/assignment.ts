import type { Resolving } from "../core/state/events";
import type { Failure } from "../core/failure";
import type { LeftOut } from "../core/review/left-out";
import { objectiveOf, type Subtask } from "../core/plan/plan";
import { describeFinding, fieldOf, type Report } from "../core/report";
import { describeSetupTrouble, type Setup } from "../core/setup";
import type { Instructions } from "./instructions";
import { describeMaterial, type Material, NO_MATERIAL } from "./material";
import { describeScope, REVIEWER_DIFF_CHARS, type ScopeFacts } from "./scope-text";

/** Everything a worker is told about its subtask. Reports of its dependencies, never their transcripts. */
export interface Assignment {
  readonly subtask: Subtask;
  readonly attempt: number;
  /** Decisions every worker of the plan follows. */
  readonly constraints: readonly string[];
  readonly dependencies: readonly Dependency[];
  /** Names of the notes this subtask wrote in the attempts before. */
  readonly notes: readonly string[];
  /** Of the repository, for the files of this subtask. */
  readonly instructions: readonly Instructions[];
  /** What there is to look at; null where the plan names nothing. */
  readonly scope: ScopeFacts | null;
  /** What its description names. */
  readonly material?: Material;
  /** What the attempt before failed with. */
  readonly lastFailure: Failure | null;
  /** The user's note for this attempt. */
  readonly note: string | null;
  /** What was done to its worktree before it. */
  readonly setup?: Setup | null;
  /** What the user did not take of this or of what it rests on. */
  readonly leftOut?: readonly (LeftOut & { readonly subtask: string })[];
  /** A conflict this attempt starts from. */
  readonly resolving?: Resolving | null;
  /** The attempt whose result the worktree begins with, to be changed as the note says. */
  readonly beginsWith?: number | null;
  /** What the user has answered when the planner, or an attempt before, asked. */
  readonly answers?: readonly Answered[];
}

/** A question and what the user said to it. */
export interface Answered {
  readonly question: string;
  readonly answer: string;
}

/** The user's answers so far, so that nobody asks again; empty where there are none. */
export function describeAnswers(answers: readonly Answered[]): string {
  return list(
    "The user was asked and has answered",
    answers.map(({ question, answer }) => `${question} Answer: ${answer}`),
  );
}

/** What a worker is told of a subtask its own rests on. */
export interface Dependency {
  readonly id: string;
  readonly report: Report;
  /** Names of the notes it wrote. */
  readonly notes: readonly string[];
}

/** A worker's first message. The description stands in it verbatim and once. */
export function describeAssignment(a: Assignment): string {
  const { subtask } = a;
  const sections = [
    // The demo model reads subtask and attempt off this line.
    `Subtask: ${subtask.id} (attempt ${a.attempt})`,
    objectiveOf(subtask),
    list("Files you may change", subtask.files),
    list("Focus on", subtask.focus),
    list("Done when", subtask.acceptance),
    list("Checks that will be run", subtask.verify),
    list("Decisions to follow", a.constraints),
    describeAnswers(a.answers ?? []),
    output(subtask),
    describeMaterial(a.material ?? NO_MATERIAL),
    a.scope === null ? "" : describeScope(a.scope, REVIEWER_DIFF_CHARS),
    ...a.instructions.map(({ path, text }) => `Instructions of this repository (${path}):\n${text}`),
    ...a.dependencies.map(describeDependency),
    list("Notes you wrote in an attempt before (read_note)", a.notes),
    describeSetupTrouble(a.setup ?? null),
    a.lastFailure === null
      ? ""
      : `The attempt before this one failed: ${a.lastFailure.message}\n${a.lastFailure.detail ?? ""}`.trim(),
    a.note === null ? "" : `Note from the user: ${a.note}`,
    a.beginsWith == null
      ? ""
      : `Your worktree holds your result of attempt ${a.beginsWith}, without what was turned down. Change what is asked for and leave the rest as it is.`,
    describeLeftOut(a.leftOut ?? []),
    describeResolving(a.resolving ?? null),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** Parts named at most; a long list teaches no more. */
const MAX_LEFT_OUT = 20;

function describeLeftOut(parts: NonNullable<Assignment["leftOut"]>): string {
  if (parts.length === 0) return "";
  const shown = parts.slice(0, MAX_LEFT_OUT).map(({ subtask, path, excerpt, reason }) => {
    const why = reason === "" ? "" : ` Reason: ${reason}`;
    return `In ${path} (of ${subtask}):${why}\n${excerpt}`;
  });
  const more = parts.length > shown.length ? [`And ${parts.length - shown.length} more.`] : [];
  return ["The user turned these changes down. Do not make them again:", ...shown, ...more].join("\n\n");
}

function describeResolving(resolving: Resolving | null): string {
  if (resolving === null) return "";
  return [
    "Your last result could not be merged. The worktree holds the branch with your result merged into it as far as that " +
      "went; conflict markers show the rest (first the branch, between ||||||| and ======= the common base, then your " +
      "result). Resolve every conflict so that both intents are kept, remove all markers, and change nothing else.",
    list("Conflicts", resolving.conflicts),
  ].join("\n\n");
}

function describeDependency({ id, report, notes }: Dependency): string {
  const parts = [
    `Report of ${id}, which yours rests on: ${report.summary}`,
    list("Decisions", report.decisions),
    list("Open points", report.open_points),
    list("Findings", report.findings.map(describeFinding)),
    list("Notes of it (read_note)", notes),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function output(subtask: Subtask): string {
  if (subtask.output === undefined) return "";
  const { required, max_items } = subtask.output;
  const fields = required.length === 0 ? "" : `Each finding has: ${required.map(named).join(", ")}.`;
  return [fields, max_items === undefined ? "" : `At most ${max_items} findings.`]
    .filter((part) => part !== "")
    .join(" ");
}

/** A plan may call a field by another name than the report does. */
function named(field: string): string {
  return fieldOf(field) === field ? field : `${fieldOf(field)} (${field})`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;
}
