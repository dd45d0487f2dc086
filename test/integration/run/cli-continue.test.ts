import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest } from "../../../src/demo/server";
import { startCli, type CliEvent } from "../../support/cli";
import { ran, useCli } from "../../support/cli-fixture";

/** The demo server refuses a thought that comes back changed by a byte. */
const THOUGHT = '{ thinking: "Grüße, step {{turn}}" }';
const RULES = `rules:
  - when: { role: reviewer, turn: 1 }
    reply: [{ tool: read, input: { file_path: a.txt } }]
  - when: { role: reviewer }
    reply: [{ tool: verdict, input: { decision: approve } }]
  - when: { turn: 1 }
    reply: [${THOUGHT}, { tool: write, input: { file_path: a.txt, content: "one\\n" } }]
  - when: { turn: 2 }
    reply: [${THOUGHT}, { tool: bash, input: { command: "echo two >> a.txt; mkdir -p out; echo deep > out/b.txt" } }]
  - when: { turn: 3 }
    reply: [${THOUGHT}, { tool: read, input: { file_path: a.txt } }, { tool: glob, input: { pattern: "**" } }]
  - when: { turn: 4 }
    reply: [${THOUGHT}, { tool: edit, input: { file_path: a.txt, old_string: "two", new_string: "TWO" } }]
  - reply: [{ tool: report, input: { summary: "Wrote it at turn {{turn}}." } }]
`;
const PLAN = `task: Files
subtasks:
  - id: one
    description: Write files
    verify: ["test -f out/b.txt"]
    review: { agent: verifier-agent, rounds: 1 }
`;
/** Turns of the worker, and of its reviewer. */
const TURNS = 5;
const REVIEWER_TURNS = 2;

describe("a worker whose process was killed", function () {
  this.timeout(120_000);
  const t = useCli();

  async function killedAt(fits: (event: CliEvent) => boolean) {
    await t.play(RULES);
    writeFileSync(join(t.home.dir, "p.yml"), PLAN);
    const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    const seen = await Promise.race([running.seen(fits), running.ended]);
    if (!("run" in seen)) throw new Error(`ended before it was killed: ${seen.stdout}${seen.stderr}`);
    const { run } = seen;
    running.child.kill("SIGKILL");
    await running.ended;
    return { run, asked: t.server.requests.length, logged: journal(run).filter((e) => e.type === "turn.completed") };
  }
  const runDir = (run: string) => join(t.repo.dir, ".git/braid/runs", run);
  const journal = (run: string): readonly CliEvent[] =>
    readFileSync(join(runDir(run), "journal.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly event: CliEvent }).event);
  const isTurn = (turn: number, by?: string) => (e: CliEvent) =>
    e.type === "turn.completed" && e["turn"] === turn && e["by"] === by;
  const speaker = ({ facts }: RecordedRequest) => `${facts.role === "reviewer" ? "reviewer" : "worker"} ${facts.turn}`;

  function isWhole(): void {
    assert.equal(t.repo.read("a.txt"), "one\nTWO\n");
    assert.equal(t.repo.read("out/b.txt"), "deep\n");
    assert.equal(t.repo.git("status", "--porcelain"), "");
    assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
    assert.equal(t.repo.git("for-each-ref", "refs/braid/turns"), "");
  }

  for (const [what, fits] of [
    ["as its first turn was complete", isTurn(1)],
    ["as its second turn was complete", isTurn(2)],
    ["as it only read", isTurn(3)],
    ["as it edited", isTurn(4)],
    ["as it reported", isTurn(5)],
    ["as its checks were done", (e: CliEvent) => e.type === "check.completed"],
    ["in the first turn of its review", isTurn(1, "reviewer")],
    ["as its review was over", (e: CliEvent) => e.type === "review.completed"],
  ] as const)
    it(`${what}: goes on from there, and no answer is paid for twice`, async () => {
      const { run, asked, logged } = await killedAt(fits);
      ran(await t.braid("resume", run, "--accept", "passing"), 0);
      isWhole();
      const events = journal(run);
      assert.deepEqual(
        events.filter((e) => e.type === "subtask.started").map((e) => [e["attempt"], e["continues"]]),
        [
          [1, undefined],
          [1, true],
        ],
      );
      // Each turn once in the log, whoever asked for it.
      const turns = events
        .filter((e) => e.type === "turn.completed")
        .map((e) => `${String(e["by"])} ${String(e["turn"])}`);
      assert.equal(new Set(turns).size, turns.length, turns.join(", "));
      assert.equal(turns.length, TURNS + REVIEWER_TURNS);
      assert.equal(events.filter((e) => e.type === "review.completed").length, 1);
      // What was in the log when the process died is not asked for again.
      const paid = new Set(logged.map((e) => `${e["by"] === "reviewer" ? "reviewer" : "worker"} ${String(e["turn"])}`));
      const again = t.server.requests.slice(asked).map(speaker);
      assert.deepEqual(
        again.filter((turn) => paid.has(turn)),
        [],
      );
      assert.ok(t.server.requests.length <= TURNS + REVIEWER_TURNS + 1, t.server.requests.map(speaker).join(", "));
      // Thinking goes back word for word.
      const last = t.server.requests.findLast(({ facts }) => facts.role !== "reviewer");
      if (fits !== isTurn(5) && last !== undefined && last.facts.turn === TURNS)
        for (let turn = 1; turn < TURNS; turn += 1)
          assert.ok(JSON.stringify(last.body?.messages).includes(`"thinking":"Grüße, step ${turn}"`), `turn ${turn}`);
    });

  it("again and again, goes on each time", async () => {
    const { run } = await killedAt(isTurn(1));
    for (const turn of [2, 3, 4]) {
      const running = startCli(["resume", run, "--json"], { cwd: t.repo.dir, env: t.env });
      await running.seen(isTurn(turn));
      running.child.kill("SIGKILL");
      await running.ended;
    }
    ran(await t.braid("resume", run, "--accept", "passing"), 0);
    isWhole();
    assert.ok(t.server.requests.length <= TURNS + REVIEWER_TURNS + 4, t.server.requests.map(speaker).join(", "));
  });

  it("tells the worker that it was away, once", async () => {
    const { run } = await killedAt(isTurn(2));
    ran(await t.braid("resume", run, "--accept", "passing"), 0);
    const last = JSON.stringify(t.server.requests.findLast(({ facts }) => facts.role !== "reviewer")?.body?.messages);
    assert.equal(last.split("Braid was closed and opened again meanwhile").length, 2);
  });

  for (const [what, harm] of [
    ["has a changed byte", (text: string) => text.replace("step 1", "step 7")],
    ["has lost its beginning", (text: string) => text.slice(text.indexOf("\n") + 1)],
    ["is empty", () => ""],
  ] as const)
    it(`with a record that ${what}: starts anew, and says so`, async () => {
      const { run } = await killedAt(isTurn(3));
      const file = join(runDir(run), "turns", "1-1.jsonl");
      const before = readFileSync(file, "utf8");
      assert.notEqual(harm(before), before);
      writeFileSync(file, harm(before));
      const resumed = await t.braid("resume", run, "--accept", "passing");
      ran(resumed, 0);
      isWhole();
      assert.equal(
        journal(run)
          .filter((e) => e.type === "subtask.started")
          .at(-1)?.["attempt"],
        2,
      );
      if (what !== "is empty") assert.match(resumed.stderr, /attempt 1 starts anew: its record .* is damaged/u);
      assert.deepEqual(readdirSync(join(runDir(run), "turns")).toSorted(), [
        "1-1.jsonl",
        "1-2-review-1.jsonl",
        "1-2.jsonl",
      ]);
    });

  it("whose files git has lost: starts anew, and says so", async () => {
    const { run } = await killedAt(isTurn(3));
    t.repo
      .git("for-each-ref", "--format=delete %(refname)", "refs/braid")
      .split("\n")
      .forEach((line) => {
        t.repo.git("update-ref", "-d", line.slice("delete ".length));
      });
    // The worktree has them all, so it must be gone as well.
    const [, worktree = ""] = t.repo.git("worktree", "list", "--porcelain").split("\n\n");
    rmSync(worktree.split("\n")[0]?.slice("worktree ".length) ?? "", { recursive: true });
    t.repo.git("reflog", "expire", "--expire=now", "--all");
    t.repo.git("worktree", "prune");
    t.repo.git("-c", "gc.auto=0", "prune", "--expire=now");
    const resumed = await t.braid("resume", run, "--accept", "passing");
    ran(resumed, 0);
    isWhole();
    assert.match(resumed.stderr, /attempt 1 starts anew: git has lost the files/u);
    assert.equal(journal(run).findLast((e) => e.type === "subtask.started")?.["attempt"], 2);
  });
});
