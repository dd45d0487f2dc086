import { equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useReviewRun } from "../../support/review-run";

describe("the user's hooks and signature on an accept", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }] },
    writes: { a: { "a.txt": "ONE\n" } },
  });

  function hook(name: string, script: string, folder = ".git/hooks"): void {
    mkdirSync(join(t.repo.dir, folder), { recursive: true });
    const file = join(t.repo.dir, folder, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  it("run on the tree that goes in, in a place of their own", async () => {
    hook("pre-commit", "grep -qx ONE a.txt && git diff --cached --quiet -- b.txt");
    hook("commit-msg", 'echo "Reviewed-by: Ada" >> "$1"');
    await t.run.accept("a");
    match(t.repo.git("log", "-1", "--format=%B"), /Braid-Subtask: a\nReviewed-by: Ada/u);
    equal(t.repo.git("log", "-1", "--format=%an"), "Ada");
    equal(t.repo.read("a.txt"), "ONE\n");
    equal(t.repo.git("status", "--porcelain"), "");
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });

  it("that refuse keep it out, with what they say", async () => {
    hook("pre-commit", "echo no tests, no commit >&2; exit 1");
    await t.refused("hook.failed", () => t.run.accept("a"), /refused the commit.*no tests, no commit/su);
    equal(t.decision("a"), "open");
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
    // The user may do without.
    await t.run.accept("a", { customs: "off" });
    equal(t.repo.read("a.txt"), "ONE\n");
  });

  it("that change what was reviewed keep it out, with the difference", async () => {
    hook("pre-commit", "echo formatted >> a.txt; git add a.txt");
    await t.refused("hook.changed", () => t.run.accept("a"), /changed what was to be accepted.*\+formatted/su);
    equal(t.repo.read("a.txt"), "one\n");
  });

  it("come from where the user's settings say, and never from the result", async () => {
    t.repo.git("config", "core.hooksPath", ".hooks/_");
    hook("pre-commit", "exit 1", ".hooks/_");
    writeFileSync(join(t.repo.dir, ".git/info/exclude"), ".hooks\n");
    await t.refused("hook.failed", () => t.run.accept("a"), /refused the commit/u);
  });

  it("that never end are ended with all they started when the merge is cancelled", async () => {
    const mark = join(t.repo.dir, ".git/mark");
    hook("pre-commit", `(sleep 300; touch ${mark}.late) & touch ${mark}; wait`);
    const accepting = t.run.accept("a").then(
      () => "accepted",
      () => "refused",
    );
    for (let i = 0; i < 400 && !existsSync(mark); i += 1) await new Promise((next) => setTimeout(next, 50));
    ok(existsSync(mark));
    t.run.merges.cancel();
    equal(await accepting, "refused");
    equal(t.decision("a"), "open");
  });

  it("are asked for an undo as well", async () => {
    await t.run.accept("a");
    hook("commit-msg", "grep -q Revert $1 && { echo no reverts here >&2; exit 1; }; exit 0");
    await t.refused("hook.failed", () => t.run.merges.undo("a"), /no reverts here/u);
    equal(t.decision("a"), "accepted");
  });

  it("sign, with or without hooks, and say when they cannot", async function () {
    const key = join(t.repo.dir, ".git/key");
    try {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    } catch {
      return this.skip();
    }
    t.repo.git("config", "gpg.format", "ssh");
    t.repo.git("config", "commit.gpgSign", "true");
    t.repo.git("config", "user.signingKey", "/nowhere/key");
    await t.refused("hook.failed", () => t.run.accept("a"), /signing refused/u);
    t.repo.git("config", "user.signingKey", key);
    await t.run.accept("a");
    match(t.repo.git("cat-file", "commit", "HEAD"), /gpgsig -----BEGIN SSH SIGNATURE/u);
    await t.run.merges.undo("a");
    hook("pre-commit", "exit 0");
    await t.run.accept("a");
    match(t.repo.git("cat-file", "commit", "HEAD"), /gpgsig/u);
  });
});
