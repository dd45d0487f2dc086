import type { DiffLine, FileDiff, Hunk } from "./diff";

/**
 * Reads what `git diff --no-color --no-ext-diff --no-textconv -M --full-index --src-prefix=a/ --dst-prefix=b/`
 * prints for two trees. Never throws: a part it cannot read becomes a file without hunks that is marked binary, so
 * that the review says "not shown" instead of showing half of it. Format: git-diff(1), "Generating patch text with -p".
 */
export function parseDiff(text: string): readonly FileDiff[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const files: FileDiff[] = [];
  for (let at = 0; at < lines.length;) {
    const { file, next } = readFile(lines, at);
    const last = files.at(-1);
    if (last !== undefined && isTypeChange(last, file)) files[files.length - 1] = joinTypeChange(last, file);
    else files.push(file);
    at = next;
  }
  return files;
}

/** Lines added and deleted in a file's hunks. */
export function lineCountsOf(file: FileDiff): { readonly added: number; readonly deleted: number } {
  let added = 0;
  let deleted = 0;
  for (const hunk of file.hunks)
    for (const line of hunk.lines) {
      if (line.kind === "added") added += 1;
      if (line.kind === "deleted") deleted += 1;
    }
  return { added, deleted };
}

const HEADER = "diff --git ";
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/su;

interface Header {
  status: FileDiff["status"];
  path?: string;
  from?: string;
  oldMode?: string;
  newMode?: string;
  blob?: string;
  binary: boolean;
}

function readFile(lines: readonly string[], start: number): { readonly file: FileDiff; readonly next: number } {
  const first = lines[start] ?? "";
  const header: Header = { status: "modified", binary: false };
  if (!first.startsWith(HEADER)) return unreadable(lines, start, { path: strangePath(first) });
  const named = headerPath(first.slice(HEADER.length));
  if (named !== undefined) header.path = named;
  let at = start + 1;
  while (at < lines.length && readHeaderLine(header, lines[at] ?? "")) at += 1;
  if (header.path === undefined) return unreadable(lines, start, { ...header, path: strangePath(first) });
  const path = header.path;
  const hunks: Hunk[] = [];
  while (lines[at]?.startsWith("@@ ")) {
    const read = readHunk(lines, at);
    if (read === undefined) return unreadable(lines, start, { ...header, path });
    hunks.push(read.hunk);
    at = read.next;
  }
  if (at < lines.length && !lines[at]?.startsWith(HEADER)) return unreadable(lines, start, { ...header, path });
  return { file: { ...header, path, hunks }, next: at };
}

/** Skips to the next file; what lies between is not shown. */
function unreadable(lines: readonly string[], start: number, header: Partial<Header> & { path: string }) {
  const file: FileDiff = { status: "modified", ...header, binary: true, hunks: [] };
  return { file, next: nextHeader(lines, start + 1) };
}

function nextHeader(lines: readonly string[], from: number): number {
  for (let i = from; i < lines.length; i += 1) if (lines[i]?.startsWith(HEADER)) return i;
  return lines.length;
}

/** Takes one extended header line into `header`; false where the header is over. */
function readHeaderLine(header: Header, line: string): boolean {
  const [, key, value = ""] =
    /^(old mode|new mode|deleted file mode|new file mode|rename from|rename to|copy from|copy to|similarity index|dissimilarity index|index|---|\+\+\+|Binary files) (.*)$/su.exec(
      line,
    ) ?? [];
  switch (key) {
    case "old mode":
      header.oldMode = value;
      return true;
    case "new mode":
      header.newMode = value;
      return true;
    case "deleted file mode":
      header.status = "deleted";
      header.oldMode = value;
      return true;
    case "new file mode":
      header.status = "added";
      header.newMode = value;
      return true;
    case "rename from":
    case "copy from":
      header.status = key === "rename from" ? "renamed" : "added";
      header.from = unquote(value);
      return true;
    case "rename to":
    case "copy to":
      header.path = unquote(value);
      return true;
    case "index": {
      const [, blob, mode] = /^[0-9a-f]+\.\.([0-9a-f]+)(?: (\d{6}))?$/u.exec(value) ?? [];
      if (blob !== undefined) header.blob = blob;
      if (mode !== undefined) {
        header.oldMode = mode;
        header.newMode = mode;
      }
      return true;
    }
    case "---":
    case "+++": {
      const name = sidePath(value);
      if (name !== undefined && header.from === undefined) header.path = name;
      return true;
    }
    case "Binary files":
      header.binary = true;
      return true;
    case "similarity index":
    case "dissimilarity index":
      return true;
    case undefined:
    default:
      return false;
  }
}

function readHunk(lines: readonly string[], start: number): { readonly hunk: Hunk; readonly next: number } | undefined {
  const match = HUNK.exec(lines[start] ?? "");
  if (match === null) return undefined;
  const [, oldStart, oldCount = "1", newStart, newCount = "1", heading = ""] = match;
  const read: DiffLine[] = [];
  let oldLeft = Number(oldCount);
  let newLeft = Number(newCount);
  let at = start + 1;
  // The counts decide where a hunk ends: its text may look like any header.
  for (; oldLeft > 0 || newLeft > 0 || lines[at]?.startsWith("\\"); at += 1) {
    const line = lines[at];
    if (line === undefined) return undefined;
    if (line.startsWith("\\")) {
      const last = read.pop();
      if (last === undefined) return undefined;
      read.push({ ...last, noNewline: true });
      continue;
    }
    const kind = kindOf(line);
    if (kind === undefined) return undefined;
    if (kind !== "added") oldLeft -= 1;
    if (kind !== "deleted") newLeft -= 1;
    if (oldLeft < 0 || newLeft < 0) return undefined;
    read.push({ kind, text: line.slice(1) });
  }
  const hunk: Hunk = {
    oldStart: Number(oldStart),
    oldLines: Number(oldCount),
    newStart: Number(newStart),
    newLines: Number(newCount),
    heading,
    lines: read,
  };
  return { hunk, next: at };
}

function kindOf(line: string): DiffLine["kind"] | undefined {
  switch (line.charAt(0)) {
    case "+":
      return "added";
    case "-":
      return "deleted";
    // With diff.suppressBlankEmpty git drops the blank of an empty context line.
    case " ":
    case "":
      return "context";
    default:
      return undefined;
  }
}

/** git prints a change of kind (file to symbolic link, say) as a deletion and an addition of one path. */
function isTypeChange(before: FileDiff, after: FileDiff): boolean {
  return before.status === "deleted" && after.status === "added" && before.path === after.path;
}

function joinTypeChange(before: FileDiff, after: FileDiff): FileDiff {
  return {
    ...before,
    ...after,
    status: "type-changed",
    binary: before.binary || after.binary,
    hunks: before.binary || after.binary ? [] : [...before.hunks, ...after.hunks],
  };
}

/** The path in `a/P b/P`, the one form that has no other line to name it: both sides are the same there. */
function headerPath(rest: string): string | undefined {
  if (rest.startsWith('"')) {
    const both = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/su.exec(rest);
    const path = both?.[1] === undefined ? undefined : unquote(both[1]);
    return path?.startsWith("a/") ? path.slice(2) : undefined;
  }
  const half = (rest.length - 1) / 2;
  const a = rest.slice(0, half);
  const b = rest.slice(half + 1);
  return Number.isInteger(half) && a.startsWith("a/") && b.startsWith("b/") && a.slice(2) === b.slice(2)
    ? a.slice(2)
    : undefined;
}

/** The path after `---` or `+++`; undefined for /dev/null. git ends a name that holds a blank with a tab. */
function sidePath(value: string): string | undefined {
  const name = unquote(value.replace(/\t$/u, ""));
  return /^[ab]\//u.test(name) ? name.slice(2) : undefined;
}

function strangePath(line: string): string {
  return line.replace(/^diff --\S+ /u, "").slice(0, 200) || "(unreadable)";
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  "\\": 92,
};

/** Undoes git's C-style quoting, octal bytes included; a bare name comes back as it is. */
function unquote(name: string): string {
  if (!/^".*"$/su.test(name)) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [, octal, escape, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (escape !== undefined)
      bytes.push(...(ESCAPES[escape] === undefined ? encoder.encode(escape) : [ESCAPES[escape]]));
    else bytes.push(...encoder.encode(plain));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
