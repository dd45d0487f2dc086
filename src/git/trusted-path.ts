import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, normalize } from "node:path";

/** Work trees that were opened in this process; what lies in them is a stranger's. */
const opened = new Set<string>();

/** Says that the work tree around `dir` was opened: programs in it are not taken for the user's. */
export function distrust(dir: string): void {
  for (let at = normalize(dir); ; at = dirname(at)) {
    if (at === dirname(at)) return;
    if (!existsSync(join(at, ".git"))) continue;
    opened.add(at);
    return;
  }
}

/** The folders of the PATH whose programs Braid starts: no relative ones, and none in a work tree that was opened. */
export function trustedPath(): readonly string[] {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !isOpened(normalize(folder)));
}

/** Whether a program lies in a work tree that was opened. */
export function isOpened(path: string): boolean {
  return [...opened].some((root) => `${path}/`.startsWith(`${root}/`));
}
