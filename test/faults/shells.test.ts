import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli } from "../support/cli";
import { ONE, ran, useCli } from "../support/cli-fixture";
import { processesWith } from "../support/sandbox";

/** What the command a test kills has in its command line, and its sandbox as well. */
const MARKER = `braid-shell-${process.pid}`;

describe("F30 a command whose processes somebody kills", function () {
  this.timeout(120_000);
  const t = useCli();

  for (const [what, marker] of [
    ["its own", `${MARKER}\u0000600`],
    ["its sandbox with it", MARKER],
  ] as const)
    it(`${what}: the worker is told and goes on, nothing is left`, async () => {
      await t.play(`rules:
  - { when: { turn: 1 }, reply: [{ tool: bash, input: { command: "(exec -a ${MARKER} sleep 600); echo after" } }] }
  - { when: { turn: 2 }, reply: [{ tool: write, input: { file_path: one.md, content: "n\\n" } }] }
  - { reply: [{ tool: report, input: { summary: Done. } }] }
`);
      const plan = join(t.home.dir, "p.yml");
      writeFileSync(plan, ONE);
      const running = startCli(["run", plan, "--yes", "--accept", "passing"], { cwd: t.repo.dir, env: t.env });
      while (processesWith(`${MARKER}\u0000600`).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const pid of processesWith(marker)) kill(pid);
      ran(await running.ended, 0);
      const told = t.server.requests.find(({ facts }) => facts.turn === 2)?.facts;
      match(told?.lastResult ?? "", /Killed|after|sandbox/iu);
      deepEqual(processesWith(MARKER), []);
      equal(t.repo.git("show", "HEAD:one.md"), "n");
      equal(t.repo.git("worktree", "list").split("\n").length, 1);
    });
});

/** One may be gone with another. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
