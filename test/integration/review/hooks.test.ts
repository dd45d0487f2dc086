import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toFailure } from "../../../src/core/failure";
import { describeRequest } from "../../../src/core/approval";
import { answering, type Asked } from "../../support/answering";
import { useReviewRun } from "../../support/review-run";

describe("the user's hooks and signature on an accept", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }] },
    writes: { a: { "a.txt": "ONE\n" } },
    ports: { canApprove: (about) => about === "hooks" },
  });
  beforeEach(() => answering(t.run, "repository"));

  function hook(name: string, script: string, folder = ".git/hooks"): void {
    writeHook(t.repo.dir, folder, name, script);
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

describe("hooks before they run", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }, { id: "b" }] },
    writes: { a: { "a.txt": "ONE\n" }, b: { "b.txt": "two\n" } },
    ports: { canApprove: (about) => about === "hooks" },
  });
  const hook = (script: string, folder?: string, name?: string) => markingHook(t.repo.dir, script, folder, name);
  const ran = () => runsOf(t.repo.dir);

  it("are shown whole, asked for again after a refusal, and once only what was allowed once", async () => {
    hook("echo 'a\u202eb'");
    const asked = answering(t.run, "deny");
    await t.refused("hook.unapproved", () => t.run.accept("a"), /hooks of \.git\/hooks were not allowed/u);
    equal(ran(), 0);
    match(textOf(asked[0]), /^Run the commit hooks of \.git\/hooks for "a"\? They run with your rights\.\n/u);
    match(textOf(asked[0]), /^ {4}\.git\/hooks\/pre-commit:\n {4}#!\/bin\/sh\n.*echo 'a⟨U\+202E⟩b'/msu);
    equal(t.decision("a"), "open");
    asked.answer = "once";
    await t.run.accept("a");
    await t.run.accept("b");
    equal(asked.length, 3);
    equal(ran(), 2);
  });

  it("are refused at once where nobody can be asked; a decision without them goes in", async () => {
    hook("exit 0");
    const run = await t.reopen({ canApprove: () => false });
    await t.refused("hook.unapproved", () => run.accept("a"), /--no-hooks/u);
    await run.accept("a", { customs: "off" });
    await t.refused("hook.unapproved", () => run.merges.undo("a"), /--no-hooks/u);
    await run.merges.undo("a", { customs: "off" });
    equal(ran(), 0);
    equal(t.repo.read("a.txt"), "one\n");
  });

  it("are asked for once in one move, and remembered for the repository until a byte differs", async () => {
    hook("exit 0");
    const asked = answering(t.run, "repository");
    await t.run.merges.acceptAll([{ subtask: "a" }, { subtask: "b" }]);
    deepEqual([asked.length, ran()], [1, 2]);
    const again = answering(await t.reopen(), "repository");
    await t.run.merges.undo("b");
    equal(again.length, 0);
    hook("exit  0");
    await t.run.merges.undo("a");
    equal(again.length, 1);
  });

  it("of a folder in the repository count with what lies beside them", async () => {
    t.repo.git("config", "core.hooksPath", ".husky/_");
    writeFileSync(join(t.repo.dir, ".git/info/exclude"), ".husky\n");
    hook('sh -e "$(dirname "$0")/../$(basename "$0")"', ".husky/_");
    hook("exit 0", ".husky");
    hook("exit 1", ".husky", "pre-push");
    const asked = answering(t.run, "run");
    await t.run.accept("a");
    hook("exit 2", ".husky", "pre-push");
    await t.run.accept("b");
    equal(asked.length, 1);
    ok(!textOf(asked[0]).includes("pre-push"));
    hook("true", ".husky");
    await t.run.merges.undo("b");
    equal(asked.length, 2);
  });

  it("wait for a word no longer than the accept that asks, nor than its process", async () => {
    hook("exit 0");
    const accepting = t.run.accept("a").catch((error: unknown) => toFailure(error).code);
    for (let i = 0; i < 400 && t.run.view.approvals.length === 0; i += 1)
      await new Promise((next) => setTimeout(next, 25));
    const [asked] = t.run.view.approvals;
    ok(asked);
    t.run.merges.cancel();
    equal(await accepting, "cancelled");
    deepEqual(t.run.view.approvals, []);
    // As a process leaves it that was killed.
    await t.run.record({ type: "approval.requested", ...asked });
    equal(t.run.view.approvals.length, 1);
    deepEqual((await t.reopen()).view.approvals, []);
  });

  it("that change between the word and the run do not run, and none runs for what is only staged", async () => {
    hook("exit 0");
    const asked = answering(t.run, "once", () => hook("true"));
    await t.refused("hook.unapproved", () => t.run.accept("a"), /changed while they were about to run/u);
    await t.run.accept("a", { merge: "stage" });
    deepEqual([asked.length, ran()], [1, 0]);
  });
});

describe("hooks a result has a say in", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "check.sh": "exit 0\n", "package.json": manifest("echo fine", "1.0.0") },
    plan: { subtasks: [{ id: "script" }, { id: "manifest" }, { id: "version" }] },
    writes: {
      script: { "check.sh": "touch ran-by-hook\n" },
      manifest: { "package.json": manifest("touch ran-by-hook", "1.0.0") },
      version: { "package.json": manifest("echo fine", "2.0.0"), "check2.sh": "" },
    },
    ports: { canApprove: (about) => about === "hooks" },
  });

  it("are asked for anew, and the question says what the result changes", async () => {
    markingHook(t.repo.dir, "sh ./check.sh && npm run lint");
    const asked = answering(t.run, "run");
    await t.run.accept("version");
    // Another version of a package is nothing a hook runs.
    deepEqual([asked.length, asked[0]?.changed], [1, []]);
    asked.answer = "deny";
    await t.refused("hook.unapproved", () => t.run.accept("script"), /not allowed/u);
    deepEqual(asked[1]?.changed, ["check.sh"]);
    match(textOf(asked[1]), /What goes in changes check\.sh, which they run\./u);
    match(textOf(asked[1]), /check\.sh:\n {4}touch ran-by-hook/u);
    const config = (await t.review("manifest")).files.flatMap(({ path, executable }) =>
      executable === null ? [] : [{ path, blob: executable.blob }],
    );
    // Letting the file in is not letting it run.
    await t.refused("hook.unapproved", () => t.run.accept("manifest", { config }), /not allowed/u);
    deepEqual([config.length, asked[2]?.changed], [1, ["package.json"]]);
    equal(runsOf(t.repo.dir), 1);
  });
});

/** Leaves a line for each time it runs. */
function markingHook(dir: string, script: string, folder = ".git/hooks", name = "pre-commit"): void {
  writeHook(dir, folder, name, `echo x >> ${join(dir, ".git/ran")}\n${script}`);
}

function runsOf(dir: string): number {
  const mark = join(dir, ".git/ran");
  return existsSync(mark) ? readFileSync(mark, "utf8").split("\n").length - 1 : 0;
}

function manifest(lint: string, version: string): string {
  return JSON.stringify({ version, keywords: ["a", "b", "c", "d"], scripts: { lint } }, undefined, 2);
}

function writeHook(dir: string, folder: string, name: string, script: string): void {
  mkdirSync(join(dir, folder), { recursive: true });
  const file = join(dir, folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function textOf(asked: Asked | undefined): string {
  return asked === undefined ? "" : describeRequest(asked);
}
