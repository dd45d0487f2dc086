import { markdownCode, markdownLine, markdownText } from "../markdown-text";
import type { Report } from "../report";
import { totalTokens, type Usage } from "../usage";

/** Where a line comes from, as far as git and the run's log tell. */
export interface Origin {
  readonly path: string;
  readonly line: number;
  readonly commit: string;
  readonly subject: string;
  /** Null for a commit Braid did not make, or of a run whose log is not here. */
  readonly work: Work | null;
}

/** What made a line. */
export interface Work {
  readonly run: string;
  readonly goal: string;
  readonly subtask: string;
  readonly objective: string;
  readonly role: string;
  readonly model: string | null;
  readonly attempt: number;
  readonly report: Report | null;
  readonly usage: Usage;
  /** The tool call that last wrote it; null where the transcript does not tell. */
  readonly call: { readonly turn: number; readonly tool: string } | null;
}

/** One message of a transcript, of which nothing is believed. */
export interface TranscriptMessage {
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly name?: unknown; readonly input?: unknown }[];
}

/** The last call of a file tool that wrote these words into this path; turns are the assistant's messages, from 1. */
export function findToolCall(messages: readonly TranscriptMessage[], path: string, text: string): Work["call"] {
  const words = text.trim();
  if (words === "") return null;
  let turn = 0;
  let found: Work["call"] = null;
  for (const { role, content } of messages) {
    if (role !== "assistant") continue;
    turn += 1;
    for (const { type, name, input } of content) {
      if (type !== "tool_use" || typeof name !== "string" || typeof input !== "object" || input === null) continue;
      const { file_path: file, content: whole, new_string: part }: Readonly<Record<string, unknown>> = { ...input };
      if (typeof file !== "string" || (file !== path && !file.endsWith(`/${path}`) && file !== `./${path}`)) continue;
      if ([whole, part].some((written) => typeof written === "string" && written.includes(words)))
        found = { turn, tool: name };
    }
  }
  return found;
}

/** An origin as a small Markdown document. */
export function writeOrigin({ path, line, commit, subject, work }: Origin): string {
  const head = [
    `# ${markdownCode(`${path}:${line}`)}`,
    `${markdownCode(commit.slice(0, 10))} ${markdownLine(subject)}`,
  ];
  if (work === null) return `${[...head, "No run of Braid that is known here made this line."].join("\n\n")}\n`;
  const { report, call, usage } = work;
  const facts = [
    `- Run ${markdownCode(work.run)}: ${markdownLine(work.goal)}`,
    `- Subtask ${markdownCode(work.subtask)} (${markdownLine(work.role)}), attempt ${work.attempt}${work.model === null ? "" : `, ${markdownCode(work.model)}`}`,
    call === null
      ? "- Which call wrote it the transcript does not tell."
      : `- Written in turn ${call.turn} by ${markdownCode(call.tool)}`,
    `- The subtask took ${totalTokens(usage).toLocaleString("en")} tokens, \\$${usage.usd.toFixed(4)}`,
  ];
  const parts = [
    ...head,
    facts.join("\n"),
    markdownText(work.objective),
    ...(report === null ? [] : ["## Report", markdownText(report.summary)]),
    ...(report === null || report.decisions.length === 0
      ? []
      : [report.decisions.map((decision) => `- ${markdownLine(decision)}`).join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}
