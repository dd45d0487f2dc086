import picomatch from "picomatch";
import { isGitName, refuse, shown } from "./jail-names";
import { openMatcher } from "./matcher";
import { grepByRipgrep, listByRipgrep } from "./ripgrep";
import type { FilesOnDemand } from "../git/on-demand";
import { bringCandidates, isTracked, visibleFiles } from "./search-on-demand";
import { walkFiles } from "./search-walk";
import type { Confined } from "./workspace";

/** What a search may see. */
export interface SearchScope {
  readonly root: string;
  /** Spellings of the root a pattern may start with. */
  readonly roots: readonly string[];
  readonly protect: (relative: string) => boolean;
  /** Absolute path of ripgrep, or null for the plain walk. */
  readonly ripgrep: string | null;
  /** Reads one file through the jail. */
  readonly read: (path: string) => Promise<Confined<Buffer>>;
  /** Where files come from that are not there yet; absent where all are. */
  readonly files?: FilesOnDemand | undefined;
}

/** Files below `from` whose path matches, sorted. A pattern without "/" matches names at any depth. */
export async function globFiles(
  scope: SearchScope,
  query: { readonly pattern: string; readonly from: string; readonly limit: number; readonly signal: AbortSignal },
): Promise<Confined<{ readonly paths: readonly string[]; readonly truncated: boolean }>> {
  const glob = compileGlob(query.pattern, scope.roots);
  if (!glob.ok) return glob;
  const listed = await listFiles(scope, query.from, query.signal);
  const prefix = query.from === "" ? "" : `${query.from}/`;
  const found = await filterBy(glob.value.expression, listed.paths, (path) => {
    const relative = path.startsWith(prefix) ? path.slice(prefix.length) : path;
    return glob.value.names ? relative.slice(relative.lastIndexOf("/") + 1) : relative;
  });
  if (found === undefined) return refuse("pattern", `The pattern ${shown(query.pattern)} takes too long to match.`);
  const paths = found.toSorted();
  const truncated = listed.truncated || paths.length > query.limit;
  return { ok: true, value: { paths: paths.slice(0, query.limit), truncated } };
}

/**
 * Lines that match, as `path:line:text`. Binary files and files over 2 MB are passed over. Where files come as they are asked
 * for and nobody can tell which ones it takes, all of them have to be there first.
 */
export async function grepFiles(
  scope: SearchScope,
  query: {
    readonly pattern: string;
    readonly from: string;
    readonly glob?: string;
    readonly ignoreCase?: boolean;
    readonly limit: number;
    readonly signal: AbortSignal;
  },
): Promise<Confined<{ readonly lines: readonly string[]; readonly truncated: boolean }> | "needs all files"> {
  if (query.pattern.length > MAX_PATTERN_CHARS) return refuse("pattern", "The pattern is too long.");
  // A NUL or a line end in the pattern can match no line, and ripgrep refuses them in words about its own flags.
  if (/[\0\n\r]/u.test(query.pattern)) return refuse("pattern", "The pattern must fit one line: no line ends, no NUL.");
  let allowed: ReadonlySet<string> | undefined;
  if (query.glob !== undefined) {
    const listed = await globFiles(scope, { ...query, pattern: query.glob, limit: Number.POSITIVE_INFINITY });
    if (!listed.ok) return listed;
    allowed = new Set(listed.value.paths);
  }
  if (scope.files !== undefined && !(await bringCandidates(scope.files, query, allowed))) return "needs all files";
  return scope.ripgrep === null
    ? grepByWalk(scope, query, allowed)
    : grepWithRipgrep(scope, scope.ripgrep, query, allowed);
}

/** A compiled glob; `names` ones are held against the last part of a path only. */
interface Glob {
  readonly expression: RegExp;
  readonly names: boolean;
}

type GrepQuery = Parameters<typeof grepFiles>[1];
type GrepAnswer = Exclude<Awaited<ReturnType<typeof grepFiles>>, string>;

const MAX_PATTERN_CHARS = 1000;
const MAX_LINE_CHARS = 400;
const MAX_FILES = 200_000;
const SEARCH_TIMEOUT_MS = 20_000;
const MATCH_TIMEOUT_MS = 3_000;

function compileGlob(pattern: string, roots: readonly string[]): Confined<Glob> {
  if (pattern === "") return refuse("pattern", "The pattern is empty.");
  if (pattern.length > MAX_PATTERN_CHARS) return refuse("pattern", "The pattern is too long.");
  if (pattern.includes("\0")) return refuse("pattern", "The pattern has a NUL.");
  const root = roots.find((candidate) => pattern.startsWith(`${candidate}/`));
  const relative = (root === undefined ? pattern : pattern.slice(root.length + 1)).replace(/^(?:\.\/)+/u, "");
  if (/^(?:[/\\~]|[A-Za-z]:)/u.test(relative) || relative.split(/[\\/{},()|]/u).includes(".."))
    return refuse("outside", `The pattern ${shown(pattern)} leads outside the worktree.`);
  try {
    const options = { dot: true, nonegate: true, maxLength: MAX_PATTERN_CHARS };
    return { ok: true, value: { expression: picomatch.makeRe(relative, options), names: !relative.includes("/") } };
  } catch {
    return refuse("pattern", `The pattern ${shown(pattern)} is not a valid glob.`);
  }
}

async function listFiles(scope: SearchScope, from: string, signal: AbortSignal) {
  const paths: string[] = [];
  const add = (path: string): boolean => {
    if (isVisible(scope, path)) paths.push(path);
    return paths.length < MAX_FILES;
  };
  const limits = { signal, timeoutMs: SEARCH_TIMEOUT_MS, read: scope.read };
  // What is tracked is known without the files; below a folder that is not, all there is is on the disk.
  if (scope.files !== undefined && isTracked(scope.files, from)) {
    const listed = await visibleFiles(scope.files, scope.read, from);
    return { paths, truncated: !listed.every(add) };
  }
  const done =
    scope.ripgrep === null
      ? await walkFiles(scope.root, from, limits, add)
      : await listByRipgrep({ binary: scope.ripgrep, root: scope.root, from, ...limits }, add);
  return { paths, truncated: !done };
}

async function grepWithRipgrep(
  scope: SearchScope,
  binary: string,
  query: GrepQuery,
  allowed: ReadonlySet<string> | undefined,
): Promise<GrepAnswer> {
  const lines: string[] = [];
  let more = false;
  const options = { ...query, binary, root: scope.root, timeoutMs: SEARCH_TIMEOUT_MS };
  const done = await grepByRipgrep(options, (path, line) => {
    if (!isVisible(scope, path) || allowed?.has(path) === false) return true;
    more = lines.length >= query.limit;
    if (!more) lines.push(clip(`${path}:${line}`));
    return !more;
  });
  if (done.kind === "bad-pattern") return refuse("pattern", `The pattern was not understood. ${done.message}`);
  return { ok: true, value: { lines, truncated: more || done.kind === "cut-off" } };
}

async function grepByWalk(
  scope: SearchScope,
  query: GrepQuery,
  allowed: ReadonlySet<string> | undefined,
): Promise<GrepAnswer> {
  const expression = compileRegExp(query.pattern, query.ignoreCase === true);
  if (!expression.ok) return expression;
  const listed = await listFiles(scope, query.from, query.signal);
  const matcher = openMatcher(expression.value, MATCH_TIMEOUT_MS);
  const lines: string[] = [];
  try {
    for (const path of listed.paths.toSorted()) {
      query.signal.throwIfAborted();
      if (allowed?.has(path) === false) continue;
      const file = await scope.read(path);
      if (!file.ok) continue;
      const text = file.value.toString("utf8").split(/\r?\n/u);
      const hits = await matcher.indexes(text);
      if (hits === undefined) return refuse("pattern", "The pattern takes too long to match; make it simpler.");
      for (const hit of hits) {
        if (lines.length >= query.limit) return { ok: true, value: { lines, truncated: true } };
        lines.push(clip(`${path}:${hit + 1}:${text[hit] ?? ""}`));
      }
    }
  } finally {
    matcher.dispose();
  }
  return { ok: true, value: { lines, truncated: listed.truncated } };
}

async function filterBy(expression: RegExp, paths: readonly string[], toText: (path: string) => string) {
  if (paths.length === 0) return [];
  const matcher = openMatcher(expression, MATCH_TIMEOUT_MS);
  try {
    const hits = await matcher.indexes(paths.map(toText));
    return hits?.flatMap((hit) => paths[hit] ?? []);
  } finally {
    matcher.dispose();
  }
}

function compileRegExp(pattern: string, ignoreCase: boolean): Confined<RegExp> {
  try {
    return { ok: true, value: new RegExp(pattern, ignoreCase ? "iu" : "u") };
  } catch (error) {
    return refuse("pattern", `The pattern was not understood. ${error instanceof Error ? error.message : ""}`.trim());
  }
}

function isVisible(scope: SearchScope, path: string): boolean {
  return !path.split("/").some(isGitName) && !scope.protect(path);
}

function clip(line: string): string {
  const text = line.replace(/\r$/u, "");
  return text.length > MAX_LINE_CHARS ? `${text.slice(0, MAX_LINE_CHARS)}…` : text;
}
