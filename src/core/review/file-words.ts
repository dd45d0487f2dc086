import { sizeText } from "../size-text";
import { visibleText } from "../visible";
import type { DiffLine, FileDiff } from "./diff";

/** What is said about a changed file beside its lines. */
export interface FileWords {
  readonly status: string;
  readonly notes: readonly string[];
  /** Whether its hunks are worth showing; a submodule's or a binary file's are not. */
  readonly lines: boolean;
  /** Whether to mark the carriage return at the end of lines: some lines have one and some do not. */
  readonly markReturns: boolean;
}

/** Puts into words what lines alone would not show: modes, links, submodules, line ends, emptiness. */
export function fileWords(file: FileDiff): FileWords {
  return {
    status: isCopy(file) ? "Copied" : STATUS_WORDS[file.status],
    notes: [...copyNotes(file), ...modeNotes(file), ...contentNotes(file)],
    lines: !file.binary && !isSubmodule(file) && file.hunks.length > 0,
    markReturns: returnsDiffer(file),
  };
}

/** What happened to a file, in a word. */
export const STATUS_WORDS: Readonly<Record<FileDiff["status"], string>> = {
  added: "Added",
  modified: "Modified",
  deleted: "Deleted",
  renamed: "Renamed",
  "type-changed": "Type changed",
};

const MODE_WORDS: Readonly<Record<string, string>> = {
  "100644": "plain file",
  "100755": "executable file",
  "120000": "symbolic link",
  "160000": "submodule",
};

function modeWord(mode: string): string {
  return MODE_WORDS[mode] ?? `mode ${mode}`;
}

function modeNotes({ oldMode, newMode, status }: FileDiff): string[] {
  if (oldMode !== undefined && newMode !== undefined && oldMode !== newMode)
    return [`File mode: ${modeWord(oldMode)} → ${modeWord(newMode)} (${oldMode} → ${newMode}).`];
  const mode = newMode ?? oldMode;
  if (mode === "120000") return [];
  if (mode === "160000" || mode === undefined || mode === "100644" || status === "modified") return [];
  const word = modeWord(mode);
  return [`${word.charAt(0).toUpperCase()}${word.slice(1)} (${mode}).`];
}

function contentNotes(file: FileDiff): string[] {
  if (file.binary) return [binaryNote(file)];
  if (isSubmodule(file)) return [submoduleNote(file)];
  if (isLink(file)) return linkNotes(file);
  if (file.hunks.length === 0) return emptyNotes(file);
  const sides = onlyEndsDiffer(file);
  if (sides === undefined) return hasOddBytes(file) ? [ODD_BYTES] : [];
  const { before, after } = sides;
  if (returnsDiffer(file)) return [`Only line ends change: ${lineEnd(before)} → ${lineEnd(after)}.`];
  const ends = [before, after].map((side) => side.some((line) => line.noNewline));
  return ends[0] === ends[1] ? [] : [`Only a newline at the end of the file is ${ends[0] ? "added" : "removed"}.`];
}

function emptyNotes(file: FileDiff): string[] {
  if (file.status === "added") return ["Empty file."];
  if (file.status === "deleted") return ["The file was empty."];
  if (file.status === "renamed") return ["Renamed without other changes."];
  return [];
}

const ODD_BYTES = "Some bytes are not UTF-8 and are shown as \ufffd here. What is accepted has them as they are.";

/** Whether a changed line has what stands for bytes nobody could read. */
function hasOddBytes(file: FileDiff): boolean {
  return file.hunks.some(({ lines }) => lines.some(({ kind, text }) => kind !== "context" && text.includes("\ufffd")));
}

function isCopy({ status, from, copiedFrom }: FileDiff): boolean {
  return status === "added" && (from !== undefined || copiedFrom !== undefined);
}

function copyNotes({ copiedFrom }: FileDiff): string[] {
  return copiedFrom === undefined ? [] : [`Copied from ${quoted(copiedFrom)}; all of it is shown as new.`];
}

function binaryNote({ bytes }: FileDiff): string {
  const { base = null, result = null } = bytes ?? {};
  if (base === null && result === null) return `Binary, or too large to compare.`;
  const what = Math.max(base ?? 0, result ?? 0) > LARGEST_COMPARED ? "Too large to compare" : "Binary";
  if (base === null || result === null) return `${what}, ${sizeText(base ?? result ?? 0)}.`;
  return `${what}, ${base === result ? `still ${sizeText(base)}` : `${sizeText(base)} → ${sizeText(result)}`}.`;
}

/** Git compares no larger file line by line (see git/diff), in bytes. */
const LARGEST_COMPARED = 16 * 1024 ** 2;

function isLink({ oldMode, newMode }: FileDiff): boolean {
  return (newMode ?? oldMode) === "120000" && (oldMode ?? newMode) === "120000";
}

function linkNotes(file: FileDiff): string[] {
  const { before, after } = sidesOf(file);
  const [old, now] = [before[0]?.text, after[0]?.text];
  const outside = now !== undefined && leadsOutside(file.path, now) ? ["It leads out of the repository."] : [];
  if (now === undefined) return [`Symbolic link that led to ${quoted(old)}.`];
  if (old === undefined) return [`Symbolic link to ${quoted(now)}.`, ...outside];
  return [`Symbolic link, from ${quoted(old)} to ${quoted(now)}.`, ...outside];
}

function quoted(target: string | undefined): string {
  return `\u201c${visibleText((target ?? "").slice(0, 200), "code")}\u201d`;
}

/** Whether a link, by its words alone, ends above the folder the repository is in. */
function leadsOutside(path: string, target: string): boolean {
  if (/^(?:[/\\]|[A-Za-z]:)/u.test(target)) return true;
  let depth = path.split("/").length - 1;
  for (const step of target.split("/")) {
    if (step === "" || step === ".") continue;
    depth += step === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

function submoduleNote(file: FileDiff): string {
  const { before, after } = sidesOf(file);
  const commit = (lines: readonly DiffLine[]) => lines[0]?.text.replace(/^Subproject commit /u, "").slice(0, 10);
  const [old, now] = [commit(before), commit(after)];
  if (old === undefined) return `Submodule at commit ${now ?? "unknown"}.`;
  return now === undefined ? `Submodule at commit ${old} is removed.` : `Submodule moves from commit ${old} to ${now}.`;
}

function isSubmodule({ oldMode, newMode }: FileDiff): boolean {
  return (oldMode ?? newMode) === "160000" && (newMode ?? oldMode) === "160000";
}

function sidesOf(file: FileDiff): { readonly before: readonly DiffLine[]; readonly after: readonly DiffLine[] } {
  const before: DiffLine[] = [];
  const after: DiffLine[] = [];
  for (const { lines } of file.hunks)
    for (const line of lines) {
      if (line.kind === "deleted") before.push(line);
      if (line.kind === "added") after.push(line);
    }
  return { before, after };
}

/** Both sides of the change, where nothing but the ends of lines tells them apart. */
function onlyEndsDiffer(file: FileDiff): ReturnType<typeof sidesOf> | undefined {
  if (file.status === "added" || file.status === "deleted") return undefined;
  const sides = sidesOf(file);
  const { before, after } = sides;
  if (before.length === 0 || before.length !== after.length) return undefined;
  return before.every((line, i) => bare(line.text) === bare(after[i]?.text ?? "")) ? sides : undefined;
}

/** Whether some lines end with a carriage return and some do not. */
function returnsDiffer(file: FileDiff): boolean {
  let first: boolean | undefined;
  for (const { lines } of file.hunks)
    for (const { text, noNewline } of lines) {
      if (noNewline === true) continue;
      const has = text.endsWith("\r");
      if (first !== undefined && has !== first) return true;
      first = has;
    }
  return false;
}

function lineEnd(lines: readonly { readonly text: string }[]): string {
  const returns = lines.filter((line) => line.text.endsWith("\r")).length;
  if (returns === 0) return "LF";
  return returns === lines.length ? "CRLF" : "mixed";
}

function bare(text: string): string {
  return text.replace(/\r$/u, "");
}
