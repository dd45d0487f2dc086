import type { RepositoryForm } from "../core/doctor/judge-repository";
import { git, gitText } from "./git";
import type { Repository } from "./repository";

/** How a repository is kept: its formats, and what a clone left out. Throws `git.failed`. */
export async function readForm(repo: Repository): Promise<RepositoryForm> {
  const said = await gitText(repo, ["rev-parse", "--show-object-format", "--is-shallow-repository"]);
  const [objectFormat = "sha1", shallow = "false"] = said.split("\n");
  const promisor = await promisorOf(repo);
  return {
    objectFormat,
    // Asked for by its setting: a git that does not know another storage cannot open such a repository at all.
    refFormat: (await setting(repo, "extensions.refStorage")) ?? "files",
    shallow: shallow === "true",
    promisor,
    missing: promisor === null ? 0 : await countMissing(repo),
  };
}

/** Whether the checkout is sparse; a new worktree is then sparse as well. */
export async function isSparse(repo: Repository): Promise<boolean> {
  const said = await git(repo, ["config", "--type=bool", "--get", "core.sparseCheckout"], { expect: [0, 1, 128] });
  return said.stdout.toString("utf8").trim() === "true";
}

async function promisorOf(repo: Repository): Promise<string | null> {
  const { stdout } = await git(repo, ["config", "-z", "--get-regexp", String.raw`^remote\..*\.promisor$`], {
    expect: [0, 1],
  });
  const key = /^remote\.(.+)\.promisor\n/su.exec(stdout.toString("utf8"))?.[1];
  return key ?? (await setting(repo, "extensions.partialClone")) ?? null;
}

async function countMissing(repo: Repository): Promise<number> {
  // Without what leads there: history that is missing keeps no worktree from being checked out.
  const list = await git(repo, ["rev-list", "--objects", "--missing=print", "--no-object-names", "HEAD^{tree}"], {
    expect: [0, 128],
  });
  return list.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith("?")).length;
}

async function setting(repo: Repository, name: string): Promise<string | undefined> {
  const said = await git(repo, ["config", "--get", name], { expect: [0, 1] });
  return said.exitCode === 0 ? said.stdout.toString("utf8").trim() : undefined;
}
