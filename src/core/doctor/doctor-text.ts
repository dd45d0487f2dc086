import { markdownCode, markdownLine, markdownText } from "../markdown-text";
import { plain } from "../plain";
import { countLevels, couldStart, gravest, LEVELS, type Diagnosis, type Examined, type Level } from "./diagnosis";

/** A level in words and as a sign; never by colour alone. */
const SIGNS: Readonly<Record<Level, readonly [sign: string, word: string]>> = {
  ok: ["✓", "ok"],
  note: ["i", "note"],
  warning: ["!", "warning"],
  problem: ["✗", "problem"],
};

/** All there is to say, as lines for a terminal: in the order of the examinations, a way out below what needs one. */
export function doctorLines(examined: readonly Examined[]): readonly string[] {
  const width = Math.max(0, ...examined.map(({ title }) => title.length));
  const lines = examined.flatMap(({ title, diagnoses }) =>
    diagnoses.flatMap((diagnosis, i) => {
      const { level, message, fix, detail } = diagnosis;
      const [sign, word] = SIGNS[level];
      const indent = " ".repeat(width + 13);
      return [
        `${sign} ${word.padEnd(8)} ${(i === 0 ? title : "").padEnd(width)}  ${message}`,
        ...(level === "problem" || level === "warning" ? detailLines(detail).map((line) => `${indent}| ${line}`) : []),
        ...(fix === undefined ? [] : [`${indent}→ ${fixText(diagnosis)}`]),
      ];
    }),
  );
  return [...lines, "", verdict(examined)].map(plain);
}

/** The same as a Markdown document: what needs somebody first. */
export function doctorMarkdown(examined: readonly Examined[]): string {
  const sections = LEVELS.flatMap((level) => {
    const items = examined.flatMap(({ title, diagnoses }) =>
      diagnoses.filter((each) => each.level === level).map((each) => itemOf(title, each)),
    );
    return items.length === 0 ? [] : [`## ${HEADINGS[level]}`, items.join("\n")];
  });
  return `${["# Braid: Doctor", markdownText(verdict(examined)), ...sections].join("\n\n")}\n`;
}

const HEADINGS: Readonly<Record<Level, string>> = {
  problem: "✗ Problems",
  warning: "! Warnings",
  note: "i Notes",
  ok: "✓ In order",
};

/** Whether a run could start, and how much there is to look at. */
export function verdict(examined: readonly Examined[]): string {
  const { problem, warning } = countLevels(examined);
  const counts = [count(problem, "problem"), count(warning, "warning")].filter((each) => each !== "").join(", ");
  const start = couldStart(examined) ? "A run could start." : "A run could not start.";
  return counts === "" ? start : `${start} ${counts}.`;
}

/** Examinations with the gravest first, in their own order among equals. */
export function byGravity(examined: readonly Examined[]): readonly Examined[] {
  return LEVELS.flatMap((level) => examined.filter(({ diagnoses }) => gravest(diagnoses) === level));
}

/** A way out in one line. */
export function fixText({ fix }: Diagnosis): string {
  if (fix === undefined) return "";
  return fix.line === undefined ? fix.text : `${fix.text.replace(/[.:]$/u, "")}: ${fix.line}`;
}

function itemOf(title: string, { message, fix, detail }: Diagnosis): string {
  const way =
    fix === undefined
      ? ""
      : ` ${markdownLine(fix.line === undefined ? fix.text : `${fix.text.replace(/[.:]$/u, "")}:`)}${fix.line === undefined ? "" : ` ${markdownCode(fix.line)}`}`;
  const more = detailLines(detail).map((line) => `  - ${markdownCode(line)}`);
  return [`- **${markdownLine(title)}**: ${markdownLine(message)}${way}`, ...more].join("\n");
}

/** Enough of a detail to see what it is about. */
function detailLines(detail: string | undefined): readonly string[] {
  return (detail ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, MOST_DETAIL_LINES)
    .map((line) => line.slice(0, MOST_DETAIL_CHARS));
}

const MOST_DETAIL_LINES = 5;
const MOST_DETAIL_CHARS = 300;

function count(number: number, noun: string): string {
  if (number === 0) return "";
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
