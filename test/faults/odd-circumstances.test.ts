import { equal, match, ok } from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCli, type CliOutcome } from "../support/cli";
import { ran, useCli } from "../support/cli-fixture";
import { processesWith } from "../support/sandbox";

const MARKER = `braid-odd-${process.pid}`;
const PLAN = "task: A note\nsubtasks:\n  - { id: one, files: [one.txt] }\n";
const RULES = `rules:
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: one.txt, content: "one\\n" } }]
  - when: { turn: 2, times: 1 }
    reply: [{ tool: bash, input: { command: "exec -a ${MARKER} sleep 30" } }]
  - reply: [{ tool: report, input: { summary: Done. } }]
`;

describe("a run of which somebody takes away what Braid keeps", function () {
  this.timeout(180_000);
  const t = useCli();
  const at = (run: string, name = "") => join(t.repo.dir, ".git/braid/runs", run, name);

  /** A run whose worker is in a command that takes long; who resumes it waits for it once more. */
  async function hanging() {
    await t.play(RULES);
    const plan = join(t.home.dir, "plan.yml");
    writeFileSync(plan, PLAN);
    const running = startCli(["run", plan, "--yes", "--json"], { cwd: t.repo.dir, env: t.env });
    const { run } = await running.seen((e) => e.type === "turn.completed" && e["turn"] === 2);
    return { run, running };
  }
  function inWords(outcome: CliOutcome, code: number, words: RegExp): void {
    ran(outcome, code);
    match(outcome.stdout + outcome.stderr, words);
    ok(!/\bat .*:\d+:\d+/u.test(outcome.stderr), `no stack trace:\n${outcome.stderr}`);
  }

  it("its folder, in mid-run: it stops, says so, and a clean-up finds the rest", async () => {
    const { run, running } = await hanging();
    renameSync(at(run), join(t.home.dir, "aside"));
    const outcome = await running.ended;
    equal(outcome.code, 2);
    match(outcome.stderr, new RegExp(`The folder of run ${run} was deleted while it was under way.*braid clean`, "u"));
    equal(processesWith(MARKER).length, 0);
    equal(t.repo.git("status", "--porcelain"), "");
    ran(await t.braid("clean", run, "--yes"), 0);
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
    equal(t.repo.git("for-each-ref", `refs/braid/turns`), "");
  });

  it("its inbox: a command from another process is heard all the same", async () => {
    const { run, running } = await hanging();
    rmSync(at(run, "inbox"), { recursive: true });
    inWords(await t.braid("cancel", run), 0, /is cancelled/u);
    ran(await running.ended, 130);
  });

  it("its lock or its log for a folder: named, with a way out; then two go on at once, and one of them does", async () => {
    const { run, running } = await hanging();
    running.child.kill("SIGKILL");
    await running.ended;
    renameSync(at(run, "owner.lock"), at(run, "aside"));
    mkdirSync(at(run, "owner.lock"));
    inWords(await t.braid("resume"), 1, /owner\.lock is no file.*Move it away/u);
    rmSync(at(run, "owner.lock"), { recursive: true });
    renameSync(at(run, "aside"), at(run, "owner.lock"));

    renameSync(at(run, "journal.jsonl"), at(run, "aside"));
    mkdirSync(at(run, "journal.jsonl"));
    inWords(await t.braid("resume"), 1, /journal\.jsonl is a folder.*start a new run/u);
    inWords(await t.braid("history"), 0, /journal\.jsonl is a folder/u);
    rmSync(at(run, "journal.jsonl"), { recursive: true });
    renameSync(at(run, "aside"), at(run, "journal.jsonl"));

    const both = await Promise.all([1, 2].map(() => t.braid("resume", "--accept", "passing")));
    // The other one leaves it to that process, or hears that it belongs to it.
    for (const { code, stdout, stderr } of both)
      ok(code === 0 || (code === 3 && /belongs to process/u.test(stderr)), `${code}\n${stdout}\n${stderr}`);
    equal(both.filter(({ stdout }) => /one accepted/u.test(stdout)).length, 1);
    equal(t.repo.git("rev-list", "--count", "HEAD"), "2");
    equal(t.repo.git("show", "HEAD:one.txt"), "one");
  });
});
