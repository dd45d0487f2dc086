import assert from "node:assert/strict";
import { readFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli } from "../../support/cli";
import { ran, useCli, wide } from "../../support/cli-fixture";

/** Workers whose second turn does not come until they are asked for again: what was cut off in a turn is asked anew. */
const ENDLESS = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "notes/{{subtask}}.md", content: "n\\n" } }]
  - when: { turn: 2, times: 2 }
    fault: { kind: stall, at: stream, after_events: 1, ping_every_ms: 1000 }
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("F31 a run another process has", function () {
  this.timeout(120_000);
  const t = useCli();

  async function endless() {
    await t.play(ENDLESS);
    writeFileSync(join(t.home.dir, "p.yml"), wide(2));
    const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    const { run } = await running.seen((e) => e.type === "run.created");
    for (const subtask of ["part-1", "part-2"])
      await running.seen((e) => e.type === "turn.completed" && e.subtask === subtask);
    return { running, run, pid: running.child.pid };
  }
  const lock = (run: string) => join(t.repo.dir, ".git/braid/runs", run, "owner.lock");
  const status = async (run: string) =>
    JSON.parse((await t.braid("status", run, "--json")).stdout).runs[0] as {
      readonly owner: { readonly pid: number; readonly standing: string } | null;
    };

  it("is shown as it goes, with who has it; and when that one is killed, that nobody has", async () => {
    const { running, run, pid } = await endless();
    assert.equal((await status(run)).owner?.pid, pid);
    assert.match(
      (await t.braid("status", run)).stdout,
      new RegExp(`RUNNING.*\\[RUNNING\\].*Open in process ${pid}`, "su"),
    );
    const follower = startCli(["status", run, "--follow", "--json"], { cwd: t.repo.dir, env: t.env });
    await follower.seen((e) => e.type === "turn.completed");
    running.child.kill("SIGKILL");
    await running.ended;
    const followed = await follower.ended;
    ran(followed, 0);
    const journal = readFileSync(join(t.repo.dir, ".git/braid/runs", run, "journal.jsonl"), "utf8");
    assert.equal(followed.events.length, journal.trimEnd().split("\n").length);
    const left = await t.braid("status", run);
    assert.match(left.stdout, /PAUSED into .*\[INTERRUPTED\].*Interrupted: nobody works on it.*braid resume/su);
    assert.doesNotMatch(left.stdout, /RUNNING| left /u);
    for (const words of [["show", run], ["history"]])
      assert.match((await t.braid(...words)).stdout, new RegExp(`${run}(?![^]*running)[^]*paused`, "iu"));
    const nowhere = await t.braid("report", run, "-o", "no/such/report.md");
    assert.equal(
      nowhere.stderr,
      "braid: no/such/report.md cannot be written. Name a file in a folder that is there.\n",
    );
    assert.equal((await status(run)).owner, null);
  });

  it("follows to the end of a run that ends, and what it prints is what the run printed", async () => {
    writeFileSync(join(t.home.dir, "p.yml"), wide(2));
    const running = startCli(["run", join(t.home.dir, "p.yml"), "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    const { run } = await running.seen((e) => e.type === "run.created");
    const followed = await startCli(["status", run, "--follow", "--json"], { cwd: t.repo.dir, env: t.env }).ended;
    const outcome = await running.ended;
    assert.deepEqual(followed.events, outcome.events);
  });

  it("is not taken from a living process; from one that sits still only on purpose, and that one stops", async () => {
    const { running, run, pid } = await endless();
    const alive = await t.braid("resume", run, "--take-over");
    ran(alive, 3);
    assert.match(alive.stderr, new RegExp(`belongs to process ${pid}.*braid status ${run}`, "u"));
    // Stopped as by Ctrl+Z, and an hour goes by.
    running.child.kill("SIGSTOP");
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(lock(run), anHourAgo, anHourAgo);
    const silent = await t.braid("resume", run);
    ran(silent, 3);
    assert.match(silent.stderr, /has not been heard of for \d+ s.*braid resume r\w+ --take-over/u);
    assert.match((await t.braid("status", run)).stdout, /not been heard of.*--take-over/u);
    ran(await t.braid("resume", run, "--take-over", "--accept", "passing"), 0);
    const journal = join(t.repo.dir, ".git/braid/runs", run, "journal.jsonl");
    const before = readFileSync(journal, "utf8");
    running.child.kill("SIGCONT");
    const sleeper = await running.ended;
    assert.notEqual(sleeper.code, 0);
    assert.match(sleeper.stderr + sleeper.stdout, /was taken over by another process/u);
    assert.equal(readFileSync(journal, "utf8"), before);
    assert.deepEqual(readdirSync(join(t.repo.dir, "notes")), ["part-1.md", "part-2.md"]);
    assert.equal(t.repo.git("status", "--porcelain"), "");
    assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
  });
});
