import { BraidError, failure } from "../../core/failure";
import { MAX_IMAGES, readImage } from "../../core/image";
import { type Found, mentionsIn, type Missing, resolveMentions, type Tree } from "../../core/plan/mention";
import { isBinary } from "../../agent/files";
import { toImageBlock } from "../../agent/image-block";
import { type Material, type NamedFile, NO_MATERIAL } from "../../agent/material";
import { git } from "../../git/git";
import { splitNul } from "../../git/split-nul";
import { readBlob, type Repository } from "../../git/repository";
import type { ImageBlock } from "../../model/model";

/** Largest text file that is handed over, in bytes; a part of a longer one is left to the agent to read. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024;
/** Files listed of one folder. */
const MAX_LISTED = 400;
/** Files and folders one text may name. */
const MAX_NAMED = 50;

/** What a text is read against. */
export interface MentionOptions {
  readonly commit: string;
  /** Images that came with the goal, which a text may name as well. */
  readonly images?: readonly ImageBlock[];
  /** A user's goal is refused for what it names in vain; of a model's words it only does not count. */
  readonly strict: boolean;
}

/**
 * What a text names with `@`, read from a commit's objects: nothing outside the repository, no link followed. Throws
 * `goal.path` where `strict` and something named is not there, or cannot be handed over; and `git.*`.
 */
export async function readMentions(repo: Repository, text: string, options: MentionOptions): Promise<Material> {
  const given = (options.images ?? []).filter(({ name }) => isNamed(name, text));
  if (mentionsIn(text).length === 0) return given.length === 0 ? NO_MATERIAL : { files: [], images: given };
  const tree = await readTree(repo, options.commit);
  const { found, missing } = resolveMentions(text, tree, new Set((options.images ?? []).map(({ name }) => name)));
  const [first] = missing;
  if (options.strict && first !== undefined) throw notThere(first);
  if (options.strict && found.length > MAX_NAMED)
    throw refused(`The goal names ${found.length} files and folders; at most ${MAX_NAMED} can be handed over.`);
  const files: NamedFile[] = [];
  const images: ImageBlock[] = [...given];
  for (const each of found.slice(0, MAX_NAMED)) {
    const read = await readNamed(repo, options.commit, each, tree);
    if ("problem" in read) {
      if (options.strict) throw refused(`${each.mention.text} ${read.problem}`);
    } else if (read.type === "image") images.push(read);
    else files.push(read.file);
  }
  if (options.strict && images.length > MAX_IMAGES)
    throw refused(`The goal has ${images.length} images; at most ${MAX_IMAGES} can be sent.`);
  return { files, images: images.slice(0, MAX_IMAGES) };
}

type Read = ImageBlock | { readonly type: "file"; readonly file: NamedFile } | { readonly problem: string };

async function readNamed(repo: Repository, commit: string, { mention, path, kind }: Found, tree: Tree): Promise<Read> {
  const { lines } = mention;
  switch (kind) {
    case "link":
      return { problem: "is a link, and none is followed. Name the file it leads to." };
    case "module":
      return { problem: "is another repository (a submodule)." };
    case "folder": {
      if (lines !== undefined) return { problem: "names lines, but it is a folder." };
      const inside = tree.paths.filter((each) => path === "" || each.startsWith(`${path}/`));
      const more = inside.length > MAX_LISTED ? [`(and ${inside.length - MAX_LISTED} more)`] : [];
      return {
        type: "file",
        file: { path, text: [...inside.slice(0, MAX_LISTED), ...more].join("\n"), isFolder: true },
      };
    }
    case "file": {
      const bytes = (await readBlob(repo, commit, path)) ?? Buffer.alloc(0);
      if (readImage(bytes) !== undefined) {
        const shown = toImageBlock(path, bytes);
        return shown.ok ? shown.image : { problem: shown.problem };
      }
      if (isBinary(bytes)) return { problem: "is neither text nor an image." };
      if (lines === undefined && bytes.byteLength > MAX_TEXT_BYTES)
        return {
          problem: `has ${Math.ceil(bytes.byteLength / 1024 / 1024)} MB. Name some of its lines, as in ${mention.text}:1-200.`,
        };
      return textOf(path, bytes.toString("utf8"), lines);
    }
  }
}

function textOf(path: string, text: string, lines: readonly [number, number] | undefined): Read {
  if (lines === undefined) return { type: "file", file: { path, text, isFolder: false } };
  const all = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const [first, last] = lines;
  if (first < 1 || last < first) return { problem: "names no lines: they count from 1, the first comes first." };
  if (first > all.length) return { problem: `names lines that are not there: the file has ${all.length}.` };
  const to = Math.min(last, all.length);
  return {
    type: "file",
    file: { path, text: all.slice(first - 1, to).join("\n"), lines: [first, to], isFolder: false },
  };
}

async function readTree(repo: Repository, commit: string): Promise<Tree> {
  const { stdout } = await git(repo, ["ls-tree", "-r", "-z", "--full-tree", commit]);
  const kinds = new Map<string, "file" | "link" | "module">();
  const folders = new Set<string>([""]);
  for (const entry of splitNul(stdout)) {
    const [, mode = "", path = ""] = /^(\d+) [^\t]*\t(.*)$/su.exec(entry) ?? [];
    kinds.set(path, KINDS[mode] ?? "file");
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      if (folders.has(path.slice(0, at))) break;
      folders.add(path.slice(0, at));
    }
  }
  return {
    paths: [...kinds.keys()],
    find: (path) => kinds.get(path) ?? (path !== "" && folders.has(path) ? "folder" : undefined),
  };
}

const KINDS: Readonly<Record<string, "link" | "module">> = { "120000": "link", "160000": "module" };

/** Whether a text says the name of an image, with or without `@`. */
function isNamed(name: string, text: string): boolean {
  return text.includes(name);
}

function notThere({ mention, reason, near }: Missing): BraidError {
  if (reason === "outside")
    return refused(
      `${mention.text} lies outside the repository.`,
      "Copy it into the repository, or attach an image with --image.",
    );
  return refused(
    `${mention.text} is not in the commit the run starts from.`,
    near.length === 0
      ? "Check the path, commit the file first, or put the word in backticks if it is no path."
      : `Did you mean ${near.map((path) => `@${/\s/u.test(path) ? `"${path}"` : path}`).join(" or ")}? Put it in backticks if it is no path.`,
  );
}

function refused(message: string, hint = "Change the goal; the planner can also find files by itself."): BraidError {
  return new BraidError(failure("goal.path", message, { hint }));
}
