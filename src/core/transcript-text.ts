import type { SpokenBlock, SpokenMessage } from "./transcript";
import { visibleText } from "./visible";

/** The most characters of one block, and of all, that are shown; what is long is cut in the middle, what is old at the top. */
const MAX_BLOCK_CHARS = 20_000;
const MAX_CHARS = 2_000_000;

/**
 * What agents said and did, as Markdown to be read as text: a heading for each message and each tool call, so that an editor folds and
 * lists them; everything of theirs in fences it cannot end, edits as differences. Times are of `zone`, or of this machine.
 */
export function transcriptText(title: string, messages: readonly SpokenMessage[], zone?: string): string {
  if (messages.length === 0) return `# ${oneLine(title)}\n\nNothing has been said yet.\n`;
  const results = new Map<unknown, SpokenBlock>();
  for (const block of messages.flatMap(({ content }) => content))
    if (block.type === "tool_result") results.set(block.tool_use_id, block);
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeStyle: "medium",
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  const parts: string[] = [];
  let file = "";
  for (const message of messages) {
    if (message.file !== file) parts.push(`## ${speakerOf(message)}`);
    file = message.file;
    const time = clock.format(message.at);
    const texts = message.content.filter(({ type }) => type === "text");
    if (texts.length > 0) {
      const who = message.role === "assistant" ? "says" : "is told";
      parts.push(`### ${time} ${who}`, ...texts.map(({ text }) => fenced(wordsOf(text))));
    }
    for (const call of message.content.filter(({ type }) => type === "tool_use"))
      parts.push(...toolParts(call, results.get(call.id), time));
  }
  const whole = parts.join("\n\n");
  const shown =
    whole.length <= MAX_CHARS ? whole : `(The beginning is left out.)\n\n${afterBreak(whole.slice(-MAX_CHARS))}`;
  return `# ${oneLine(title)}\n\n${shown}\n`;
}

function speakerOf({ file, attempt, subtask }: SpokenMessage): string {
  if (subtask === null) return oneLine(file.replace(/\.jsonl$/u, ""));
  const [, round] = /-review-(\d+)\./u.exec(file) ?? [];
  return round === undefined ? `Attempt ${attempt}` : `Attempt ${attempt}, review round ${round}`;
}

function toolParts(call: SpokenBlock, result: SpokenBlock | undefined, time: string): readonly string[] {
  const failed = result?.is_error === true ? "✕" : "";
  const input = inputOf(call.input);
  const output = result === undefined ? "" : fenced(wordsOf(result.content));
  const words = [time, oneLine(wordsOf(call.name)), oneLine(subjectOf(call.input)), sizeOf(input, output), failed];
  return [`### ${words.filter((word) => word !== "").join(" ")}`, input, ...(output === "" ? [] : [output])];
}

/** How much is below the heading of a call that is folded. */
function sizeOf(input: string, output: string): string {
  const count = (text: string, start: string) => text.split("\n").filter((line) => line.startsWith(start)).length;
  if (/^`+diff\n/u.test(input)) return `+${count(input, "+")} −${count(input, "-")}`;
  const lines = output.split("\n").length - 2;
  return lines < LONG_CALL_LINES ? "" : `(${lines.toLocaleString("en")} lines)`;
}

/** A call with more lines than this is one to fold. */
export const LONG_CALL_LINES = 12;

/** A message or a call in the text, from its heading to its last line. Lines count from 0. */
export interface TranscriptPart {
  readonly heading: string;
  readonly from: number;
  readonly to: number;
  /** A call of a tool, and not what somebody says. */
  readonly isCall: boolean;
}

/** The parts of a transcript's text, found by its headings; what stands in fences is somebody's words. */
export function transcriptParts(lines: readonly string[]): readonly TranscriptPart[] {
  const parts: TranscriptPart[] = [];
  let fence = "";
  let open: { readonly heading: string; readonly from: number } | undefined;
  let last = 0;
  const close = (): void => {
    if (open !== undefined) parts.push({ ...open, to: last, isCall: !SAYS.test(open.heading) });
    open = undefined;
  };
  lines.forEach((line, i) => {
    const [ticks = ""] = /^`{3,}/u.exec(line) ?? [];
    if (fence === "" && /^#{1,3} /u.test(line)) {
      close();
      if (line.startsWith("### ")) open = { heading: line, from: i };
    }
    if (fence === "") fence = ticks;
    else if (line === fence) fence = "";
    if (line !== "") last = i;
  });
  close();
  return parts;
}

const SAYS = /^### [\d:]+ (?:says|is told)$/u;

/** What a call was given: a command as one, an edit as a difference, all else as JSON. */
function inputOf(input: unknown): string {
  const field = (key: string): string | undefined => {
    const value: unknown = typeof input === "object" && input !== null ? Reflect.get(input, key) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const [command, old, now, content] = ["command", "old_string", "new_string", "content"].map(field);
  if (command !== undefined) return fenced(command, "sh");
  if (old !== undefined && now !== undefined)
    return fenced([...marked("-", old), ...marked("+", now)].join("\n"), "diff");
  if (content !== undefined && field("file_path") !== undefined) return fenced(marked("+", content).join("\n"), "diff");
  return fenced(JSON.stringify(input, null, 2) ?? "", "json");
}

function marked(sign: string, text: string): readonly string[] {
  return text
    .replace(/\n$/u, "")
    .split("\n")
    .map((line) => `${sign}${line}`);
}

function subjectOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  for (const key of ["file_path", "pattern", "command", "name", "query", "url"]) {
    const value: unknown = Reflect.get(input, key);
    if (typeof value === "string") return value.split("\n", 1)[0]?.slice(0, 80) ?? "";
  }
  return "";
}

function wordsOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Text in a fence that nothing in it ends. */
function fenced(text: string, language = "text"): string {
  const shown = visibleText(cut(text.replace(/\r\n/gu, "\n")), "prose");
  const longest = (shown.match(/`{3,}/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

function cut(text: string): string {
  if (text.length <= MAX_BLOCK_CHARS) return text;
  const half = MAX_BLOCK_CHARS / 2;
  return `${text.slice(0, half)}\n(${(text.length - MAX_BLOCK_CHARS).toLocaleString("en")} characters are left out)\n${text.slice(-half)}`;
}

function oneLine(text: string): string {
  return visibleText(text, "prose").split(/\s+/u).join(" ").trim();
}

/** From the first heading on, so that no fence is torn. */
function afterBreak(text: string): string {
  const at = text.indexOf("\n### ");
  return at === -1 ? text : text.slice(at + 1);
}
