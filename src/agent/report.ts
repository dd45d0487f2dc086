import { z } from "zod";
import type { CheckResult } from "../core/events";
import { failure, type Failure } from "../core/failure";
import { Report } from "../core/report";
import type { Conclusion, Verdict } from "./loop";

/** Reports with red checks, or without a change, before the attempt fails. */
const MAX_REFUSALS = 3;
const MAX_FINDINGS_OUTPUT = 4_000;

/** What stands behind a worker's word: whether it changed anything, and what the checks say. */
export interface Evidence {
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
      if (!parsed.success) return { kind: "again", say: `Invalid report: ${z.prettifyError(parsed.error)}` };
      return judge(parsed.data);
    },
    concludeText: (text) => judge(Report.parse({ summary: text === "" ? "(no report)" : text })),
  };
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
