import { equal } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasBraidFolder } from "../../src/host/braid-folder";
import { tempFolder, tempRepo } from "../support/temp-repo";

describe("whether a run may wait in a folder", function () {
  this.timeout(60_000);

  it("no: no repository, one without a run, one whose .git is damaged", async () => {
    const outside = tempFolder();
    const repo = tempRepo({ "a/b.txt": "x" });
    const damaged = tempFolder();
    writeFileSync(join(damaged.dir, ".git"), "gitdir: \n");
    try {
      equal(await hasBraidFolder(outside.dir), false);
      equal(await hasBraidFolder(join(outside.dir, "gone")), false);
      equal(await hasBraidFolder(repo.dir), false);
      equal(await hasBraidFolder(damaged.dir), false);
    } finally {
      outside.dispose();
      repo.dispose();
      damaged.dispose();
    }
  });

  it("yes: in the repository, in a folder of it, in a worktree of it", async () => {
    const repo = tempRepo({ "a/b.txt": "x" });
    const linked = tempFolder();
    mkdirSync(join(repo.dir, ".git/braid"));
    repo.git("worktree", "add", "-q", join(linked.dir, "w"));
    try {
      equal(await hasBraidFolder(repo.dir), true);
      equal(await hasBraidFolder(join(repo.dir, "a")), true);
      equal(await hasBraidFolder(join(linked.dir, "w/a")), true);
    } finally {
      linked.dispose();
      repo.dispose();
    }
  });
});
