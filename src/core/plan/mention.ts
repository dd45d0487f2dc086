/** A place in a text that may name a file: `@src/a.ts`, `@"with space.md"`, `@dir/`, `@a.ts:10-20`. */
export interface Mention {
  /** As it is written, with its `@`. */
  readonly text: string;
  readonly path: string;
  /** In quotation marks, which nothing but a path is. */
  readonly quoted: boolean;
  /** First and last line, from 1. */
  readonly lines?: readonly [number, number];
}

/** What a path is in a commit. */
export type EntryKind = "file" | "folder" | "link" | "module";

/** The files of a commit, as far as mentions look at them. */
export interface Tree {
  find(path: string): EntryKind | undefined;
  /** Every file. */
  readonly paths: readonly string[];
}

/** A mention of something that is there. */
export interface Found {
  readonly mention: Mention;
  /** Without `./` and final slash. */
  readonly path: string;
  readonly kind: EntryKind;
}

/** A mention that was meant and leads nowhere. */
export interface Missing {
  readonly mention: Mention;
  readonly reason: "unknown" | "outside";
  /** Paths that may have been meant. */
  readonly near: readonly string[];
}

/**
 * What a text names. A word behind `@` is a path where the commit has it. Where it has not, it was meant as one if it stands in
 * quotation marks, names lines, ends in a slash, starts with a dot and a slash, begins with a folder there is, or ends like a
 * file there is (or an image); else it is something else (a decorator, a scoped package, somebody). An `@` inside a
 * word, and whatever stands in backticks, names nothing. `given` are names that mean something other than files of the
 * commit.
 */
export function resolveMentions(
  text: string,
  tree: Tree,
  given: ReadonlySet<string> = new Set(),
): { readonly found: readonly Found[]; readonly missing: readonly Missing[] } {
  const found: Found[] = [];
  const missing: Missing[] = [];
  const endings = new Set(tree.paths.flatMap((path) => endingOf(path) ?? []));
  for (const mention of mentionsIn(text)) {
    if (given.has(mention.path)) continue;
    const path = plainPath(mention.path);
    const kind = path === undefined ? undefined : tree.find(path);
    if (path !== undefined && kind !== undefined) found.push({ mention, path, kind });
    else if (
      path === undefined
        ? mention.quoted || /(?:^|\/)\.\.(?:\/|$)/u.test(mention.path)
        : wasMeant(mention, path, tree, endings)
    )
      missing.push({
        mention,
        reason: path === undefined ? "outside" : "unknown",
        near: path === undefined ? [] : nearPaths(path, tree.paths),
      });
  }
  return { found: found.filter(({ path, mention }, at) => isFirst(found, at, path, mention)), missing };
}

/** Every place in a text that may be a mention, in order. */
export function mentionsIn(text: string): readonly Mention[] {
  const prose = text.replace(IN_BACKTICKS, (code) => " ".repeat(code.length));
  return [...prose.matchAll(MENTION)].flatMap(([whole, quoted, bare = "", from, to]): readonly Mention[] => {
    const first = from === undefined ? undefined : Number(from);
    const range = first === undefined ? {} : { lines: [first, to === undefined ? first : Number(to)] as const };
    if (quoted !== undefined) return [{ text: whole, path: quoted, quoted: true, ...range }];
    // What ends a sentence does not belong to the path.
    const path = first === undefined ? bare.replace(/[.,:;!?\u2026*_]+$/u, "") : bare;
    if (path === "") return [];
    return [{ text: first === undefined ? `@${path}` : whole, path, quoted: false, ...range }];
  });
}

const IN_BACKTICKS = /```.*?(?:```|$)|~~~.*?(?:~~~|$)|`[^`\n]*`/gsu;
// A path in quotation marks, or up to what no path in prose contains; not inside a word (mail), not a call (decorator).
const MENTION =
  /(?<![\w@.+/-])@(?:"([^"\n]+)"|([^\s"'`@()<>[\]{},;|]+?))(?::(\d{1,7})(?:-(\d{1,7}))?)?(?=$|[\s"'`)<>\]},;|]|[.:!?\u2026](?:\s|$))(?!\()/gu;

const IMAGE_ENDINGS: ReadonlySet<string> = new Set(["png", "jpg", "jpeg", "gif", "webp"]);
const MAX_NEAR = 3;
/** Letters by which a near name may differ. */
const MAX_DISTANCE = 2;

/** Relative to the root, without `.` and `..`; undefined for what lies outside. */
function plainPath(path: string): string | undefined {
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/u.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

function wasMeant(mention: Mention, path: string, tree: Tree, endings: ReadonlySet<string>): boolean {
  if (mention.quoted || mention.lines !== undefined || /^\.{1,2}\/|\/$/u.test(mention.path)) return true;
  const [first = "", ...rest] = path.split("/");
  if (rest.length > 0 && tree.find(first) === "folder") return true;
  const ending = endingOf(path);
  return ending !== undefined && (endings.has(ending) || IMAGE_ENDINGS.has(ending));
}

function endingOf(path: string): string | undefined {
  return /[^/]\.([A-Za-z0-9]{1,8})$/u.exec(path)?.[1]?.toLowerCase();
}

function nearPaths(path: string, paths: readonly string[]): readonly string[] {
  const name = nameOf(path);
  const judged = paths.flatMap((each) => {
    const distance = Math.min(editDistance(name, nameOf(each)), editDistance(path.toLowerCase(), each.toLowerCase()));
    return distance <= MAX_DISTANCE ? [{ each, distance }] : [];
  });
  return judged
    .toSorted((a, b) => a.distance - b.distance || a.each.length - b.each.length)
    .slice(0, MAX_NEAR)
    .map(({ each }) => each);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}

/** Letters to change, add or drop; anything above the most that counts is only known to be more. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return MAX_DISTANCE + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    if (Math.min(...next) > MAX_DISTANCE) return MAX_DISTANCE + 1;
    row = next;
  }
  return row[b.length] ?? 0;
}

function isFirst(found: readonly Found[], at: number, path: string, { lines }: Mention): boolean {
  const same = (other: Found) => other.path === path && String(other.mention.lines) === String(lines);
  return found.findIndex(same) === at;
}
