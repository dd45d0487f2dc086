import assert from "node:assert/strict";
import { bashTool } from "../../../src/agent/tools/bash";
import { openWorkspace } from "../../../src/agent/jail";
import { sandboxedWorktree, type SandboxedWorktree } from "../../support/sandbox";

describe("git inside a worker", function () {
  this.timeout(60_000);
  let at: SandboxedWorktree;
  let untouched: string;
  const everything = () =>
    ["for-each-ref", "worktree list", "stash list", "status --porcelain", "rev-parse HEAD"]
      .map((args) => at.repo.git(...args.split(" ")))
      .join("\n");
  before(async () => {
    at = await sandboxedWorktree({ "a.txt": "1\n" });
    at.repo.git("remote", "add", "origin", at.repo.dir);
    at.repo.git("branch", "other");
    untouched = everything();
  });
  after(() => at.dispose());

  async function bash(command: string) {
    const workspace = await openWorkspace({ root: at.worktree, writable: true });
    return bashTool.call({ command }, { workspace, shell: at.shell, signal: new AbortController().signal });
  }

  for (const command of [
    "git push origin HEAD:main",
    "echo 2 > a.txt && git stash",
    "git worktree add /tmp/elsewhere",
    "git update-ref refs/heads/main HEAD",
    "git checkout other",
    "git switch -c mine",
    "git branch -D other",
    "git tag v1",
    "git commit --allow-empty -m x",
    "git reset --hard HEAD",
    "git config user.name evil",
  ])
    it(`${command}: refused by the system, and the worker is told what to do instead`, async () => {
      const answer = await bash(command);
      assert.equal(answer.isError, true, JSON.stringify(answer));
      assert.match(JSON.stringify(answer.content), /is not for workers: leave changes in the files, Braid commits/u);
      assert.equal(everything(), untouched);
    });

  for (const command of ["git status", "git diff", "git log -1", "git ls-files"])
    it(`${command}: works`, async () => assert.notEqual((await bash(command)).isError, true));

  it("a repository of its own in /tmp is nobody's business", async () => {
    const { isError, content } = await bash(
      "cd /tmp && git init -q r && cd r && git commit -qm x --allow-empty && git stash list",
    );
    assert.notEqual(isError, true, JSON.stringify(content));
  });

  it("another failure is told as it is", async () => {
    const { content } = await bash("git log no-such-branch");
    assert.ok(!JSON.stringify(content).includes("not for workers"));
  });
});
