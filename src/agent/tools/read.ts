import * as z from "zod";
import { readImage } from "../../core/image";
import { isBinary } from "../files";
import { describeImage, toImageBlock } from "../image-block";
import { defineTool, type ToolOutput } from "../tool";

/** Reads a text file as numbered lines, at most {@link MAX_LINES} of them and {@link MAX_CHARS} characters. */
export const readTool = defineTool({
  name: "read",
  description:
    "Read a text file of the worktree, or look at an image. Each line comes with its number and a tab. Long files are cut; go on with view_range.",
  input: z.object({
    file_path: z.string().describe("Path relative to the worktree."),
    view_range: z
      .tuple([z.int().min(1), z.int()])
      .optional()
      .describe("[first, last] line, from 1; last -1 reads to the end."),
  }),
  readOnly: true,
  async run({ file_path, view_range }, { workspace }) {
    const file = await workspace.read(file_path, "any");
    if (!file.ok) return { content: file.refusal.message, isError: true };
    if (readImage(file.value) !== undefined) return showImage(file_path, file.value);
    const text = isBinary(file.value) ? await workspace.read(file_path) : file;
    if (!text.ok) return { content: text.refusal.message, isError: true };
    if (file.value.length === 0) return { content: "(The file is empty.)" };
    return numberLines(file.value, view_range ?? [1, -1]);
  },
});

function showImage(path: string, bytes: Buffer): ToolOutput {
  const shown = toImageBlock(path, bytes);
  if (!shown.ok) return { content: `${path} ${shown.problem}`, isError: true };
  return { content: describeImage(shown.image), images: [shown.image] };
}

/** Most lines of one answer. */
export const MAX_LINES = 2000;
/** Most characters of one answer, notes not counted. */
export const MAX_CHARS = 100_000;
const MAX_LINE_CHARS = 2000;

function numberLines(bytes: Buffer, [first, last]: readonly [number, number]) {
  const text = bytes.toString("utf8");
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const end = last === -1 ? lines.length : Math.min(last, lines.length);
  if (first > lines.length)
    return { content: `The file has ${lines.length} lines; view_range starts at ${first}.`, isError: true };
  if (end < first) return { content: "view_range ends before it starts.", isError: true };

  const shown: string[] = [];
  let chars = 0;
  for (let number = first; number <= end && shown.length < MAX_LINES; number += 1) {
    const line = `${number}\t${clip((lines[number - 1] ?? "").replace(/\r$/u, ""))}`;
    chars += line.length + 1;
    if (chars > MAX_CHARS) break;
    shown.push(line);
  }
  const next = first + shown.length;
  const notes = [
    ...(next <= end ? [`Cut after line ${next - 1} of ${lines.length}; go on with view_range [${next}, -1].`] : []),
    ...(Buffer.from(text, "utf8").equals(bytes) ? [] : ["Not valid UTF-8: some bytes are shown as \uFFFD."]),
    ...(text.includes("\r\n") ? ["Lines end in CRLF."] : []),
  ];
  return { content: [...shown, ...notes.map((note) => `(${note})`)].join("\n") };
}

function clip(line: string): string {
  if (line.length <= MAX_LINE_CHARS) return line;
  return `${line.slice(0, MAX_LINE_CHARS).toWellFormed()}… (${line.length} characters)`;
}
