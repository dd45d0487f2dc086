import { git } from "./git";
import type { Repository } from "./repository";
import { askStanding, type ReadAnswer } from "./standing";

/** What git keeps under a name. */
export interface FoundObject {
  readonly id: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/** Beyond it a blob is read by a process of its own, in bytes: others would wait for it. */
const LARGE = 1_000_000;

/** Asks one after the other. */
const args = ["cat-file", "--batch-command"];
const LINE_FEED = 10;

/** What a name (a ref, an id, `COMMIT:PATH`, with `^{…}` behind it) leads to; undefined where that is nothing. */
export async function findObject(repo: Repository, name: string): Promise<FoundObject | undefined> {
  if (!isLine(name)) return undefined;
  return askStanding(repo, args, `info ${name}\n`, (bytes) => {
    const head = readHead(bytes);
    return head === undefined ? undefined : { answer: head.found, used: head.used };
  });
}

/** The bytes of a blob under a name; undefined where there is none. */
export async function readObject(repo: Repository, name: string): Promise<Buffer | undefined> {
  const size = isLine(name) ? (await findObject(repo, name))?.size : LARGE;
  if (size === undefined) return undefined;
  if (size >= LARGE) {
    const output = await git(repo, ["cat-file", "blob", name], { expect: [0, 128] });
    return output.exitCode === 0 ? output.stdout : undefined;
  }
  return askStanding(repo, args, `contents ${name}\n`, readContents);
}

/** A line is a name there, and git takes a carriage return at its end for a part of the line's end. */
function isLine(name: string): boolean {
  return !name.includes("\n") && !name.endsWith("\r");
}

/**
 * The bytes of blobs by their ids, in their order, as far as `maxBytes` in all go; undefined for the rest, and for what is none or is
 * not there.
 */
export async function readBlobs(
  repo: Repository,
  ids: readonly string[],
  maxBytes: number,
): Promise<readonly (Buffer | undefined)[]> {
  const all = [...new Set(ids)];
  let left = maxBytes;
  const fit: string[] = [];
  for (const [i, { found }] of (await askAll(repo, "info", all)).entries()) {
    if (found?.type !== "blob" || found.size > left) continue;
    left -= found.size;
    fit.push(all[i] ?? "");
  }
  const contents = await askAll(repo, "contents", fit);
  const known = new Map(fit.map((id, i) => [id, contents[i]?.content]));
  return ids.map((id) => known.get(id));
}

interface Answer {
  readonly found: FoundObject | undefined;
  readonly content: Buffer;
}

/** Puts a question about each name at once; the answers come in their order. Who asks for contents takes care that they are few. */
async function askAll(
  repo: Repository,
  what: "info" | "contents",
  names: readonly string[],
): Promise<readonly Answer[]> {
  if (names.length === 0) return [];
  const question = names.map((name) => `${what} ${name}\n`).join("");
  return askStanding(repo, args, question, (bytes) => {
    const answers: Answer[] = [];
    let used = 0;
    while (answers.length < names.length) {
      const head = readHead(bytes.subarray(used));
      if (head === undefined) return undefined;
      const from = used + head.used;
      const hasContent = what === "contents" && head.found !== undefined;
      used = hasContent ? from + head.found.size + 1 : from;
      if (bytes.length < used) return undefined;
      answers.push({ found: head.found, content: bytes.subarray(from, hasContent ? used - 1 : from) });
    }
    return { answer: answers, used };
  });
}

const readContents: ReadAnswer<Buffer | undefined> = (bytes) => {
  const head = readHead(bytes);
  if (head?.found === undefined) return head && { answer: undefined, used: head.used };
  const end = head.used + head.found.size;
  if (bytes.length <= end) return undefined;
  const content = head.found.type === "blob" ? Buffer.from(bytes.subarray(head.used, end)) : undefined;
  return { answer: content, used: end + 1 };
};

/** `ID TYPE SIZE`, or the name and why it leads nowhere. */
function readHead(bytes: Buffer): { readonly found: FoundObject | undefined; readonly used: number } | undefined {
  const end = bytes.indexOf(LINE_FEED);
  if (end === -1) return undefined;
  const [, id, type, size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/u.exec(bytes.toString("utf8", 0, end)) ?? [];
  const used = end + 1;
  return id === undefined || type === undefined
    ? { found: undefined, used }
    : { found: { id, type, size: Number(size) }, used };
}
