import * as z from "zod";
import type { Failure } from "./failure";

/** One thing a worker found, placed in a file. */
export const Finding = z.looseObject({
  file: z.string(),
  line: z.int().min(1).optional(),
  severity: z.enum(["error", "warning", "info"]).default("info"),
  message: z.string(),
  fix: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

/** A worker's short structured summary; dependents get this instead of a transcript. */
export const Report = z.object({
  summary: z.string().min(1),
  files: z.array(z.string()).default([]),
  findings: z.array(Finding).default([]),
  decisions: z.array(z.string()).default([]),
  open_points: z.array(z.string()).default([]),
  /** What became of the user's numbered comments, where there were some. */
  answers: z.array(z.object({ comment: z.int().min(1), answer: z.string() })).optional(),
});
export type Report = z.infer<typeof Report>;

/** What a reviewer says about another's work; findings beside an approval are remarks. */
export const ReviewVerdict = z.object({
  decision: z.enum(["approve", "request_changes"]),
  findings: z.array(Finding).default([]),
});
export type ReviewVerdict = z.infer<typeof ReviewVerdict>;

/** One round of the reviewer loop. */
export interface ReviewRound extends ReviewVerdict {
  readonly round: number;
}

/** Where the bringing together of a run's reports stands. */
export type Synthesis =
  | { readonly kind: "none" }
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly report: Report; readonly commit?: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Names plans use for fields of a finding. */
const FIELD_ALIASES: Readonly<Record<string, string>> = {
  issue: "message",
  problem: "message",
  description: "message",
  title: "message",
  path: "file",
  recommendation: "fix",
  suggestion: "fix",
};

/** The field of a finding that a plan's `required` means. Any other name is a field the worker adds. */
export function fieldOf(name: string): string {
  return Object.hasOwn(FIELD_ALIASES, name) ? (FIELD_ALIASES[name] ?? name) : name;
}

/** What keeps findings, as they came from the model, from being what a plan's `output` asks for; in words for it. */
export function outputProblems(
  findings: readonly unknown[],
  output: { readonly required: readonly string[]; readonly max_items?: number | undefined },
): readonly string[] {
  const problems: string[] = [];
  if (output.max_items !== undefined && findings.length > output.max_items)
    problems.push(`${findings.length} findings are too many; at most ${output.max_items}. Keep the most severe.`);
  findings.forEach((finding, i) => {
    const missing = [...new Set(output.required.map(fieldOf))].filter((field) => isBlank(finding, field));
    if (missing.length > 0) problems.push(`Finding ${i + 1} lacks ${missing.join(", ")}.`);
  });
  return problems;
}

function isBlank(finding: unknown, field: string): boolean {
  if (typeof finding !== "object" || finding === null || !Object.hasOwn(finding, field)) return true;
  const value: unknown = Reflect.get(finding, field);
  return value === null || value === undefined || (typeof value === "string" && value.trim() === "");
}

/** A finding on one line: `src/a.ts:7 error: message (fix: …)`. */
export function describeFinding(f: Finding): string {
  const place = f.line === undefined ? f.file : `${f.file}:${f.line}`;
  return `${place} ${f.severity}: ${f.message}${f.fix === undefined ? "" : ` (fix: ${f.fix})`}`;
}
