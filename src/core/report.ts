import { z } from "zod";

/** One thing a worker found, placed in a file. */
export const Finding = z.object({
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
});
export type Report = z.infer<typeof Report>;

/** What a reviewer says about another's work; findings beside an approval are remarks. */
export const ReviewVerdict = z.object({
  decision: z.enum(["approve", "request_changes"]),
  findings: z.array(Finding).default([]),
});
export type ReviewVerdict = z.infer<typeof ReviewVerdict>;

/** A finding on one line: `src/a.ts:7 error: message (fix: …)`. */
export function describeFinding(f: Finding): string {
  const place = f.line === undefined ? f.file : `${f.file}:${f.line}`;
  return `${place} ${f.severity}: ${f.message}${f.fix === undefined ? "" : ` (fix: ${f.fix})`}`;
}
