import * as l10n from "@vscode/l10n";
import type { ShownFile } from "../src/protocol/review-messages";
import { numeral, plural } from "./format";

/** Files that come onto the page, and go, together. */
export const GROUP_FILES = 10;

/** The files of a review as they stand on the page: what something executes later comes last, apart. */
export function inOrder(files: readonly ShownFile[]): {
  readonly plain: readonly ShownFile[];
  readonly apart: readonly ShownFile[];
} {
  return {
    plain: files.filter((file) => file.executable === null),
    apart: files.filter((file) => file.executable !== null),
  };
}

/** Neighbours in groups. The first group is the files that may be seen at once. */
export function groupsOf(files: readonly ShownFile[]): readonly (readonly ShownFile[])[] {
  const groups: ShownFile[][] = [];
  for (const [i, file] of files.entries()) {
    if (i % GROUP_FILES === 0) groups.push([]);
    groups.at(-1)?.push(file);
  }
  return groups;
}

/** The name of the group a file is in. */
export function groupName(part: "plain" | "apart", number: number): string {
  return `${part} ${number}`;
}

/** The name of a block of a file's lines. */
export function blockName(path: string, from: number): string {
  return `${from} ${path}`;
}

/** What stands above the files. */
export function filesText(n: number): string {
  return plural(n, l10n.t("1 file changed"), l10n.t("{0} files changed", numeral(n)));
}
