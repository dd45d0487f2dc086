import { duration } from "./clock-text";
import { findingPath, findingsOf, type PlacedFinding } from "./findings";
import { describeTreeWatch } from "./main-tree";
import { markdownCode, markdownLine, markdownText } from "./markdown-text";
import type { Report } from "./report";
import { numbersOf, qualityLines } from "./report-numbers";
import { totalTokens } from "./usage";
import type { SubtaskView } from "./state/subtask-view";
import { subtasksOf, type RunView } from "./state/view";

/** A run as a Markdown document: synthesis, findings by severity, and per subtask what was done, checked and paid. Words of others are text in it. */
export function writeRunReport(view: RunView): string {
  const sections = [
    `# ${markdownLine(view.goal)}`,
    facts(view),
    ...(view.tree === null ? [] : [describeTreeWatch(view.tree).map(markdownText).join("\n\n")]),
    ...(view.planNote === null ? [] : [markdownText(view.planNote)]),
    ...(view.failure === null ? [] : [`**No plan:** ${markdownText(view.failure.message)}`]),
    ...numbersSection(view),
    ...synthesisSection(view),
    ...findingsSection(findingsOf(view)),
    ...qualitySection(view),
    ...(view.waves.length === 0 ? [] : ["## Subtasks"]),
    ...subtasksOf(view).map(subtaskSection),
  ];
  return `${sections.join("\n\n")}\n`;
}

function facts(view: RunView): string {
  // A row each: side by side they are wider than a document beside another.
  return table(
    ["Run", markdownCode(view.id)],
    [
      ["State", view.phase],
      ["Into", markdownCode(view.target.replace(/^refs\/heads\//u, ""))],
      ["Base", markdownCode(view.base.slice(0, 10))],
      ["Tokens", totalTokens(view.usage).toLocaleString("en")],
      ["Cost", dollars(view.usage.usd)],
    ],
  );
}

function numbersSection(view: RunView): readonly string[] {
  const rows = numbersOf(view);
  return rows.length === 0 ? [] : ["## Numbers", table(["What", "Value", "How"], rows)];
}

function qualitySection(view: RunView): readonly string[] {
  const parts = qualityLines(view);
  if (numbersOf(view).length === 0) return [];
  return [
    "## Quality",
    ...parts.flatMap(({ about, lines }) =>
      list(
        about,
        lines.map((line) => `- ${markdownLine(line)}`),
      ),
    ),
  ];
}

function synthesisSection({ synthesis, synthesisFailure }: RunView): readonly string[] {
  if (synthesisFailure !== null) return ["## Synthesis", `There is none: ${markdownText(synthesisFailure.message)}`];
  return synthesis === null ? [] : ["## Synthesis", ...reportParts(synthesis)];
}

function findingsSection(findings: readonly PlacedFinding[]): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings.map((f) => [
    f.severity,
    markdownCode(f.line === null ? (findingPath(f.file) ?? f.file) : `${findingPath(f.file) ?? f.file}:${f.line}`),
    markdownLine(f.message),
    f.fix === null ? "" : markdownLine(f.fix),
    `${f.role}${f.subtask === null ? "" : ` (${markdownLine(f.subtask)})`}`,
  ]);
  return ["## Findings", table(["Severity", "Place", "Finding", "Fix", "By"], rows)];
}

function subtaskSection(s: SubtaskView): string {
  const spent = [
    s.startedAt === null || s.endedAt === null ? "" : duration(s.endedAt - s.startedAt),
    `${totalTokens(s.usage).toLocaleString("en")} tokens`,
    dollars(s.usage.usd),
    s.attempt > 1 ? `attempt ${s.attempt}` : "",
  ];
  const checks = s.checks.map(
    (check) => `- ${markdownCode(check.command)} ${check.passed ? "passed" : "failed"} (${duration(check.durationMs)})`,
  );
  const files = s.files.map((file) => {
    const lines = file.added === undefined ? "binary" : `+${file.added} −${file.deleted ?? 0}`;
    return `- ${markdownCode(file.path)} ${file.status}, ${lines}`;
  });
  return [
    `### ${markdownLine(s.id)} (${markdownLine(s.role)}): ${s.status}`,
    markdownText(s.objective),
    spent.filter((part) => part !== "").join(" · "),
    ...(s.reason === null ? [] : [`**${markdownLine(s.reason)}**`]),
    ...(s.report === null ? [] : reportParts(s.report)),
    ...list("Checks", checks),
    ...list("Files", files),
  ].join("\n\n");
}

function reportParts(report: Report): readonly string[] {
  const lines = (items: readonly string[]) => items.map((item) => `- ${markdownLine(item)}`);
  return [
    markdownText(report.summary),
    ...list("Decisions", lines(report.decisions)),
    ...list("Open points", lines(report.open_points)),
  ];
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`**${title}**`, items.join("\n")];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function dollars(usd: number): string {
  return `\\$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}
