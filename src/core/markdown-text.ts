import { plain } from "./plain";

/** Text of others as Markdown that shows it and obeys none of it: no markup, link, image, HTML or heading comes of it. */
export function markdownText(text: string): string {
  return (
    plain(text)
      .replace(/\r\n?/gu, "\n")
      .replace(/[\\`*_[\]<>#|~&!$=]/gu, "\\$&")
      .split("\n")
      .map((line) => line.replace(/^\s+/u, ""))
      .map((line) => line.replace(/^[-+]/u, "\\$&").replace(/^(\d+)([.)])/u, "$1\\$2"))
      .join("\n")
      // What is only a link because a renderer makes it one.
      .replace(/:(?=\/\/)|(?<=www)\.|@/giu, "\\$&")
  );
}

/** The same on one line, for a heading or a cell of a table. */
export function markdownLine(text: string): string {
  return markdownText(onOneLine(text));
}

/** Text as it is, in a code span that it cannot end. */
export function markdownCode(text: string): string {
  const line = onOneLine(plain(text));
  const longest = (line.match(/`+/gu) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  // In a table even a code span ends at a bar, unless that is escaped.
  return `${fence} ${line.replaceAll("|", "\\|")} ${fence}`;
}

/** By parts: one expression for a line feed and the space around it takes the square of a long run of spaces. */
function onOneLine(text: string): string {
  return text
    .split(/[\r\n]+/u)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
