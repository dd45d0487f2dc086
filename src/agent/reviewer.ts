import * as z from "zod";
import type { ChangedFile } from "../core/state/events";
import { failure } from "../core/failure";
import { objectiveOf, type Subtask } from "../core/plan/plan";
import { describeFinding, type Finding, type Report, ReviewVerdict } from "../core/report";
import type { Conclusion } from "./loop";

/** Turns that end in text, or verdicts that are none, before the reviewer is given up. */
const MAX_REFUSALS = 3;
/** Characters of the diff a reviewer is shown; the files it can read for itself. */
const MAX_DIFF = 20_000;

/** What a reviewer is told about another's work: the intent, the diff and the claim. Never the transcript. */
export interface ReviewAssignment {
  readonly subtask: Subtask;
  readonly attempt: number;
  /** From 1. */
  readonly round: number;
  readonly constraints: readonly string[];
  readonly report: Report;
  readonly files: readonly ChangedFile[];
  /** Unified diff against the base. */
  readonly diff: string;
  /** What the round before asked for. */
  readonly asked: readonly Finding[];
}

const { $schema: _dropped, ...VERDICT_SCHEMA } = z.toJSONSchema(ReviewVerdict, { io: "input" });

/** A reviewer's only way to finish. Asking for changes takes at least one finding. */
export function verdictConclusion(): Conclusion<ReviewVerdict> {
  let refusals = 0;
  const refuse = (say: string): Awaited<ReturnType<Conclusion<ReviewVerdict>["conclude"]>> => {
    refusals += 1;
    if (refusals < MAX_REFUSALS) return { kind: "again", say };
    return {
      kind: "failed",
      failure: failure("review.missing", "The reviewer ended without a verdict.", {
        hint: "Look at the diff yourself, or retry the subtask.",
      }),
    };
  };
  return {
    spec: {
      name: "verdict",
      description: "Finish: approve, or request changes with at least one finding.",
      schema: VERDICT_SCHEMA,
    },
    async conclude(input) {
      const parsed = ReviewVerdict.safeParse(input);
      if (!parsed.success) return refuse(`Invalid verdict: ${z.prettifyError(parsed.error)}`);
      if (parsed.data.decision === "request_changes" && parsed.data.findings.length === 0)
        return refuse("Name at least one finding with the change you ask for, or approve.");
      return { kind: "done", value: parsed.data };
    },
    concludeText: async () => refuse("Call verdict; text alone does not count."),
  };
}

/** A reviewer's first message. */
export function describeReview(r: ReviewAssignment): string {
  const { subtask } = r;
  const sections = [
    // The demo model reads subtask and attempt off this line, and the round off the next.
    `Subtask: ${subtask.id} (attempt ${r.attempt})\nReview round ${r.round}`,
    `What was asked for: ${objectiveOf(subtask)}`,
    list("Files that may change", subtask.files),
    list("Focus on", subtask.focus),
    list("Done when", subtask.acceptance),
    list("Decisions to follow", r.constraints),
    list("You asked for these changes before", r.asked.map(describeFinding)),
    [
      `The worker's report, a claim to be checked: ${r.report.summary}`,
      list("Decisions", r.report.decisions),
      list("Open points", r.report.open_points),
      list("Findings", r.report.findings.map(describeFinding)),
    ]
      .filter((part) => part !== "")
      .join("\n"),
    r.files.length === 0 ? "No file was changed." : list("Changed files", r.files.map(describeFile)),
    r.diff === "" ? "" : `The diff:\n${cut(r.diff)}`,
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** What the worker is told when changes are asked for. */
export function describeRequest(findings: readonly Finding[], round: number, rounds: number): string {
  return [
    `The reviewer asks for changes (round ${round} of ${rounds}):`,
    ...findings.map((finding) => `- ${describeFinding(finding)}`),
    "Make them, or say in your report why one is wrong; then report again.",
  ].join("\n");
}

function describeFile(file: ChangedFile): string {
  const counts = file.added === undefined ? "" : ` +${file.added} -${file.deleted ?? 0}`;
  return `${file.status} ${file.path}${counts}`;
}

function cut(diff: string): string {
  if (diff.length <= MAX_DIFF) return diff;
  return `${diff.slice(0, MAX_DIFF).toWellFormed()}\n(Cut: ${diff.length - MAX_DIFF} more characters; read the files.)`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;
}
