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
  return markdownText(text.replace(/\s*[\r\n]+\s*/gu, " ").trim());
}

/** Text as it is, in a code span that it cannot end. */
export function markdownCode(text: string): string {
  const line = plain(text).replace(/\s*[\r\n]+\s*/gu, " ");
  const longest = Math.max(0, ...(line.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  // In a table even a code span ends at a bar, unless that is escaped.
  return `${fence} ${line.replaceAll("|", "\\|")} ${fence}`;
}
