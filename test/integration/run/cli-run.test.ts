import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cli } from "../../support/cli";
import { mostAtOnce, ONE, ran, useCli, wide } from "../../support/cli-fixture";

describe("braid", function () {
  this.timeout(60_000);
  const t = useCli();

  describe("demo", () => {
    it("goes from goal to accepted merges, exit 0, with everything tidy and tests green", async () => {
      const dir = join(t.home.dir, "demo");
      const outcome = await cli(["demo", "--workspace", dir, "--accept", "passing", "--json"], {
        cwd: t.home.dir,
        env: { HOME: t.home.dir },
      });
      ran(outcome, 0);
      const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: dir, encoding: "utf8" }).trim();
      const accepted = outcome.events.filter((e) => e.type === "accept.completed").map((e) => e.subtask);
      const run = outcome.events[0]?.run;
      const trailers = git(
        "log",
        "--reverse",
        "--format=%(trailers:key=Braid-Run,valueonly,separator=%x20)|%(trailers:key=Braid-Subtask,valueonly,separator=%x20)",
        "HEAD~5..HEAD",
      );
      assert.equal(accepted.length, 5);
      assert.deepEqual(
        trailers.split("\n"),
        accepted.map((id) => `${run}|${id}`),
      );
      assert.equal(git("status", "--porcelain"), "");
      assert.equal(git("worktree", "list").split("\n").length, 1);
      assert.equal(git("branch", "--list").trim(), "* main");
      assert.ok(mostAtOnce(outcome.events) >= 3, "three subtasks ran at the same time");
      assert.equal(outcome.events.filter((e) => e.type === "subtask.retried").length, 1);
      execFileSync(process.execPath, ["--test"], { cwd: dir, stdio: "ignore", env: { PATH: process.env["PATH"] } });
    });

    it("names a folder that is not empty", async () => {
      const outcome = await t.braid("demo", "--workspace", t.repo.dir);
      assert.notEqual(outcome.code, 0);
      assert.match(outcome.stderr, /empty folder/u);
      assert.equal(t.repo.read("README.md"), "# x\n");
    });
  });

  describe("run", () => {
    for (const name of ["yaml", "picomatch"]) {
      it(`carries out a plan of eight parallel subtasks on the sources of ${name}`, async () => {
        cpSync(resolve("node_modules", name), t.repo.dir, { recursive: true });
        t.repo.commit("sources");
        const plan = join(t.home.dir, `${name}.yml`);
        writeFileSync(plan, wide(8));
        const outcome = await t.braid("run", plan, "--accept", "passing", "--yes", "--json", "--concurrency", "8");
        ran(outcome, 0);
        assert.equal(mostAtOnce(outcome.events), 8);
        assert.equal(t.repo.git("status", "--porcelain"), "");
        assert.equal(t.repo.git("rev-list", "--count", "HEAD~8..HEAD"), "8");
        assert.equal(readdirSync(join(t.repo.dir, "notes")).length, 8);
        assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
      });
    }

    it("leaves results in review without --accept, exit 3; accept and reject decide them, exit 0", async () => {
      writeFileSync(join(t.home.dir, "p.yml"), wide(2));
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
      ran(outcome, 3);
      const run = outcome.events[0]?.run ?? "";
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
      ran(await t.braid("accept", run, "part-1"), 0);
      ran(await t.braid("reject", run, "part-2", "--reason", "not needed"), 0);
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "2");
      assert.ok(!existsSync(join(t.repo.dir, "notes/part-2.md")));
      const again = await t.braid("accept", run, "part-1");
      ran(again, 2);
      assert.match(again.stderr, /already accepted/u);
      const status = JSON.parse((await t.braid("status", "--json")).stdout);
      assert.equal(status.runs[0].id, run);
      assert.equal(status.runs[0].phase, "done");
      const text = (await t.braid("status", run)).stdout;
      assert.match(text, /Wave 1: part-1 \(implementer\) \[ACCEPTED\]/u);
      assert.match(text, /Wave 1: part-2 \(implementer\) \[REJECTED\].*not needed/u);
    });

    it("plans a goal first, shows it, and asks where nobody said --yes", async () => {
      const outcome = await t.braid("run", "--goal", "Describe the parts");
      ran(outcome, 3);
      assert.match(outcome.stdout, /Wave 1: survey \(researcher\)/u);
      assert.match(outcome.stderr, /--yes/u);
      assert.equal(t.repo.git("for-each-ref", "refs/braid"), "");
    });

    it("writes a plan that can be checked and run", async () => {
      ran(await t.braid("plan", "Describe the parts", "-o", "plan.yml"), 0);
      const check = await t.braid("plan", "--check", "plan.yml");
      ran(check, 0);
      assert.match(check.stdout, /Wave 3: handbook/u);
      t.repo.git("add", "plan.yml");
      t.repo.git("commit", "-qm", "plan");
      ran(await t.braid("run", "plan.yml", "--yes", "--accept", "passing"), 0);
      assert.ok(existsSync(join(t.repo.dir, "notes/handbook.md")));
    });

    it("gives dependents the work of their parents, and reports of them", async () => {
      writeFileSync(
        join(t.home.dir, "p.yml"),
        "task: t\nsubtasks:\n  - { id: a }\n  - { id: b, dependencies: [a], verify: [test -f notes/a.md] }\n",
      );
      ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
      const first = t.server.requests.findLast((r) => r.facts.subtask === "b" && r.facts.turn === 1);
      assert.match(JSON.stringify(first?.body?.messages), /Report of a, which yours rests on: Wrote notes\/a\.md/u);
    });

    it("lets subtasks that change the same file build on each other, and accepts them in that order", async () => {
      await t.play(
        `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: bash, input: { command: "echo {{subtask}} >> log.txt" } }]\n`,
      );
      const plan = "task: t\nsubtasks:\n  - { id: a, files: [log.txt] }\n  - { id: b, files: [log.txt] }\n";
      writeFileSync(join(t.home.dir, "p.yml"), plan);
      ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
      assert.equal(t.repo.read("log.txt"), "a\nb\n");
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "3");
    });

    it("hands a description to the worker verbatim, once", async () => {
      const odd = 'Say "hello" \\n & <b>é\u202e</b> ${x}';
      writeFileSync(
        join(t.home.dir, "p.yml"),
        `task: t\nsubtasks:\n  - id: odd\n    description: ${JSON.stringify(odd)}\n`,
      );
      ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
      const first = t.server.requests.findLast((r) => r.facts.subtask === "odd" && r.facts.turn === 1);
      const text = (first?.body?.messages ?? [])
        .flatMap((m) =>
          typeof m.content === "string" ? [m.content] : m.content.map((b) => ("text" in b ? String(b.text) : "")),
        )
        .join("");
      assert.equal(text.split(odd).length, 2);
    });

    it("takes a worker's closing text for its report", async () => {
      await t.play(
        `rules:\n  - when: { turn: 1 }\n    reply: [{ tool: write, input: { file_path: n.md, content: "n\\n" } }]\n  - when: { turn: "2.." }\n    reply: [{ text: "Added a note." }]\n`,
      );
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing"), 0);
      assert.match(t.repo.git("log", "-1", "--format=%s"), /Added a note/u);
    });

    it("does not call an empty diff done, exit 1", async () => {
      await t.play(`rules:\n  - when: {}\n    reply: [{ tool: report, input: { summary: "All done!" } }]\n`);
      writeFileSync(join(t.home.dir, "p.yml"), ONE);
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "all", "--json");
      ran(outcome, 1);
      // The folders have short names, and nothing of a model's or a plan's in them.
      const trees = outcome.events.flatMap((e) => (e.type === "subtask.started" ? [String(e["worktree"])] : []));
      assert.ok(trees.length === 2 && trees.every((name) => /^r[0-9a-z]{7}-1-[12]$/u.test(name)), trees.join(" "));
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
    });

    it("keeps a red combined check off the branch, exit 3, with its output", async () => {
      writeFileSync(join(t.home.dir, "p.yml"), `${ONE}integration:\n  validation_tests: ["echo broken; false"]\n`);
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--accept", "passing", "--json");
      ran(outcome, 3);
      const refused = outcome.events.find((e) => e.type === "accept.abandoned");
      assert.match(JSON.stringify(refused), /broken/u);
      assert.equal(t.repo.git("rev-list", "--count", "HEAD"), "1");
      assert.equal(t.repo.git("worktree", "list").split("\n").length, 1);
    });

    it("stops at the budget, exit 4, with what was done in review", async () => {
      writeFileSync(join(t.home.dir, "p.yml"), `${ONE}budget: { tokens: 1 }\n`);
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
      ran(outcome, 4);
      const failed = outcome.events.find((e) => e.type === "subtask.failed");
      assert.match(JSON.stringify(failed), /budget of 1 tokens/u);
      assert.match(JSON.stringify(failed), /notes\/one\.md/u);
    });
  });
});
