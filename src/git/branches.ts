import { git } from "./git";
import { splitNul } from "./split-nul";
import type { Repository } from "./repository";

/** A branch by its short name, the last worked on first. */
export interface Branch {
  readonly name: string;
  readonly remote: boolean;
  /** Subject of its last commit. */
  readonly subject: string;
}

/** The local and remote branches, the newest first, at most `limit`. */
export async function listBranches(repo: Repository, limit: number): Promise<readonly Branch[]> {
  const { stdout } = await git(repo, [
    "for-each-ref",
    "--sort=-committerdate",
    `--count=${limit}`,
    "--format=%(refname)%00%(contents:subject)%00",
    "refs/heads",
    "refs/remotes",
  ]);
  const fields = splitNul(stdout);
  return fields.flatMap((field, i) => {
    const ref = field.replace(/^\n/u, "");
    if (i % 2 === 1 || ref === "" || ref.endsWith("/HEAD")) return [];
    const remote = ref.startsWith("refs/remotes/");
    return [{ name: ref.replace(/^refs\/(?:heads|remotes)\//u, ""), remote, subject: fields[i + 1] ?? "" }];
  });
}
