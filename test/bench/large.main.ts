/*
 * What worktrees cost in large repositories: eight workers at once, each in its own, against the time their scripted models take; the
 * same where each runs a command over the whole tree, against git's own parallel checkouts; how soon the first worker gets on; what an
 * accept takes. The demo model behind the real SDK, real git. `npm run bench -- large`; FILES=50000 chooses one size alone.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Plan } from "../../src/core/plan/plan";
import { Scenario } from "../../src/demo/scenario";
import { startDemoServer } from "../../src/demo/server";
import { createAnthropicModel } from "../../src/model/anthropic";
import { Run } from "../../src/run/run";
import { portsFor } from "../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";
import { report, rounds, type Figure } from "./report";

const WORKERS = 8;
const FIRST_TOKEN_MS = 200;
/** Four turns with tools, and the report. */
const REQUESTS = 5;
const CRITICAL_PATH_MS = FIRST_TOKEN_MS * REQUESTS;
/** A command, a file, the report. */
const SHELL_PATH_MS = FIRST_TOKEN_MS * 3;
const ACCEPTED_FILES = 20;
const SIZES = process.env["FILES"] === undefined ? [10_000, 50_000] : [Number(process.env["FILES"])];
const LIMITS: Readonly<Record<number, number>> = { 10_000: 1.1, 50_000: 1.15 };

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
  for (let round = 0; round < (Number(process.env["ROUNDS"]) || rounds(5)); round += 1) {
    const add = await timed(() => addWorktrees(repo, trees, 1));
    removeWorktrees(repo, trees);
    const eight = await timed(() => addWorktrees(repo, trees, WORKERS));
    removeWorktrees(repo, trees);
    const plain = await fanOut(repo, trees, { shell: false, accept: true });
    note("8 workers, four tool turns each / critical path", plain.wallMs / CRITICAL_PATH_MS);
    note("approve to first request", plain.firstRequestMs);
    note("approve to first tool result / git worktree add", plain.firstToolMs / add);
    note(`accept of ${ACCEPTED_FILES} files / the same in git`, plain.acceptMs / (await acceptInGit(repo)));
    const shell = await fanOut(repo, trees, { shell: true, accept: false });
    note("8 workers with a command over the tree, cold / 8 checkouts", (shell.wallMs - SHELL_PATH_MS) / eight);
    note("the same from a warm pool / 8 checkouts", (shell.secondMs - SHELL_PATH_MS) / eight);
  }
  const limits: Readonly<Record<string, number | undefined>> = {
    "8 workers, four tool turns each / critical path": LIMITS[size],
    "approve to first request": 100,
    "approve to first tool result / git worktree add": 0.3,
    [`accept of ${ACCEPTED_FILES} files / the same in git`]: 1.3,
    "8 workers with a command over the tree, cold / 8 checkouts": 1.1,
    "the same from a warm pool / 8 checkouts": 0.15,
  };
  for (const [what, values] of series) {
    const limit = limits[what];
    const unit = what.includes("/") ? "×" : "ms";
    figures.push({ name: `${name}: ${what}`, unit, values, ...(limit === undefined ? {} : { limit }) });
  }
}

interface FannedOut {
  readonly wallMs: number;
  /** Of eight more workers, which find worktrees of the first ones. */
  readonly secondMs: number;
  readonly firstRequestMs: number;
  readonly firstToolMs: number;
  readonly acceptMs: number;
}

/** Eight workers that read, edit, write and read again (or run a command over the tree), then eight more. */
async function fanOut(
  repo: TempRepo,
  trees: string,
  how: { readonly shell: boolean; readonly accept: boolean },
): Promise<FannedOut> {
  const server = await startDemoServer(scenario(how.shell), { recordBodies: false });
  const subtasks = Array.from({ length: WORKERS }, (_, i) => ({
    id: `w${i}`,
    agent: "implementer",
    files: [`out/${i}/**`],
  }));
  const more = how.shell
    ? subtasks.map(({ id, agent }, i) => ({
        agent,
        id: `x${id}`,
        dependencies: subtasks.map((s) => s.id),
        files: [`more/${i}/**`],
      }))
    : [];
  const model = createAnthropicModel({ apiKey: "demo", baseUrl: server.url });
  const ports = await portsFor(repo.dir, trees, { model });
  const run = await Run.create(ports, "g", { concurrency: WORKERS, attempts: 1 });
  try {
    // A client has been there for long when a plan is approved: the SDK is loaded by its first call.
    await model.respond(
      {
        model: "claude-sonnet-5-5",
        system: "",
        tools: [],
        messages: [{ role: "user", content: [{ type: "text", text: "x" }] }],
        maxTokens: 10,
      },
      { signal: new AbortController().signal },
    );
    const ends = new Map<string, number>();
    const starts: number[] = [];
    let [firstRequest, firstTool] = [0, 0];
    const stop = server.onRequest(() => (firstRequest ||= performance.now()));
    run.onDidAct(({ activity }) => {
      if (activity.type === "result") firstTool ||= performance.now();
    });
    run.onDidRecord(({ event }) => {
      if (event.type === "subtask.started") starts.push(performance.now());
      if (event.type === "subtask.failed") throw new Error(JSON.stringify(event));
      if (event.type === "subtask.finished") ends.set(event.subtask, performance.now());
    });
    const began = performance.now();
    await run.approve(Plan.parse({ task: "t", subtasks: [...subtasks, ...more] }));
    await run.idle();
    const lastOf = (prefix: string) =>
      Math.max(...[...ends].flatMap(([id, at]) => (id.startsWith(prefix) ? [at] : [])));
    const firsts = lastOf("w");
    stop.dispose();
    let acceptMs = 0;
    if (how.accept) {
      const at = performance.now();
      await run.accept("w0");
      acceptMs = performance.now() - at;
      repo.git("reset", "-q", "--hard", "HEAD~1");
    }
    return {
      wallMs: firsts - began,
      secondMs: how.shell ? lastOf("xw") - (starts[WORKERS] ?? 0) : 0,
      firstRequestMs: firstRequest - began,
      firstToolMs: firstTool - began,
      acceptMs,
    };
  } finally {
    await run.close();
    await server.dispose();
  }
}

function call(tool: string, input: object) {
  return { reply: [{ tool, input }] };
}

function scenario(isShell: boolean): Scenario {
  const report = call("report", { summary: "Done.", files: [], findings: [], decisions: [], open: [] });
  const wrote = (file: number) => ({ file_path: `out/{{subtask}}/${file}.txt`, content: `${file} by {{subtask}}\n` });
  const turns = isShell
    ? [call("bash", { command: "grep -rl 'value = compute' . | wc -l" }), call("write", wrote(0)), report]
    : [
        call("read", { file_path: path(4242) }),
        call("edit", {
          file_path: path(4242),
          old_string: "// 4242\n",
          new_string: "// 4242\n// by {{subtask}}\n",
        }),
        {
          reply: Array.from({ length: ACCEPTED_FILES - 1 }, (_, i) => ({ tool: "write", input: wrote(i) })),
        },
        call("grep", { pattern: "by w", path: path(4242) }),
        report,
      ];
  return Scenario.parse({
    defaults: { latency: { first_token_ms: FIRST_TOKEN_MS, per_token_ms: 0 } },
    rules: turns.map((rule, i) => ({ when: { role: "implementer", turn: i + 1 }, ...rule })),
  });
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
  const repo = tempRepo({ ".gitignore": "node_modules/\n" });
  const line = "export const value = compute(42, 'some text of a usual length');\n";
  for (let i = 0; i < size; i += 1) {
    const file = join(repo.dir, path(i));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `// ${i}\n${line.repeat(10 + (i % 30))}`);
  }
  repo.git("config", "gc.auto", "0");
  repo.commit("large");
  execFileSync("git", ["repack", "-q", "-a", "-d"], { cwd: repo.dir });
  return repo;
}

function removeWorktrees(repo: TempRepo, trees: string): void {
  rmSync(trees, { recursive: true, force: true });
  mkdirSync(trees);
  repo.git("worktree", "prune");
}
