import type { FileDiff } from "./diff";
import { hash } from "../hash";

/** The same for a file's change as long as nothing of it changes; a mark that it was looked at holds as long. */
export function fileMark(file: FileDiff): string {
  const { path, from, status, oldMode, newMode, blob, binary } = file;
  const lines = file.hunks.flatMap((hunk) => [
    `@${hunk.oldStart}`,
    ...hunk.lines.flatMap(({ kind, text }) => (kind === "context" ? [] : [`${kind.charAt(0)}${text}`])),
  ]);
  return hash([path, from, status, oldMode, newMode, blob, binary, ...lines].join("\0"));
}
