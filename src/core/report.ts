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
