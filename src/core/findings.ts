import type { Finding, Report } from "./report";
import type { SubtaskView } from "./state/subtask-view";
import { unsafePathReason } from "./tree-path";
import { subtasksOf, type RunView } from "./state/view";

/** A finding of a run, with who found it and in which state of the files. */
export interface PlacedFinding {
  /** Null for the synthesis. */
  readonly subtask: string | null;
  readonly role: string;
  /** The commit its line counts in; null where that is not known. */
  readonly commit: string | null;
  /** As the model wrote it; see {@link findingPath}. */
  readonly file: string;
  readonly line: number | null;
  readonly severity: Finding["severity"];
  readonly message: string;
  readonly fix: string | null;
}

/** Worst first. */
export const SEVERITIES = ["error", "warning", "info"] as const satisfies readonly Finding["severity"][];

/**
 * What the workers of a run, their reviewers and the synthesis found, worst first and each thing once. Findings of what was
 * rejected, or is being tried again, are none any more.
 */
export function findingsOf(view: RunView): readonly PlacedFinding[] {
  const all = [
    ...subtasksOf(view).flatMap(subtaskFindings),
    ...(view.synthesis?.findings ?? []).map((f) => placed(f, null, "synthesizer", view.synthesisCommit ?? view.base)),
  ];
  const seen = new Set<string>();
  return all
    .filter((finding) => {
      const key = JSON.stringify([findingPath(finding.file) ?? finding.file, finding.line, words(finding.message)]);
      return !seen.has(key) && seen.add(key);
    })
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** How many there are of each severity, in words: `1 error, 2 warnings`; empty where there are none. */
export function countFindings(findings: readonly PlacedFinding[]): string {
  return SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    return [`${count} ${severity}${count === 1 || severity === "info" ? "" : "s"}`];
  }).join(", ");
}

/**
 * The path in the repository that a finding's `file` means, with "/"; undefined where it means none: outside it, or in
 * git's own folder. Models at times write the absolute path in their worktree.
 */
export function findingPath(file: string): string | undefined {
  if (file.length > MAX_PATH) return undefined;
  const [, inWorktree] = /^\/(?:.*\/)?r[0-9a-z]{7}-[^/]+\/tree\/(.+)$/su.exec(file) ?? [];
  const path = (inWorktree ?? file).replace(/^(?:\.\/)+/u, "");
  return unsafePathReason(path) !== undefined || /[\u0000\\]/u.test(path) ? undefined : path;
}

/** No file system takes a longer path. */
const MAX_PATH = 4_096;

function subtaskFindings(s: SubtaskView): readonly PlacedFinding[] {
  if (s.status === "rejected" || s.status === "queued" || s.status === "running") return [];
  const commit = s.commit ?? s.base;
  return [
    ...reported(s.report).map((f) => placed(f, s.id, s.role, commit)),
    ...s.openFindings.map((f) => placed(f, s.id, "reviewer", commit)),
  ];
}

function reported(report: Report | null): readonly Finding[] {
  return report?.findings ?? [];
}

function placed(f: Finding, subtask: string | null, role: string, commit: string | null): PlacedFinding {
  const { file, line, severity, message, fix } = f;
  return { subtask, role, commit, file, line: line ?? null, severity, message, fix: fix ?? null };
}

function words(message: string): string {
  return message
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
