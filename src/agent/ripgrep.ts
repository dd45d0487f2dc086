import { access, constants, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { trustedPath } from "../git/trusted-path";
import { eachRecord, type ProgramOptions, type ProgramResult } from "./process";

/** One search. `from` is relative to `root`; empty for all of it. */
export interface RipgrepOptions {
  /** Absolute path of ripgrep. */
  readonly binary: string;
  readonly root: string;
  readonly from: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Lists files, relative to the root; false when it was cut off, by the time or from outside, or `onFile` said false. */
export async function listByRipgrep(options: RipgrepOptions, onFile: (path: string) => boolean): Promise<boolean> {
  let stopped = false;
  const args = [...FLAGS, "--files", "--", `./${options.from}`];
  const result = await eachRecord(options.binary, args, programOptions(options, "\0"), (path) => {
    stopped = !onFile(toRelative(path));
    return !stopped;
  });
  return !stopped && !isCutOff(result);
}

/** Hands over each line that matches as a path and `line:text`, in order of path, until `onLine` says false. */
export async function grepByRipgrep(
  options: RipgrepOptions & { readonly pattern: string; readonly ignoreCase?: boolean },
  onLine: (path: string, line: string) => boolean,
): Promise<{ readonly kind: "done" | "cut-off" } | { readonly kind: "bad-pattern"; readonly message: string }> {
  const args = [
    ...FLAGS,
    ...LINE_FLAGS,
    ...(options.ignoreCase === true ? ["--ignore-case"] : []),
    `--regexp=${options.pattern}`,
    "--",
    `./${options.from}`,
  ];
  let [any, stopped] = [false, false];
  const result = await eachRecord(options.binary, args, programOptions(options, "\n"), (record) => {
    const end = record.indexOf("\0");
    if (end < 0) return true;
    any = true;
    stopped = !onLine(toRelative(record.slice(0, end)), record.slice(end + 1));
    return !stopped;
  });
  if (!stopped && isCutOff(result)) return { kind: "cut-off" };
  // It ends like that for a file it could not read as well, of which it was told to say nothing.
  const said = result.stderr.replace(/^rg: /u, "").trim();
  if (result.exitCode === 2 && !any && said !== "") return { kind: "bad-pattern", message: said };
  return { kind: "done" };
}

/** Whether there may have been more: it did not come to an end of its own. */
function isCutOff({ timedOut, exitCode }: ProgramResult): boolean {
  return timedOut || exitCode === null;
}

/** Ripgrep on PATH, in a folder outside `root`: one that a worker could have written is never run. */
export async function findRipgrep(root: string): Promise<string | null> {
  const folders = trustedPath();
  const from = folders.join(delimiter);
  // Each worker asks; what is still where it was found need not be looked for.
  if (found?.from === from && !isIn(root, found.file) && (await realpathOf(found.file)) === found.file)
    return found.file;
  for (const folder of folders) {
    const file = await realpathOf(join(folder, process.platform === "win32" ? "rg.exe" : "rg"));
    if (file === undefined || isIn(root, file)) continue;
    const runs = access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!(await runs)) continue;
    found = { from, file };
    return file;
  }
  return null;
}

/** What was found last, on which PATH. */
let found: { readonly from: string; readonly file: string } | undefined;

function isIn(root: string, file: string): boolean {
  return file.startsWith(join(root, "/"));
}

function realpathOf(file: string): Promise<string | undefined> {
  return realpath(file).catch(() => undefined);
}

/** Flags that make ripgrep see what the plain walk sees: hidden files yes, links no, `.gitignore` and nothing else. */
const FLAGS = [
  "--no-config",
  "--no-messages",
  "--hidden",
  "--no-follow",
  "--no-require-git",
  "--no-ignore-dot",
  "--no-ignore-exclude",
  "--no-ignore-global",
  "--null",
] as const;

// One thread: with --sort it is all ripgrep uses, and it makes the order the same every time.
const LINE_FLAGS = [
  "--line-number",
  "--no-heading",
  "--with-filename",
  "--color=never",
  "--sort=path",
  "--crlf",
  // Bytes as they are, as git searches them: the answer must not depend on whether a file has been brought yet.
  "--encoding=none",
  "--max-columns=1000",
  "--max-columns-preview",
  "--max-filesize=2M",
] as const;

function programOptions(options: RipgrepOptions, separator: "\0" | "\n"): ProgramOptions {
  const { root, timeoutMs, signal } = options;
  return { cwd: root, env: { LANG: "C.UTF-8" }, separator, readsOnly: true, timeoutMs, signal };
}

function toRelative(path: string): string {
  const plain = process.platform === "win32" ? path.replaceAll("\\", "/") : path;
  return plain.startsWith("./") ? plain.slice(2) : plain;
}
