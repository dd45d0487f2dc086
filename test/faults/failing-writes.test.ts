import { equal, match, notEqual, ok } from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import pLimit from "p-limit";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { gitBinary } from "../../src/git/git";
import { openRepository } from "../../src/git/repository";
import { remember } from "../../src/run/steering/remembered";
import { cli, type CliOutcome } from "../support/cli";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";

/** F35 and F36: what the system says, and what people are told. */
const FAULTS = {
  ENOSPC: /disk is full/iu,
  EDQUOT: /disk is full/iu,
  EACCES: /not permitted/iu,
  EROFS: /not permitted/iu,
  EMFILE: /too many files are open/iu,
} as const;
type Code = keyof typeof FAULTS;
const CODES = Object.keys(FAULTS) as readonly Code[];

/** Everything Braid writes in a run, by its path. What only is for reading, or can be done without, costs nobody the run. */
const WRITES: Readonly<Record<string, { readonly path: string; readonly goesOn?: true; readonly once?: true }>> = {
  "its log": { path: "/journal\\.jsonl$" },
  "the record of its turns": { path: "/turns/" },
  "a transcript": { path: "/transcripts/", goesOn: true },
  "the lock of its owner": { path: "/owner\\.lock" },
  "the lock for worktrees": { path: "/worktrees\\.lock" },
  "the folder for commands": { path: "/inbox$", goesOn: true, once: true },
  "what the user's tree was like": { path: "/main-tree\\.json" },
  "a note": { path: "/notes/" },
  "a worktree": { path: "/\\.cache/braid/[^/]+/r[^/]+" },
  "git's entry of a worktree": { path: "/\\.git/worktrees/r" },
  "a turn's files": { path: "/snapshot-index$", goesOn: true },
  "a sandbox": { path: "/private/" },
  "a file, by a tool": { path: "^/proc/self/fd/", goesOn: true },
};
/** Everything git writes for a run, by its command. */
const GIT_WRITES: Readonly<Record<string, string>> = {
  "the files of a worktree": " reset ",
  "what a worker did": " add --all",
  "a tree": " write-tree",
  "a commit": " commit-tree ",
  "a ref of Braid's": " update-ref -m ",
  "a merge": " merge-tree ",
  "the user's index and files": " read-tree -m -u ",
};
/** Which of the writes fails: the first, a later one. Every one would be a disk that never has room. */
const SIZE = process.env["BRAID_TEST_SIZE"];
const AT: readonly number[] = SIZE === undefined ? [2] : SIZE === "more" ? [1, 2, 4] : [1, 2, 3, 4, 6, 9, 14];

const PLAN = "task: Notes\nsubtasks:\n  - { id: one, files: [one.txt] }\n  - { id: two, files: [two.txt] }\n";
const RULES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write_note, input: { name: found, content: "It is so." } }, { tool: write, input: { file_path: "{{subtask}}.txt", content: "n\\n" } }, { tool: bash, input: { command: "true" } }]
  - when: { last_result_error: true, turn: "1..6" }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.txt", content: "n\\n" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;
const ACCEPT = ["--yes", "--accept", "passing"];
/** Nothing but the user changes it. */
const MINE = "# x\n\nMine.\n";
const AT_ONCE = 3;

interface Case {
  readonly name: string;
  readonly words: RegExp;
  readonly goesOn: boolean;
  /** Whether every run meets it. */
  readonly isSure: boolean;
  readonly env: (home: string) => Readonly<Record<string, string>>;
}

const PRELOAD = `--require ${resolve("test/faults/failing-writes.cjs")}`;
const byPath = Object.entries(WRITES).flatMap(([what, { path, goesOn = false, once = false }], i) =>
  (once ? [1] : AT).flatMap((nth) =>
    (SIZE === undefined ? [CODES[i % CODES.length] ?? "ENOSPC"] : CODES).map((code): Case => ({
      name: `${code} as it writes ${what}, for the ${nth}. time`,
      words: FAULTS[code],
      goesOn,
      // A run has no more than two of some of them.
      isSure: nth <= 2,
      env: (home) => ({
        NODE_OPTIONS: PRELOAD,
        BRAID_FAIL: `${code} ${nth} ${path}`,
        BRAID_MET: join(home, "met"),
      }),
    })),
  ),
);
const byGit = Object.entries(GIT_WRITES).map(([what, words]): Case => ({
  name: `a full disk as git writes ${what}`,
  words: FAULTS.ENOSPC,
  goesOn: words === " write-tree",
  isSure: true,
  env: (home) => ({ PATH: fullGit(home, words) }),
}));
const every = [...byPath, ...byGit];
const CASES = SIZE === undefined ? every.filter((_, i) => i % 3 === 0) : every;

describe("F35, F36 a run that cannot write", function () {
  this.timeout(SIZE === "full" ? 3_600_000 : 900_000);
  let server: DemoServer;
  const limit = pLimit(AT_ONCE);
  const ended = new Map<string, Promise<void>>();
  before(async () => {
    server = await startDemoServer(parseScenario(RULES, "writes.yml"), { speed: 0 });
    for (const one of CASES) {
      const judged = limit(() => play(one, server.url));
      // Judged later; until then a failure must not count as nobody's.
      judged.catch(() => undefined);
      ended.set(one.name, judged);
    }
  });
  after(() => server.dispose());

  for (const { name, goesOn } of CASES)
    it(`${name}: ${goesOn ? "goes on" : "says so, and is finished once it can"}`, () => ended.get(name));
});

describe("F35, F36 what the user allowed once and for all, where it cannot be written", function () {
  this.timeout(60_000);
  for (const code of ["ENOSPC", "EROFS"] as const)
    it(`${code}: says so, and the list is as it was`, async () => {
      const repo = tempRepo({ "README.md": "# x\n" });
      const home = tempFolder();
      try {
        const list = join(repo.dir, ".git/braid/approvals.json");
        const own = { HOME: home.dir, XDG_STATE_HOME: join(home.dir, "state") };
        await allowOnce(repo.dir, own.XDG_STATE_HOME);
        const before = readFileSync(list, "utf8");
        const env = {
          ...own,
          NODE_OPTIONS: PRELOAD,
          BRAID_FAIL: `${code} 0 approvals\\.json`,
          BRAID_MET: join(home.dir, "met"),
        };
        const outcome = await cli(["approvals", "--forget-all"], { cwd: repo.dir, env });
        exits(outcome, 1);
        match(outcome.stderr, FAULTS[code]);
        equal(readFileSync(list, "utf8"), before);
        exits(await cli(["approvals", "--forget-all"], { cwd: repo.dir, env: own }), 0);
        notEqual(readFileSync(list, "utf8"), before);
      } finally {
        repo.dispose();
        home.dispose();
      }
    });
});

/** A word as the user gives it, whose key lies in `state`. */
async function allowOnce(dir: string, state: string): Promise<void> {
  const known = process.env["XDG_STATE_HOME"];
  process.env["XDG_STATE_HOME"] = state;
  try {
    await remember(await openRepository(dir), "0".repeat(64), { commands: ["npm test"], at: 1 });
  } finally {
    if (known === undefined) delete process.env["XDG_STATE_HOME"];
    else process.env["XDG_STATE_HOME"] = known;
  }
}

async function play({ words, goesOn, isSure, env }: Case, url: string): Promise<void> {
  const repo = tempRepo({ "README.md": "# x\n" });
  const home = tempFolder();
  try {
    const usual = { HOME: home.dir, ANTHROPIC_BASE_URL: url };
    repo.write("README.md", MINE);
    const plan = join(home.dir, "plan.yml");
    writeFileSync(plan, PLAN);
    const run = ["run", plan, "--concurrency", "2", ...ACCEPT];
    const met = await cli(run, { cwd: repo.dir, env: { ...usual, ...env(home.dir) } });
    const said = met.stdout + met.stderr;
    ok(!/\bat .*:\d+:\d+|Unhandled|injected/u.test(said), `words, and no stack trace:\n${said}`);
    if (isSure) ok(existsSync(join(home.dir, "met")), "the fault was met");
    if (met.code !== 0) match(said, words);
    if (goesOn) exits(met, 0);
    untouched(repo);
    const hasRun = /^Run r/mu.test(said);
    exits(await cli(hasRun ? ["resume", ...ACCEPT] : run, { cwd: repo.dir, env: usual }), 0);
    for (const id of ["one", "two"]) equal(repo.git("show", `HEAD:${id}.txt`), "n");
    equal(repo.git("rev-list", "--count", "HEAD"), "3", "each accept is there once");
    untouched(repo);
    // Work that could not be committed stays until the run is opened after it was made again.
    exits(await cli(["resume"], { cwd: repo.dir, env: usual }), 0);
    equal(repo.git("worktree", "list").split("\n").length, 1, "no worktree is left");
  } finally {
    repo.dispose();
    home.dispose();
  }
}

function untouched(repo: TempRepo): void {
  equal(repo.read("README.md"), MINE, "what the user has not committed is as it was");
  equal(repo.git("status", "--porcelain"), " M README.md", "files, index and branch agree");
}

function exits(outcome: CliOutcome, code: number): void {
  equal(outcome.code, code, `exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
}

/** A PATH with a git that finds the disk full when it is to do this for the first time. */
function fullGit(home: string, words: string): string {
  const bin = join(home, "full");
  mkdirSync(bin, { recursive: true });
  const lines = [
    "#!/bin/sh",
    `case " $* " in *"${words}"*)`,
    `  mkdir '${home}/met' 2>/dev/null && { echo 'fatal: unable to write file: No space left on device' >&2; exit 128; } ;;`,
    "esac",
    `exec '${gitBinary()}' "$@"`,
  ];
  writeFileSync(join(bin, "git"), `${lines.join("\n")}\n`);
  chmodSync(join(bin, "git"), 0o755);
  return `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
}
