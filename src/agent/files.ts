// Written by hand although the SDK ships a file toolset (`@anthropic-ai/sdk/tools/agent-toolset`), because a test
// (test/hostile/sdk-toolset.test.ts) shows what it gets wrong: it writes `.git/hooks` and `.git/config`, an edit turns
// every byte that is not UTF-8 into U+FFFD, `aa` is found once in `aaa`, and a call cut off before `content` empties the file.
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { refuse } from "./jail-names";
import type { Place } from "./jail-walk";
import type { Confined } from "./workspace";

/** Largest file that is read, in bytes. */
export const MAX_READ_BYTES = 2 * 1024 * 1024;

/** Reads a text file whole, or with `any` whatever is in it. A folder, a pipe, a binary file or one over {@link MAX_READ_BYTES} is refused. */
export async function readPlace(
  place: Place,
  label: string,
  content: "text" | "any" = "text",
): Promise<Confined<Buffer>> {
  if (place.stats === undefined) return refuse("not-found", `${label} does not exist.`);
  if (place.stats.isDirectory()) return refuse("not-a-file", `${label} is a folder; use glob to list it.`);
  if (!place.stats.isFile()) return refuse("not-a-file", `${label} is not a regular file.`);
  const file = await open(place.at(place.name), O_READ);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return refuse("not-a-file", `${label} is not a regular file.`);
    if (!(await place.isInPlace(file))) return refuse("link", `${label} changed while it was opened; try again.`);
    const bytes = stats.size > MAX_READ_BYTES ? undefined : await readUpTo(file, MAX_READ_BYTES);
    if (bytes === undefined)
      return refuse("too-large", `${label} is over ${MAX_READ_BYTES / 1024 / 1024} MB; use grep, or bash with sed.`);
    if (content === "text" && isBinary(bytes)) return refuse("binary", `${label} is a binary file.`);
    return { ok: true, value: bytes };
  } finally {
    await file.close();
  }
}

/** Whether bytes are no text: text has no NUL in it. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Puts `bytes` in place by temp file, flush and rename. A hard link elsewhere keeps its old content; the mode is kept. `before` is done once it is clear that it may. */
export async function writePlace(
  place: Place,
  bytes: Uint8Array,
  label: string,
  before: () => Promise<void> | undefined = () => undefined,
): Promise<Confined<{ readonly created: boolean }>> {
  const { stats } = place;
  if (place.name === "" || stats?.isDirectory()) return refuse("not-a-file", `${label} is a folder.`);
  if (stats !== undefined && !stats.isFile()) return refuse("not-a-file", `${label} is not a regular file.`);
  await before();
  const temp = place.at(`.braid-${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(temp, O_CREATE, 0o666);
  try {
    try {
      if (stats !== undefined) await file.chmod(stats.mode & 0o777);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await place.isInPlace())) {
      await unlink(temp);
      return refuse("link", `${label} changed while it was written; try again.`);
    }
    await rename(temp, place.at(place.name));
  } catch (error) {
    await unlink(temp).catch(() => undefined);
    throw error;
  }
  await place.sync();
  return { ok: true, value: { created: stats === undefined } };
}

/** Words for a file-system error, without the path it carries. Anything else is a bug and is thrown on. */
export function refuseIo(error: unknown, label: string): ReturnType<typeof refuse> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/u.test(code)) throw error;
  switch (code) {
    case "ENOENT":
      return refuse("not-found", `${label} does not exist.`);
    case "ELOOP":
    case "ENOTDIR":
      return refuse("link", `${label} leads through a link or something not a folder.`);
    case "ENAMETOOLONG":
      return refuse("bad-name", `${label} is too long.`);
    case "EISDIR":
    case "ENXIO":
    case "ENODEV":
      return refuse("not-a-file", `${label} is not a regular file.`);
    case "ENOSPC":
    case "EDQUOT":
      return refuse("io", `${label} could not be written: the disk is full.`);
    default:
      return refuse("io", `${label} could not be opened (${code}).`);
  }
}

const BINARY_PROBE_BYTES = 8000;
// A pipe without a writer would block an open for ever.
const O_READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const O_CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** The whole file, or undefined where it goes on past `limit`: a file may grow after its size was read. */
async function readUpTo(file: FileHandle, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    length += bytesRead;
    if (length > limit) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
