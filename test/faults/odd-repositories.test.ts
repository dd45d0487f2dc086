import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const PLAN = "task: A note\nsubtasks:\n  - { id: one, files: [one.txt] }\n";
const RULES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: one.txt, content: "one\\n" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("a run in a repository that is not the usual one", function () {
  this.timeout(120_000);
  let server: DemoServer;
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  before(async () => {
    home = tempFolder();
    server = await startDemoServer(parseScenario(RULES, "odd.yml"), { speed: 0 });
    writeFileSync(join(home.dir, "plan.yml"), PLAN);
  });
  after(async () => {
    await server.dispose();
    home.dispose();
  });
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
  });
  afterEach(() => repo.dispose());
  const options = () => ({ cwd: repo.dir, env: { HOME: home.dir, ANTHROPIC_BASE_URL: server.url } });

  if (!knowsReftable()) it("F42 a repository of reftable: git here is older than 2.45 and has none");

  it("F32 two worktrees of one repository with a run each: each lands on its own branch", async () => {
    const side = join(home.dir, "side");
    repo.git("worktree", "add", "-q", "-b", "side", side);
    const args = ["run", join(home.dir, "plan.yml"), "--yes", "--accept", "passing"];
    for (const outcome of await Promise.all([cli(args, options()), cli(args, { ...options(), cwd: side })]))
      ended(outcome, 0);
    for (const branch of ["main", "side"]) equal(repo.git("show", `${branch}:one.txt`), "one");
    equal(repo.git("status", "--porcelain"), "");
    equal(repo.git("-C", side, "status", "--porcelain"), "");
    equal(repo.git("worktree", "list").split("\n").length, 2);
  });

  for (const [name, make] of [
    ["F42 a shallow clone", (dir: string) => repo.git("clone", "-q", "--depth=1", `file://${repo.dir}`, dir)],
    [
      "F42 a repository of SHA-256",
      (dir: string) => repo.git("init", "-q", "--object-format=sha256", "-b", "main", dir),
    ],
    ["F42 a submodule, a nested repository and pointers of LFS", odd],
    ...(knowsReftable() ? ([["F42 a repository of reftable", reftable]] as const) : []),
    [
      "F42 the checkout of a submodule",
      (dir: string) => {
        const lib = tempRepo({ "lib.txt": "lib\n" });
        repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", lib.dir, "lib");
        repo.commit("lib");
        lib.dispose();
        symlinkSync(join(repo.dir, "lib"), dir);
      },
    ],
    ["F42 a sparse checkout", (dir: string) => repo.git("clone", "-q", "--sparse", repo.dir, dir)],
    ["F42 a partial clone", (dir: string) => repo.git("clone", "-q", "--filter=blob:none", `file://${repo.dir}`, dir)],
  ] as const)
    it(`${name}: from plan to accept`, async () => {
      repo.write("deep/down/file.txt", "deep\n");
      repo.commit("deep");
      const dir = join(home.dir, name.replaceAll(/\W/gu, "-"));
      make(dir);
      const git = (...args: readonly string[]) =>
        repo.git("-C", dir, "-c", "user.name=n", "-c", "user.email=e@x", ...args);
      if (readdirSync(dir).length === 1) git("commit", "-q", "--allow-empty", "-m", "first");
      const where = { ...options(), cwd: dir };
      ended(await cli(["run", join(home.dir, "plan.yml"), "--yes", "--accept", "passing"], where), 0);
      equal(git("show", "HEAD:one.txt"), "one");
      equal(git("status", "--porcelain"), "");
    });
});

/** A work tree with a bit of everything in it. */
function odd(dir: string): void {
  const [plain, lib] = [tempRepo({ "a.txt": "a\n" }), tempRepo({ "lib.txt": "lib\n" })];
  plain.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", lib.dir, "lib");
  plain.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  plain.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  plain.write(".gitignore", "nested/\n");
  plain.commit("odd");
  mkdirSync(join(plain.dir, "nested"));
  plain.git("-C", join(plain.dir, "nested"), "init", "-q");
  cpSync(plain.dir, dir, { recursive: true });
  plain.dispose();
  lib.dispose();
}

function reftable(dir: string): void {
  const plain = tempFolder();
  execFileSync("git", ["init", "-q", "--ref-format=reftable", "-b", "main", dir], { cwd: plain.dir });
  plain.dispose();
}

/** Git of before 2.45 has no other store for refs than files. */
function knowsReftable(): boolean {
  const [major = 0, minor = 0] = (/\d+\.\d+/u.exec(execFileSync("git", ["--version"], { encoding: "utf8" }))?.[0] ?? "")
    .split(".")
    .map(Number);
  return major > 2 || (major === 2 && minor >= 45);
}

function ended(outcome: CliOutcome, code: number): void {
  equal(outcome.code, code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
}
