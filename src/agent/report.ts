import * as z from "zod";
import type { CheckResult } from "../core/state/events";
import { failure, type Failure } from "../core/failure";
import type { Subtask } from "../core/plan/plan";
import { outputProblems, Report } from "../core/report";
import type { Conclusion, Verdict } from "./loop";

/** Reports with red checks, or without a change, before the attempt fails. */
const MAX_REFUSALS = 3;
/** Problems with a report's form that are named at once. */
const MAX_PROBLEMS = 10;
const MAX_FINDINGS_OUTPUT = 4_000;
/** Characters of a refused report that the failure keeps. */
const MAX_KEPT_REPORT = 8_000;

/** What stands behind a worker's word: whether it changed anything, and what the checks say. */
export interface Evidence {
  /** What the plan asks of the findings. */
  readonly output?: Subtask["output"];
  /** Whether this role must leave a diff. */
  readonly mustChange: boolean;
  changed(): Promise<boolean>;
  check(): Promise<readonly CheckResult[]>;
  /** Asked once the checks are green; absent where the plan wants no review. */
  readonly review?: (report: Report) => Promise<Reviewed>;
}

/** How a round of review went, as far as the worker is concerned. */
export type Reviewed =
  | { readonly kind: "passed" }
  | { readonly kind: "changes"; readonly say: string }
  | { readonly kind: "failed"; readonly failure: Failure };

const { $schema: _dropped, ...REPORT_SCHEMA } = z.toJSONSchema(Report, { io: "input" });

/** A worker's only way to finish. "Done" is earned: no change or a red check sends it back, twice. */
export function reportConclusion(evidence: Evidence): Conclusion<Report> {
  let refusals = 0;
  let malformed = 0;
  const refuse = (problems: readonly string[], input: unknown): Verdict<Report> => {
    malformed += 1;
    const named = [
      ...problems.slice(0, MAX_PROBLEMS).map((problem) => `- ${problem}`),
      ...(problems.length > MAX_PROBLEMS ? [`- and ${problems.length - MAX_PROBLEMS} more.`] : []),
    ].join("\n");
    if (malformed < MAX_REFUSALS) return { kind: "again", say: `Invalid report. Mend it and report again:\n${named}` };
    return {
      kind: "failed",
      failure: failure("report.invalid", "The report is not what was asked for.", {
        hint: "Retry the subtask, or relax `output` in the plan.",
        // What was found is paid for and worth reading even so.
        detail: `${named}\n\n${(JSON.stringify(input) ?? "").slice(0, MAX_KEPT_REPORT)}`,
      }),
    };
  };
  const judge = async (report: Report): Promise<Verdict<Report>> => {
    const problem = await findProblem(evidence);
    if (problem === undefined) {
      const reviewed = (await evidence.review?.(report)) ?? { kind: "passed" };
      if (reviewed.kind === "failed") return reviewed;
      if (reviewed.kind === "passed") return { kind: "done", value: report };
      // What is asked for is new work, so red checks count from none again.
      refusals = 0;
      return { kind: "again", say: reviewed.say };
    }
    refusals += 1;
    if (refusals >= MAX_REFUSALS) return { kind: "failed", failure: problem };
    return {
      kind: "again",
      say: `Not done yet: ${problem.message}\n${problem.detail ?? ""}\nMend it, then report again.`,
    };
  };
  return {
    spec: {
      name: "report",
      description: "Finish: a short structured summary of what you did. Checks run before it is taken.",
      schema: REPORT_SCHEMA,
    },
    async conclude(input) {
      const parsed = Report.safeParse(input);
      if (!parsed.success)
        return refuse(
          parsed.error.issues.map((issue) => `${issue.path.join(".") || "report"}: ${issue.message}`),
          input,
        );
      // The findings as they came: a default the schema fills in was not said by anybody.
      const problems = evidence.output === undefined ? [] : outputProblems(findingsOf(input), evidence.output);
      if (problems.length > 0) return refuse(problems, input);
      return judge(parsed.data);
    },
    concludeText: (text) => judge(Report.parse({ summary: text === "" ? "(no report)" : text })),
  };
}

function findingsOf(input: unknown): readonly unknown[] {
  const findings: unknown = typeof input === "object" && input !== null ? Reflect.get(input, "findings") : undefined;
  return Array.isArray(findings) ? findings : [];
}

async function findProblem(evidence: Evidence): Promise<Failure | undefined> {
  if (evidence.mustChange && !(await evidence.changed()))
    return failure("result.empty", "No file was changed.", { hint: "Retry with a note that says what to change." });
  const red = (await evidence.check()).filter((check) => !check.passed);
  if (red.length === 0) return undefined;
  return failure("checks.failed", `${red.map((check) => `\`${check.command}\``).join(", ")} failed.`, {
    hint: "Retry the subtask, or review what there is.",
    detail: red.map((check) => `$ ${check.command}\n${check.output.slice(-MAX_FINDINGS_OUTPUT)}`).join("\n\n"),
  });
}
