import { markdownCode, markdownText } from "../markdown-text";
import { plain } from "../plain";
import { isTime } from "../transcript";

/** One message of a transcript, of which nothing is believed. */
interface Line {
  readonly at?: unknown;
  readonly role?: unknown;
  readonly content?: unknown;
}

/** Longest single text that is shown whole, in characters; a log may hold megabytes of output. */
const MAX_CHARS = 20_000;

/**
 * A transcript, lines of JSON, as a Markdown document. Words of others are text in it; lines that cannot be read are counted. Times are
 * of `zone`, or of this machine.
 */
export function transcriptMarkdown(title: string, lines: readonly string[], zone?: string): string {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeStyle: "medium",
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  let unread = 0;
  const parts = lines.flatMap((line) => {
    if (line.trim() === "") return [];
    const message = parse(line);
    if (message === undefined) unread += 1;
    return message === undefined ? [] : [messagePart(message, clock)];
  });
  return `${[
    `# ${markdownText(title)}`,
    ...(parts.length === 0 ? ["Nothing was said."] : parts),
    ...(unread === 0 ? [] : [`${unread} lines of it cannot be read.`]),
  ].join("\n\n")}\n`;
}

function parse(line: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function messagePart({ at, role, content }: Line, clock: Intl.DateTimeFormat): string {
  const time = isTime(at) ? ` ${clock.format(at)}` : "";
  const who = role === "assistant" ? "Model" : "Braid";
  const blocks = Array.isArray(content) ? content.map(blockPart).filter((part) => part !== "") : [];
  return [`## ${who}${time}`, ...blocks].join("\n\n");
}

function blockPart(block: unknown): string {
  if (typeof block !== "object" || block === null || !("type" in block)) return "";
  switch (block.type) {
    case "text":
      return "text" in block ? markdownText(cut(String(block.text))) : "";
    case "tool_use":
      return `**${markdownCode("name" in block ? String(block.name) : "")}**\n\n${fence("input" in block ? JSON.stringify(block.input, null, 2) : "")}`;
    case "tool_result": {
      const failed = "is_error" in block && block.is_error === true ? "**failed**\n\n" : "";
      return `${failed}${fence("content" in block ? String(block.content) : "")}`;
    }
    case "image":
      return `(image ${markdownCode("name" in block ? String(block.name) : "")})`;
    default:
      return "";
  }
}

/** Text as it is, in a block that it cannot end. */
function fence(text: string | undefined): string {
  const shown = plain(cut(text ?? ""));
  const longest = (shown.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const bar = "`".repeat(longest + 1);
  return `${bar}text\n${shown}\n${bar}`;
}

function cut(text: string): string {
  return text.length <= MAX_CHARS
    ? text
    : `${text.slice(0, MAX_CHARS).toWellFormed()}\n… ${text.length - MAX_CHARS} more characters`;
}
