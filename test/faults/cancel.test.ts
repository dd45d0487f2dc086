import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { startCli, type CliProcess } from "../support/cli";
import { ran, useCli, wide } from "../support/cli-fixture";
import { processesWith } from "../support/sandbox";

const WORKERS = 8;
/** What every process a worker starts has in its command line. */
const MARKER = `braid-cancel-${process.pid}`;
/** Each keeps something, and then hangs in its own way. */
const HANGS = [
  `exec -a ${MARKER} sleep 600`,
  `trap "" TERM INT HUP; exec -a ${MARKER} sleep 600`,
  `setsid bash -c 'trap "" TERM; exec -a ${MARKER} sleep 600' & wait`,
  `(trap "" TERM; exec -a ${MARKER} sleep 600) & (exec -a ${MARKER} sleep 600) & while :; do sleep 0.2; done`,
].map((command) => `echo half > notes-$PPID.md; ${command}`);
const SCENARIO = `rules:
${HANGS.map(
  (command, i) =>
    `  - when: { subtask: "/^part-[${i + 1}${i + 5}]$/", turn: 1 }\n    reply: [{ tool: bash, input: { command: ${JSON.stringify(command)}, timeout_ms: 600000 } }]\n`,
).join("")}  - reply: [{ tool: report, input: { summary: Done. } }]
`;
/** How many of them there are when all hang. */
const PROCESSES = 10;
/** Within this a cancel has ended everything, on a machine that has nothing else to do. */
const CANCEL_MS = 5_000;
/** How many others want each processor, beside the one there would be. */
const crowd = () => Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());

describe(`a cancel while ${WORKERS} workers hang in commands`, function () {
  this.timeout(180_000);
  const t = useCli();
  let running: CliProcess;
  let run: string;
  beforeEach(async () => {
    await t.play(SCENARIO);
    const plan = join(t.home.dir, "plan.yml");
    writeFileSync(plan, wide(WORKERS));
    const args = ["run", plan, "--yes", "--json", "--concurrency", `${WORKERS}`];
    running = startCli(args, { cwd: t.repo.dir, env: t.env });
    run = (await running.seen(({ type }) => type === "subtask.started")).run;
    while (processesWith(`${MARKER}\u0000600`).length < PROCESSES)
      await new Promise((resolve) => setTimeout(resolve, 50));
  });

  async function judge(ms: number): Promise<void> {
    const outcome = await running.ended;
    ran(outcome, 130);
    deepEqual(processesWith(MARKER), [], "no process is left");
    deepEqual(processesWith(t.repo.dir), [], "no git process is left");
    equal(t.repo.git("worktree", "list").split("\n").length, 1, "no worktree is left");
    const locks = readdirSync(join(t.repo.dir, ".git"), { recursive: true, encoding: "utf8" });
    deepEqual(
      locks.filter((name) => name.endsWith(".lock")),
      [],
      "no lock is left",
    );
    equal(t.repo.git("status", "--porcelain"), "", "the user's files are as they were");
    const kept = outcome.events.filter(({ type, result }) => type === "subtask.failed" && result !== null);
    equal(kept.length, WORKERS, "what each did is kept");
    ok(!existsSync(join(t.repo.dir, "notes")));
    match((await t.braid("status", run)).stdout, /^CANCELLED into main/mu);
    ok(ms < CANCEL_MS * crowd(), `it took ${Math.round(ms)} ms, with ${crowd()} on each processor`);
  }

  it("by Ctrl+C: everything has ended within five seconds, nothing is left, what was done is kept", async () => {
    const started = performance.now();
    running.child.kill("SIGINT");
    await running.ended;
    await judge(performance.now() - started);
  });

  it("by `braid cancel` from another process: likewise", async () => {
    const started = performance.now();
    ran(await t.braid("cancel", run), 0);
    await judge(performance.now() - started);
  });
});
