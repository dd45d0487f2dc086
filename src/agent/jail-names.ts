import type { Confined, PathRefusal } from "./workspace";

/** Splits a model's path into segments below `roots` (one folder, in all its spellings), or says why not. "." and empty segments go, ".." stays. */
export function parsePath(path: string, roots: readonly string[]): Confined<readonly string[]> {
  if (path === "") return refuse("bad-name", "The path is empty.");
  if (!path.isWellFormed()) return refuse("bad-name", `${shown(path)} is not valid Unicode.`);
  if (CONTROL.test(path)) return refuse("bad-name", `${shown(path)} has control characters.`);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return refuse("bad-name", `${shown(path)} is too long.`);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//u.test(path)) return refuse("bad-name", `${shown(path)} is a URI, not a path.`);

  const home = roots.find((root) => isBelow(path, root));
  let rest = home === undefined ? path : path.slice(home.length);
  if (home !== undefined && process.platform === "win32") rest = rest.replaceAll("\\", "/");
  if (rest.includes("\\")) return refuse("bad-name", `${shown(path)} has a backslash; separate folders with "/".`);
  if (home === undefined && path.startsWith("/")) return refuse("outside", `${shown(path)} is outside the worktree.`);

  const segments = rest.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (UNEXPANDED.has(segments[0]?.toLowerCase() ?? ""))
    return refuse("outside", `${shown(path)} is outside the worktree; paths are not expanded.`);
  for (const segment of segments) {
    const refusal = judgeName(segment, path);
    if (refusal !== undefined) return { ok: false, refusal };
  }
  return { ok: true, value: segments };
}

/**
 * Whether some file system takes this name for `.git`: any case, code points HFS+ ignores, trailing dots, spaces and
 * streams as NTFS drops them, 8.3 short names. The rules are git's own (`is_hfs_dotgit`, `is_ntfs_dotgit`), widened.
 */
export function isGitName(name: string): boolean {
  const plain = name
    .normalize("NFC")
    .replaceAll(IGNORABLE, "")
    .replace(/:.*$/su, "")
    .replace(/[. ]+$/u, "")
    .toLowerCase();
  return plain === ".git" || /^git~\d+$/u.test(plain);
}

/** A path for a message: quoted, escaped, cut. */
export function shown(path: string): string {
  const text = path.length > MAX_SHOWN_CHARS ? `${path.slice(0, MAX_SHOWN_CHARS)}…` : path;
  return JSON.stringify(text.toWellFormed()).replaceAll(INVISIBLE, (c) =>
    Array.from(c, (point) => `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`).join(""),
  );
}

/** Builds the refusing half of a {@link Confined}. */
export function refuse(reason: PathRefusal["reason"], message: string): { ok: false; refusal: PathRefusal } {
  return { ok: false, refusal: { reason, message } };
}

const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;
const MAX_SHOWN_CHARS = 200;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const UNEXPANDED = new Set(["~", "$home", "${home}", "%userprofile%", "%home%", "%appdata%"]);
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/iu;

/** What is wrong with one name. Windows forms are refused everywhere, as the result may be checked out there. */
function judgeName(name: string, path: string): PathRefusal | undefined {
  if (name === "..") return undefined;
  const bad = (message: string): PathRefusal => ({ reason: "bad-name", message: `${shown(path)} ${message}` });
  if (isGitName(name)) return { reason: "protected", message: `${shown(path)} is git's own; it is off limits.` };
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return bad(`has a name over ${MAX_NAME_BYTES} bytes.`);
  if (/^[A-Za-z]:/u.test(name)) return bad("names a Windows drive.");
  if (/:\$|::/u.test(name)) return bad("names an NTFS stream.");
  if (/[. ]$/u.test(name)) return bad("has a name that ends in a dot or a space.");
  const stem = process.platform === "win32" ? (name.split(".")[0] ?? name) : name;
  if (DEVICE.test(stem.trimEnd())) return bad("names a Windows device.");
  if (process.platform === "win32" && /[<>:"|?*]/u.test(name)) return bad("has a character Windows forbids.");
  return undefined;
}

function isBelow(path: string, root: string): boolean {
  const cut =
    process.platform === "win32" ? path.replaceAll("/", "\\").slice(0, root.length) : path.slice(0, root.length);
  const same = process.platform === "win32" ? cut.toLowerCase() === root.toLowerCase() : cut === root;
  const next = path[root.length];
  return same && (next === undefined || next === "/" || (process.platform === "win32" && next === "\\"));
}
