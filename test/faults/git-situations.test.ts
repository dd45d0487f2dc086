import { equal, match, ok } from "node:assert/strict";
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { cli, startCli, type CliOutcome } from "../support/cli";
import { removeFolder, tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

const PLAN = "task: A note\nsubtasks:\n  - { id: one, files: [one.txt] }\n";
const RULES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: one.txt, content: "one\\n" } }]
  - when: { turn: 2 }
    reply: [{ tool: bash, input: { command: "sleep 2; cat one.txt" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

/** What a repository or its user does while a run is under way, or before its result is accepted. */
interface Situation {
  readonly name: string;
  readonly act: (repo: TempRepo) => void;
  /** Exit code of the accept, and what it says. */
  readonly accept: { readonly code: number; readonly words?: RegExp };
  /** What the user does about it; the accept then succeeds. */
  readonly mend?: (repo: TempRepo) => void;
  /** Where the result must be afterwards; the user's branch by default. */
  readonly on?: string;
}

const touch = (file: string) => (repo: TempRepo) => writeFileSync(join(repo.dir, ".git", file), "");
const remove = (file: string) => (repo: TempRepo) => rmSync(join(repo.dir, ".git", file));
const worktreesOf = (repo: TempRepo) =>
  repo
    .git("worktree", "list", "--porcelain")
    .split("\n\n")
    .slice(1)
    .map((entry) => entry.split("\n")[0]?.slice("worktree ".length) ?? "");

const LOCKS = ["index.lock", "HEAD.lock", "refs/heads/main.lock"];

const BEFORE_ACCEPT: readonly Situation[] = [
  {
    name: "F37 a stale index.lock",
    act: touch("index.lock"),
    accept: { code: 3, words: /index\.lock/u },
    mend: remove("index.lock"),
  },
  {
    name: "F37 a stale lock of the branch",
    act: touch("refs/heads/main.lock"),
    accept: { code: 3, words: /main\.lock/u },
    mend: remove("refs/heads/main.lock"),
  },
  {
    name: "F37 a stale HEAD.lock",
    act: touch("HEAD.lock"),
    accept: { code: 3, words: /HEAD\.lock/u },
    mend: remove("HEAD.lock"),
  },
  { name: "F37 a stale config.lock", act: touch("config.lock"), accept: { code: 0 } },
  { name: "F37 a stale packed-refs.lock", act: touch("packed-refs.lock"), accept: { code: 0 } },
  {
    name: "F39 a commit of the user's",
    act: (repo) => {
      repo.write("mine.txt", "mine\n");
      repo.commit("mine");
    },
    accept: { code: 0 },
  },
  {
    name: "F39 an amended commit",
    act: (repo) => repo.git("commit", "-q", "--amend", "-m", "other words"),
    accept: { code: 0 },
  },
  {
    name: "F39 a rebase onto other history",
    act: (repo) => {
      repo.git("checkout", "-q", "--orphan", "fresh");
      repo.git("commit", "-q", "-m", "fresh");
      repo.git("branch", "-q", "-M", "fresh", "main");
    },
    accept: { code: 0 },
  },
  {
    name: "F39 another branch is checked out",
    act: (repo) => repo.git("switch", "-qc", "other"),
    accept: { code: 0 },
    on: "main",
  },
  { name: "F39 a detached HEAD", act: (repo) => repo.git("switch", "-q", "--detach"), accept: { code: 0 }, on: "main" },
  {
    name: "F39 the branch is deleted",
    act: (repo) => {
      repo.git("switch", "-qc", "other");
      repo.git("branch", "-qD", "main");
    },
    accept: { code: 1, words: /main is gone.*Create it again/su },
    mend: (repo) => repo.git("switch", "-qc", "main"),
  },
  {
    name: "F39 a merge in progress",
    act: (repo) => {
      repo.git("switch", "-qc", "side");
      repo.write("side.txt", "side\n");
      repo.commit("side");
      repo.git("switch", "-q", "main");
      repo.git("merge", "-q", "--no-ff", "--no-commit", "side");
    },
    accept: { code: 3, words: /merge is in progress.*Finish or abort/su },
    mend: (repo) => repo.git("merge", "--abort"),
  },
  { name: "F43 gc that prunes all it can", act: (repo) => repo.git("gc", "-q", "--prune=now"), accept: { code: 0 } },
  {
    name: "F43 the result's commit is gone",
    act: (repo) => {
      repo
        .git("for-each-ref", "--format=%(refname)", "refs/braid")
        .split("\n")
        .forEach((ref) => repo.git("update-ref", "-d", ref));
      repo.git("prune", "--expire=now");
    },
    accept: { code: 1, words: /./u },
  },
];

const IN_MID_RUN: readonly Situation[] = [
  {
    name: "F38 its worktree is deleted",
    act: (repo) => worktreesOf(repo).forEach((dir) => removeFolder(dir)),
    accept: { code: 0 },
  },
  {
    name: "F38 its worktree is forgotten by git",
    act: (repo) => removeFolder(join(repo.dir, ".git/worktrees")),
    accept: { code: 0 },
  },
  {
    name: "F38 its worktree's .git file is deleted",
    act: (repo) => worktreesOf(repo).forEach((dir) => rmSync(join(dir, ".git"), { force: true })),
    accept: { code: 0 },
  },
  {
    name: "F38 its worktree is moved",
    act: (repo) => worktreesOf(repo).forEach((dir) => renameSync(dir, `${dir}-moved`)),
    accept: { code: 0 },
  },
  {
    name: "F38 the user prunes worktrees",
    act: (repo) => repo.git("worktree", "prune", "--expire=now"),
    accept: { code: 0 },
  },
  { name: "F43 gc that prunes all it can", act: (repo) => repo.git("gc", "-q", "--prune=now"), accept: { code: 0 } },
  {
    name: "F39 another branch is checked out",
    act: (repo) => repo.git("switch", "-qc", "other"),
    accept: { code: 0 },
    on: "main",
  },
  {
    name: "F39 a commit, an amended one, and a rebase of the user's",
    act: (repo) => {
      repo.write("mine.txt", "mine\n");
      repo.commit("mine");
      repo.git("commit", "-q", "--amend", "-m", "other words");
      repo.git("rebase", "-q", "--force-rebase", "--root");
    },
    accept: { code: 0 },
  },
  {
    name: "F39 a reset to an earlier commit",
    act: (repo) => repo.git("reset", "-q", "--hard", "HEAD~1"),
    accept: { code: 0 },
  },
  {
    name: "F39 a detached HEAD, and the branch is deleted",
    act: (repo) => {
      repo.git("switch", "-q", "--detach");
      repo.git("branch", "-qD", "main");
    },
    accept: { code: 1, words: /main is gone.*Create it again/su },
    mend: (repo) => repo.git("switch", "-qc", "main"),
  },
  {
    name: "F37 locks of index, HEAD and branch appear, whose process is gone",
    act: (repo) => LOCKS.forEach((file) => touch(file)(repo)),
    accept: { code: 3, words: /\.lock.*delete that file/su },
    mend: (repo) => LOCKS.forEach((file) => remove(file)(repo)),
  },
];

/** What `npm test` leaves to `npm run test:faults`: a lock like another one, and what is walked before the accept as well. */
const ALIKE = new Set([
  "F37 a stale HEAD.lock",
  "F37 a stale packed-refs.lock",
  "F39 an amended commit",
  "F38 its worktree's .git file is deleted",
  "F38 its worktree is moved",
]);
const met = (situations: readonly Situation[]) =>
  situations.filter(({ name }) => process.env["BRAID_TEST_SIZE"] !== undefined || !ALIKE.has(name));

describe("a run whose repository is not left alone", function () {
  this.timeout(120_000);
  let server: DemoServer;
  let home: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  before(async () => {
    home = tempFolder();
    server = await startDemoServer(parseScenario(RULES, "git.yml"), { speed: 0 });
    writeFileSync(join(home.dir, "plan.yml"), PLAN);
  });
  after(async () => {
    await server.dispose();
    home.dispose();
  });
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
    repo.write("second.txt", "2\n");
    repo.commit("second");
  });
  afterEach(() => repo.dispose());
  const options = () => ({ cwd: repo.dir, env: { HOME: home.dir, ANTHROPIC_BASE_URL: server.url } });
  const braid = (...args: readonly string[]) => cli(args, options());

  async function judge({ accept, mend, on = "HEAD" }: Situation, run: string): Promise<void> {
    const first = await braid("accept", run, "one");
    ended(first, accept.code);
    match(first.stderr, accept.words ?? /^/u);
    if (accept.code !== 0) {
      ok(!/\bat .*:\d+:\d+/u.test(first.stderr), `no stack trace:\n${first.stderr}`);
      equal((await braid("status", run)).code, 0);
      if (mend === undefined) return;
      mend(repo);
      ended(await braid("accept", run, "one"), 0);
    }
    equal(repo.git("show", `${on}:one.txt`), "one");
    equal(repo.git("status", "--porcelain"), "");
    equal(worktreesOf(repo).length, 0);
  }

  describe("before its result is accepted", () => {
    /** One run is enough: each situation gets a copy of its repository. */
    let ready: ReturnType<typeof tempFolder>;
    let run: string;
    before(async () => {
      ready = tempFolder();
      const first = tempRepo({ "README.md": "# x\n" });
      const outcome = await cli(["run", join(home.dir, "plan.yml"), "--yes", "--json"], {
        ...options(),
        cwd: first.dir,
      });
      ended(outcome, 3);
      run = outcome.events[0]?.run ?? "";
      cpSync(first.dir, ready.dir, { recursive: true });
      first.dispose();
    });
    after(() => ready.dispose());

    for (const situation of met(BEFORE_ACCEPT))
      it(`${situation.name}: ${situation.accept.code === 0 ? "lands" : "says so"}`, async () => {
        removeFolder(repo.dir);
        cpSync(ready.dir, repo.dir, { recursive: true });
        situation.act(repo);
        await judge(situation, run);
      });
  });

  for (const situation of met(IN_MID_RUN))
    it(`${situation.name}, in mid-run: ends in words, and is finished by resume`, async () => {
      const running = startCli(["run", join(home.dir, "plan.yml"), "--yes", "--json"], options());
      const { run } = await running.seen((e) => e.type === "turn.completed" && e["turn"] === 2);
      situation.act(repo);
      const outcome = await running.ended;
      ok(!/\bat .*:\d+:\d+/u.test(outcome.stderr + outcome.stdout), `no stack trace:\n${outcome.stdout}`);
      if (outcome.code !== 3) ended(await braid("resume", run), 3);
      await judge(situation, run);
    });
});

function ended(outcome: CliOutcome, code: number): void {
  equal(outcome.code, code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
}
