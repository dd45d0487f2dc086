import { equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { readLines } from "../../src/run/log/journal-lines";
import { cli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const PLAN = "task: Notes\nsubtasks:\n  - { id: one, files: [one.txt] }\n  - { id: two, files: [two.txt] }\n";
const RULES = `rules:
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: { task: Notes, subtasks: [{ id: one }, { id: two }] } }]
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "n\\n" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;
/** Kilobytes there are for all Braid keeps of a run: each size ends it at another write. */
const SIZES = process.env["BRAID_TEST_SIZE"] === undefined ? [4, 20] : [4, 8, 12, 16, 20, 24, 32, 40];
const ACCEPT = ["--yes", "--accept", "passing"];

describe("a run whose own folder is full", function () {
  this.timeout(180_000);
  let server: DemoServer;
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  let folder: string;
  before(async () => {
    home = tempFolder();
    writeFileSync(join(home.dir, "plan.yml"), PLAN);
    server = await startDemoServer(parseScenario(RULES, "full.yml"), { speed: 0 });
  });
  after(async () => {
    await server.dispose();
    home.dispose();
  });
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
    folder = join(repo.dir, ".git/braid");
    mkdirSync(folder);
  });
  afterEach(() => {
    if (isMounted()) execFileSync("umount", [folder]);
    repo.dispose();
  });
  let met = 0;
  after(function () {
    if (this.test?.parent?.tests.some((test) => test.isPassed())) ok(met >= SIZES.length / 2, `${met} met a full disk`);
  });
  const isMounted = () => readFileSync("/proc/mounts", "utf8").includes(` ${folder} `);
  const mount = (...options: readonly string[]) =>
    execFileSync("mount", ["-t", "tmpfs", ...options, "tmpfs", folder], { stdio: "ignore" });
  const braid = (...args: readonly string[]) =>
    cli(args, { cwd: repo.dir, env: { HOME: home.dir, ANTHROPIC_BASE_URL: server.url } });
  const hasBegun = () =>
    existsSync(join(folder, "runs")) &&
    readdirSync(join(folder, "runs")).some((run) => {
      const path = join(folder, "runs", run, "journal.jsonl");
      return existsSync(path) && readLines(readFileSync(path)).events.length > 0;
    });

  for (const size of SIZES)
    it(`after ${size} kilobytes: says so, and is finished once there is room`, async function () {
      try {
        mount("-o", `size=${size}k`);
      } catch {
        // Only root may mount.
        this.skip();
      }
      const full = await braid("run", join(home.dir, "plan.yml"), ...ACCEPT);
      ok(!/\bat .*:\d+:\d+/u.test(full.stderr + full.stdout), `no stack trace:\n${full.stderr}`);
      if (full.code !== 0) {
        met += 1;
        match(full.stdout + full.stderr, /disk is full/u);
      }
      equal(repo.git("status", "--porcelain"), "", "the user's files are as they were");
      execFileSync("mount", ["-o", "remount,size=8m", folder], { stdio: "ignore" });
      exits(await (hasBegun() ? braid("resume", ...ACCEPT) : braid("run", join(home.dir, "plan.yml"), ...ACCEPT)), 0);
      for (const id of ["one", "two"]) equal(repo.git("show", `HEAD:${id}.txt`), "n");
      equal(repo.git("status", "--porcelain"), "");
      // Work that could not be committed stays until the run is opened after it was made again.
      exits(await braid("resume"), 0);
      equal(repo.git("worktree", "list").split("\n").length, 1);
    });
});

function exits(outcome: CliOutcome, code: number): void {
  equal(outcome.code, code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
}
