import { markdownCode, markdownLine, markdownText } from "../markdown-text";
import { plain } from "../plain";
import type { SubtaskView } from "../state/subtask-view";
import { subtasksOf, type RunView } from "../state/view";

/** Longest title, in characters. */
const MAX_TITLE = 72;

/** Title and body of a pull request for what was accepted of a run; the words of others are text in it. */
export function pullRequestText(view: RunView): { readonly title: string; readonly body: string } {
  const goal =
    plain(view.goal)
      .split(/[\r\n]+/u, 1)[0]
      ?.trim() ?? "";
  const title =
    goal.length <= MAX_TITLE
      ? goal
      : `${goal
          .slice(0, MAX_TITLE - 1)
          .toWellFormed()
          .trimEnd()}…`;
  const accepted = subtasksOf(view).filter((s) => s.status === "accepted");
  const checks = new Map(accepted.flatMap((s) => s.checks.map((check) => [check.command, check.passed] as const)));
  const open = [view.synthesis, ...accepted.map((s) => s.report)].flatMap((report) => report?.open_points ?? []);
  const parts = [
    markdownText(view.synthesis?.summary ?? view.goal),
    ...section("What changes", accepted.map(changeLine)),
    ...section("Decisions", once(accepted.flatMap((s) => s.report?.decisions ?? [])).map(bullet)),
    ...section(
      "Checks",
      [...checks].map(([command, passed]) => `- ${markdownCode(command)} ${passed ? "passed" : "failed"}`),
    ),
    ...section("Open points", once(open).map(bullet)),
  ];
  return { title, body: `${parts.join("\n\n")}\n` };
}

function changeLine(s: SubtaskView): string {
  const files = s.files.length === 1 ? "1 file" : `${s.files.length} files`;
  const partly = s.leftOut.length > 0 ? ", in part" : "";
  return `- ${markdownLine(s.report?.summary ?? s.objective)} (${markdownLine(s.id)}: ${files}${partly})`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];
}

const bullet = (text: string): string => `- ${markdownLine(text)}`;

function once(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
