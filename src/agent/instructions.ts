/** A file of instructions, cut to its limit. */
export interface Instructions {
  readonly path: string;
  readonly text: string;
}

/** Read beside the nearest AGENTS.md or CLAUDE.md, wherever the files are. */
const EVERYWHERE = ".github/copilot-instructions.md";
/** Folders looked into for one subtask. */
const MAX_FOLDERS = 300;
/** Characters of one file of instructions, and of all of a subtask. */
const MAX_FILE = 24_000;
const MAX_ALL = 48_000;

/** Every path that may hold instructions for work on these files (names or patterns, as a plan has them). */
export function instructionPaths(files: readonly string[]): readonly string[] {
  const folders = [...new Set(chainsOf(files).flat())].slice(0, MAX_FOLDERS);
  return [...folders.flatMap((folder) => [`${folder}AGENTS.md`, `${folder}CLAUDE.md`]), EVERYWHERE];
}

/**
 * Which of the paths that exist apply: for each file the nearest AGENTS.md up the tree, else the nearest CLAUDE.md; and
 * Copilot's, which apply everywhere.
 */
export function chooseInstructions(files: readonly string[], existing: ReadonlySet<string>): readonly string[] {
  const nearest = chainsOf(files).flatMap((chain) => {
    const find = (name: string) => chain.map((folder) => `${folder}${name}`).find((path) => existing.has(path));
    return find("AGENTS.md") ?? find("CLAUDE.md") ?? [];
  });
  return [...new Set([...nearest, ...(existing.has(EVERYWHERE) ? [EVERYWHERE] : [])])];
}

/** The texts a worker is given: none blank, none twice, none longer than its limit. */
export function boundInstructions(found: readonly Instructions[]): readonly Instructions[] {
  const seen = new Set<string>();
  const given: Instructions[] = [];
  let left = MAX_ALL;
  for (const { path, text: whole } of found) {
    const text = whole.replace(/^\uFEFF/u, "").trim();
    const limit = Math.min(MAX_FILE, left);
    if (text === "" || seen.has(text) || limit === 0) continue;
    seen.add(text);
    const kept = text.length <= limit ? text : `${text.slice(0, limit).toWellFormed()}\n(Cut.)`;
    left -= Math.min(text.length, limit);
    given.push({ path, text: kept });
  }
  return given;
}

/** For each file the folders up the tree, nearest first, each with its final slash; the root where no file is named. */
function chainsOf(files: readonly string[]): readonly (readonly string[])[] {
  const chains = new Map(files.map((file) => folderOf(file)).map((parts) => [parts.join("/"), parts]));
  if (chains.size === 0) return [[""]];
  return [...chains.values()].map((parts) =>
    Array.from({ length: parts.length + 1 }, (_, i) => {
      const kept = parts.slice(0, parts.length - i);
      return kept.length === 0 ? "" : `${kept.join("/")}/`;
    }),
  );
}

/** The folder of a file or pattern: what stands before the last slash that stands before any wildcard. */
function folderOf(file: string): readonly string[] {
  const fixed = file.replace(/[*?[{].*$/su, "");
  const parts = fixed
    .slice(0, fixed.lastIndexOf("/") + 1)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  // Nothing outside the repository, and nothing that is no path, has instructions.
  return parts.some((part) => part === ".." || /\p{Cc}/u.test(part)) ? [] : parts;
}
