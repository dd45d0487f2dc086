import { equal, match, ok } from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer } from "../../src/demo/server";
import { cli } from "../support/cli";
import { tempFolder, tempRepo } from "../support/temp-repo";

const RULES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: one.txt, content: "n\\n" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;
/** Files a process may have open: with the fewest Node starts and little more, with the most a run may just come through. */
const LIMITS = process.env["BRAID_TEST_SIZE"] === undefined ? [34, 38] : [33, 34, 35, 36, 37, 38, 40];

describe("a run that may open few files", function () {
  this.timeout(180_000);
  for (const limit of LIMITS)
    it(`${limit}: ends in words, and is finished without the limit`, async () => {
      const repo = tempRepo({ "README.md": "# x\n" });
      const home = tempFolder();
      const server = await startDemoServer(parseScenario(RULES, "few.yml"), { speed: 0 });
      try {
        const plan = join(home.dir, "plan.yml");
        writeFileSync(plan, "task: A note\nsubtasks:\n  - { id: one, files: [one.txt] }\n");
        const env = { HOME: home.dir, ANTHROPIC_BASE_URL: server.url };
        const run = ["run", plan, "--yes", "--accept", "passing"];
        const { code, output } = await limited(limit, run, { cwd: repo.dir, env });
        ok(!/Unhandled|\bat .*:\d+:\d+/u.test(output), output);
        if (code !== 0) match(output, /Too many files are open.*ulimit -n/su);
        equal(repo.git("status", "--porcelain"), "");
        const hasRun = /^Run r/mu.test(output);
        const again = await cli(hasRun ? ["resume", "--yes", "--accept", "passing"] : run, { cwd: repo.dir, env });
        equal(again.code, 0, again.stdout + again.stderr);
        equal(repo.git("show", "HEAD:one.txt"), "n");
        // Work that could not be committed stays until the run is opened after it was made again.
        equal((await cli(["resume"], { cwd: repo.dir, env })).code, 0);
        equal(repo.git("worktree", "list").split("\n").length, 1);
      } finally {
        await server.dispose();
        repo.dispose();
        home.dispose();
      }
    });
});

function limited(
  files: number,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly output: string }> {
  const env = { PATH: process.env["PATH"], ...options.env };
  const script = `ulimit -n ${files}; exec "$0" "$@"`;
  return new Promise((done) => {
    const child = execFile(
      "sh",
      ["-c", script, process.execPath, resolve("dist/cli.mjs"), ...args],
      { cwd: options.cwd, env },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
