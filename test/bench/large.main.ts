/*
 * What worktrees cost in large repositories: eight workers at once, each in its own, against the time their scripted models take; the
 * same where each runs a command over the whole tree, against git's own parallel checkouts; how soon the first worker gets on; what an
 * accept takes. The demo model behind the real SDK, real git. `npm run bench -- large`; FILES=50000 chooses one size alone.
 */
import { valuesOf } from "../../src/core/state/chunked";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { tempFolder, type TempRepo } from "../support/temp-repo";
import { importedRepo } from "./lib/imported-repo";
import { startModelServer } from "./lib/model-server";
import { realPorts } from "./lib/run-plan";
import { inTime, isQuick, report, type Figure } from "./report";

const WORKERS = 8;
const FIRST_TOKEN_MS = 200;
/** Four turns with tools, and the report. */
const REQUESTS = 5;
const CRITICAL_PATH_MS = FIRST_TOKEN_MS * REQUESTS;
/** A command, a file, the report. */
const SHELL_PATH_MS = FIRST_TOKEN_MS * 3;
const ACCEPTED_FILES = 20;
const SIZES = process.env["FILES"] === undefined ? [10_000, 50_000] : [Number(process.env["FILES"])];
/** Of the time there is. */
const SMALLER_SHARE = 0.45;
const PLAIN = "8 workers, four tool turns each / critical path";
const FIRST_REQUEST = "approve to first request";
const FIRST_TOOL = "approve to first tool result / git worktree add";
const COLD = "8 workers with a command over the tree, cold / 8 checkouts";
const WARM = "the same from a warm pool / 8 checkouts";
const ACCEPT = `accept of ${ACCEPTED_FILES} files / the same in git`;

const path = (i: number) => `src/pkg${Math.floor(i / 1000)}/mod${Math.floor(i / 50) % 20}/file${i}.ts`;
const say = (line: string) => void process.stderr.write(`${line}\n`);

const figures: Figure[] = [];
for (const size of SIZES) {
  say(`${size.toLocaleString("en")} files`);
  const repo = largeRepo(size);
  const trees = tempFolder();
  try {
    await measure(repo, trees.dir, size);
  } finally {
    repo.dispose();
    trees.dispose();
  }
}
report("large", "large repositories", figures);

async function measure(repo: TempRepo, trees: string, size: number): Promise<void> {
  const name = `${size.toLocaleString("en")} files`;
  const series = new Map<string, number[]>();
  const note = (what: string, value: number) => {
    series.set(what, [...(series.get(what) ?? []), value]);
    say(`  ${what}: ${value.toFixed(2)}`);
  };
  // The larger the later, and the longer it takes.
  const share = size === SIZES.at(-1) ? 1 : SMALLER_SHARE;
  for (const round of inTime(Number(process.env["ROUNDS"]) || 5, share)) {
    const add = await timed(() => addWorktrees(repo, trees, 1));
    removeWorktrees(repo, trees);
    const plain = await fanOut(repo, trees, "tools");
    note(PLAIN, plain.wallMs / CRITICAL_PATH_MS);
    note(FIRST_REQUEST, plain.firstRequestMs);
    note(FIRST_TOOL, plain.firstToolMs / add);
    // Sixteen whole checkouts of the largest are longer than all of the little time there is.
    if (!isQuick() || size <= 10_000) {
      // A run deletes its worktrees at its end; who makes files next would pay for it, see removeWorktrees.
      if (round > 0) {
        await addWorktrees(repo, trees, WORKERS);
        removeWorktrees(repo, trees);
      }
      const eight = await timed(() => addWorktrees(repo, trees, WORKERS));
      removeWorktrees(repo, trees);
      const shell = await fanOut(repo, trees, "shell");
      note(COLD, (shell.firstsMs - SHELL_PATH_MS) / eight);
      note(WARM, (shell.secondMs - SHELL_PATH_MS) / eight);
    }
    const tip = repo.git("rev-parse", "HEAD");
    const { acceptMs } = await fanOut(repo, trees, "accept");
    repo.git("reset", "-q", "--hard", tip);
    note(ACCEPT, acceptMs / (await acceptInGit(repo)));
  }
  const limits: Readonly<Record<string, number | undefined>> = {
    [PLAIN]: size > 10_000 ? 1.15 : 1.1,
    [FIRST_REQUEST]: 100,
    [FIRST_TOOL]: 0.3,
    [COLD]: 1.1,
    [WARM]: 0.15,
    [ACCEPT]: 1.3,
  };
  for (const [what, values] of series) {
    const limit = limits[what];
    const unit = what.includes("/") ? "×" : "ms";
    figures.push({ name: `${name}: ${what}`, unit, values, ...(limit === undefined ? {} : { limit }) });
  }
}

interface FannedOut {
  /** From the approval until nothing is left to do. */
  readonly wallMs: number;
  /** Until the last of the first eight workers has ended. */
  readonly firstsMs: number;
  /** What eight more workers take, which find worktrees of the first ones. */
  readonly secondMs: number;
  readonly firstRequestMs: number;
  readonly firstToolMs: number;
  readonly acceptMs: number;
}

/** Carries out a plan of workers that all do the same. */
async function fanOut(repo: TempRepo, trees: string, kind: "tools" | "shell" | "accept"): Promise<FannedOut> {
  const server = await startModelServer(scenario(kind));
  const workers = Array.from({ length: kind === "accept" ? 1 : WORKERS }, (_, i) => `w${i}`);
  const subtasks = workers.map((id) => ({ id, agent: "implementer" }));
  const more = workers.map((id) => ({ id: `x${id}`, agent: "implementer", dependencies: workers }));
  const ports = await realPorts(repo.dir, trees, server.url);
  const run = await Run.create(ports, "bench", { concurrency: WORKERS, attempts: 1 });
  try {
    // A client has been there for long when a plan is approved: the SDK is loaded by its first call.
    await ports.model.respond(
      {
        model: "claude-sonnet-5-5",
        system: "",
        tools: [],
        messages: [{ role: "user", content: [{ type: "text", text: "x" }] }],
        maxTokens: 10,
      },
      { signal: new AbortController().signal },
    );
    await server.asked();
    const [starts, ends] = [new Map<string, number>(), new Map<string, number>()];
    let firstTool = 0;
    run.onDidAct(({ activity }) => {
      if (activity.type === "result") firstTool ||= Date.now();
    });
    run.onDidRecord(({ event }) => {
      if (event.type === "subtask.started") starts.set(event.subtask, Date.now());
      if (event.type === "subtask.finished") ends.set(event.subtask, Date.now());
    });
    const began = Date.now();
    await run.approve(Plan.parse({ task: "t", subtasks: [...subtasks, ...(kind === "shell" ? more : [])] }));
    await run.idle();
    const wallMs = Date.now() - began;
    const bad = valuesOf(run.state().subtasks).find(({ status }) => status !== "finished");
    if (bad !== undefined) throw new Error(`did not end well: ${JSON.stringify(bad)}`);
    const firstRequest = Math.min(...(await server.asked()).map(({ at }) => at));
    const began2 = Date.now();
    if (kind === "accept") await run.accept("w0");
    const acceptMs = Date.now() - began2;
    const isFirst = (id: string) => id.startsWith("w");
    return {
      wallMs,
      firstsMs: Math.max(...[...ends].flatMap(([id, at]) => (isFirst(id) ? [at] : []))) - began,
      secondMs: Math.max(...ends.values()) - Math.min(...[...starts].flatMap(([id, at]) => (isFirst(id) ? [] : [at]))),
      firstRequestMs: firstRequest - began,
      firstToolMs: firstTool - began,
      acceptMs,
    };
  } finally {
    await run.close();
    await server.close();
  }
}

function call(tool: string, input: object) {
  return { tool, input };
}

function scenario(kind: "tools" | "shell" | "accept"): object {
  const report = [call("report", { summary: "Done.", files: [] })];
  const wrote = (file: number) =>
    call("write", { file_path: `out/{{subtask}}/${file}.txt`, content: `${file} by {{subtask}}\n` });
  const old = path(4_242);
  const turns = {
    tools: [
      [call("read", { file_path: old })],
      [call("edit", { file_path: old, old_string: "// 4242\n", new_string: "// 4242\n// by {{subtask}}\n" })],
      [wrote(0)],
      [call("grep", { pattern: "by w\\d", path: dirname(old) })],
      report,
    ],
    shell: [[call("bash", { command: "grep -rl 'value = compute' . | wc -l" })], [wrote(0)], report],
    accept: [Array.from({ length: ACCEPTED_FILES }, (_, i) => wrote(i)), report],
  }[kind];
  return {
    defaults: { latency: { first_token_ms: FIRST_TOKEN_MS, per_token_ms: 0 } },
    rules: turns.map((reply, i) => ({ when: { role: "implementer", turn: i + 1 }, reply })),
  };
}

/** The steps of an accept, by hand: merge in memory, look at the changes, commit, move the files and the branch. */
async function acceptInGit(repo: TempRepo): Promise<number> {
  const ref = repo.git("for-each-ref", "--count=1", "--sort=-creatordate", "--format=%(refname)", "refs/braid/r*/1/1");
  const tip = repo.git("rev-parse", "HEAD");
  const took = await timed(async () => {
    const tree = repo.git("merge-tree", "--write-tree", tip, ref);
    repo.git("diff", "--raw", "-M", tip, tree);
    const commit = repo.git("commit-tree", "-p", tip, "-m", "x", tree);
    repo.git("update-index", "-q", "--refresh");
    repo.git("read-tree", "-m", "-u", tip, commit);
    repo.git("update-ref", "HEAD", commit, tip);
  });
  repo.git("reset", "-q", "--hard", tip);
  return took;
}

/** What `git worktree add` takes for one, or for several whose files are checked out side by side. */
async function addWorktrees(repo: TempRepo, trees: string, count: number): Promise<void> {
  const dirs = Array.from({ length: count }, (_, i) => join(trees, `bare${i}`));
  // Git's own adding races with itself: only the checkouts are side by side.
  for (const dir of dirs) repo.git("worktree", "add", "-q", "--detach", "--no-checkout", dir, "HEAD");
  await Promise.all(dirs.map((dir) => gitIn(dir, "reset", "-q", "--hard")));
}

function gitIn(dir: string, ...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd: dir, stdio: "ignore" });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`git ${args.join(" ")}: ${code ?? ""}`))));
  });
}

async function timed(action: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

function largeRepo(size: number): TempRepo {
  const line = "export const value = compute(42, 'some text of a usual length');\n";
  return importedRepo(Array.from({ length: size }, (_, i) => [path(i), `// ${i}\n${line.repeat(10 + (i % 30))}`]));
}

/**
 * Takes worktrees out of the way. They are deleted last of all: ext4 gives no inode away again for up to five minutes, and the first who
 * makes many files after many were deleted searches for free ones with up to ten times the work (eight checkouts of 10,000 files, one
 * after the other: 36 s and 5 s), which would be a figure of the order things are measured in.
 */
function removeWorktrees(repo: TempRepo, trees: string): void {
  const gone = join(trees, "gone");
  mkdirSync(gone, { recursive: true });
  for (const name of readdirSync(trees))
    if (name !== "gone") renameSync(join(trees, name), join(gone, `${readdirSync(gone).length}`));
  repo.git("worktree", "prune");
}
