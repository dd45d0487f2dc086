/** What kind of conflict git reports, in one word or two. */
export type ConflictKind =
  | "content"
  | "add/add"
  | "binary"
  | "modify/delete"
  | "rename/rename"
  | "rename/delete"
  | "rename/add"
  | "directory rename"
  | "file/directory"
  | "mode"
  | "submodule"
  | "markers"
  | "other";

/** A conflict between a result and the branch it should go to. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly paths: readonly string[];
  /** Git's own words, one line. */
  readonly message: string;
}

/** A place in a file where both sides changed the same lines. Lines have no line ends. */
export interface ConflictHunk {
  /** Where it begins in the merged file, from 1. */
  readonly line: number;
  /** As the branch has it. */
  readonly ours: readonly string[];
  /** As it was before both; null where git does not say. */
  readonly base: readonly string[] | null;
  /** As the result has it. */
  readonly theirs: readonly string[];
}

/** Git's short type and message of a conflict as a kind; undefined for what is only told and no conflict. */
export function conflictKind(type: string, message: string): ConflictKind | undefined {
  if (!type.startsWith("CONFLICT") && !message.startsWith("CONFLICT")) return undefined;
  if (message.startsWith("CONFLICT (add/add)")) return "add/add";
  return KINDS.find(([words]) => type.includes(words) || message.includes(`(${words}`))?.[1] ?? "other";
}

const KINDS: readonly (readonly [string, ConflictKind])[] = [
  ["file in way of directory rename", "directory rename"],
  ["directory rename", "directory rename"],
  ["modify/delete", "modify/delete"],
  ["rename/rename", "rename/rename"],
  ["rename/delete", "rename/delete"],
  ["rename involved in collision", "rename/add"],
  ["rename/add", "rename/add"],
  ["file/directory", "file/directory"],
  ["distinct modes", "mode"],
  ["distinct types", "mode"],
  ["submodule", "submodule"],
  ["binary", "binary"],
  ["contents", "content"],
  ["content", "content"],
];

const WORDS: Readonly<Record<ConflictKind, string>> = {
  content: "both changed the same lines",
  "add/add": "both added it, with different content",
  binary: "both changed it, and it is binary",
  "modify/delete": "one side changed what the other deleted",
  "rename/rename": "both renamed it, to different names",
  "rename/delete": "one side renamed what the other deleted",
  "rename/add": "one side renamed something to a name the other gave to something else",
  "directory rename": "one side renamed a folder the other added files to",
  "file/directory": "one side has a file where the other has a folder",
  mode: "both made it another kind of entry",
  submodule: "both moved the submodule",
  markers: "markers of the conflict are left in it",
  other: "git cannot merge it",
};

/** A conflict in words: `src/a.ts: both changed the same lines`. */
export function describeConflict({ kind, paths }: Conflict): string {
  return `${paths.join(", ")}: ${WORDS[kind]}`;
}

/** The conflicting places in a file git merged with markers, as long as an attribute of the repository has them. */
export function parseConflictHunks(text: string): readonly ConflictHunk[] {
  const hunks: ConflictHunk[] = [];
  let open:
    | {
        line: number;
        ours: string[];
        base: string[] | null;
        theirs: string[];
        side: "ours" | "base" | "theirs";
        size: number;
      }
    | undefined;
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/u, "");
    if (open === undefined) {
      const size = /^(<{7,}) /u.exec(line)?.[1]?.length;
      if (size !== undefined) open = { line: i + 1, ours: [], base: null, theirs: [], side: "ours", size };
    } else if (open.side === "ours" && line.startsWith(`${"|".repeat(open.size)} `)) {
      open.base = [];
      open.side = "base";
    } else if (open.side !== "theirs" && line === "=".repeat(open.size)) open.side = "theirs";
    else if (open.side === "theirs" && line.startsWith(`${">".repeat(open.size)} `)) {
      const { side: _side, size: _size, ...hunk } = open;
      hunks.push(hunk);
      open = undefined;
    } else if (open.side === "base") open.base?.push(line);
    else open[open.side].push(line);
  }
  return hunks;
}

/** Whether a text still holds a whole set of conflict markers. */
export function hasConflictMarkers(text: string): boolean {
  return parseConflictHunks(text).length > 0;
}

/** Whether a text holds a whole set of conflict markers, not all of which `before` has: a file may be about them. */
export function addsConflictMarkers(text: string, before: string): boolean {
  if (!hasConflictMarkers(text)) return false;
  const known = new Set(before.split(/\r?\n/u));
  return text.split(/\r?\n/u).some((line) => /^(?:<{7,}|>{7,}) /u.test(line) && !known.has(line));
}
