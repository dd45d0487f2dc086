import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openApprovedShell } from "../../../src/agent/approved-shell";
import { describeFailure } from "../../../src/core/failure";
import { sandboxedWorktree } from "../../support/sandbox";
import { tempFolder } from "../../support/temp-repo";

describe("commands without a sandbox, once they are allowed", function () {
  this.timeout(60_000);
  let home: ReturnType<typeof tempFolder>;
  const asked: string[] = [];
  beforeEach(() => {
    home = tempFolder();
    asked.length = 0;
  });
  afterEach(() => home.dispose());

  const run = (command: string) =>
    openApprovedShell({
      worktree: home.dir,
      cwd: home.dir,
      tempDir: join(home.dir, "private"),
      env: {},
      refusal: async (each) => void asked.push(each),
    }).run(command, { timeoutMs: 20_000, signal: new AbortController().signal });

  for (const [what, command, why] of [
    ["a NUL", "echo a\0b", "The command has a NUL."],
    ["more than an argument may have", `: ${"x".repeat(200_000)}`, "The command is too long; put it into a file."],
  ] as const)
    it(`one with ${what} is refused in words the model can act on, here as in the sandbox, and nobody is asked`, async () => {
      const sandboxed = await sandboxedWorktree();
      try {
        const how = { timeoutMs: 20_000, signal: new AbortController().signal };
        for (const outcome of [await run(command), await sandboxed.shell.run(command, how)]) {
          ok(outcome.kind === "refused");
          equal(describeFailure(outcome.failure), why);
        }
        deepEqual(asked, []);
      } finally {
        sandboxed.dispose();
      }
    });

  it("one that cannot be started says so, and not that a signal ended it", async () => {
    rmSync(home.dir, { recursive: true });
    const outcome = await openApprovedShell({
      worktree: join(home.dir, "gone"),
      cwd: join(home.dir, "gone"),
      tempDir: join(home.dir, "private"),
      env: {},
      refusal: async () => undefined,
    }).run("true", { timeoutMs: 20_000, signal: new AbortController().signal });
    ok(outcome.kind === "refused", JSON.stringify(outcome));
    match(describeFailure(outcome.failure), /could not be started/u);
  });

  it("one is over when it has ended, also where what has left its group holds its output", async function () {
    if (!existsSync("/usr/bin/setsid")) this.skip();
    const outcome = await run("setsid sleep 60 & echo $!");
    ok(outcome.kind === "exited");
    process.kill(Number(outcome.output), "SIGKILL");
    equal(outcome.timedOut, false);
    equal(outcome.exitCode, 0);
  });
});
