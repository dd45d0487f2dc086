import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import type { CliEvent } from "../../support/cli";
import { mostAtOnce, ran, useCli } from "../../support/cli-fixture";
import { inOrder } from "../../support/spans";

const GO = ["--yes", "--json", "--accept", "passing"] as const;

describe("a pattern on the command line", function () {
  this.timeout(120_000);
  const t = useCli();
  const finished = (events: readonly CliEvent[]) =>
    events.filter((e) => e.type === "subtask.finished").flatMap((e) => e.subtask ?? []);
  const firstOf = (subtask: string) =>
    JSON.stringify(t.server.requests.findLast((r) => r.facts.subtask === subtask)?.body?.messages[0]);

  it("feature: design, parts, then tests and documents side by side; each part reviewed", async () => {
    const outcome = await t.braid("run", "--pattern", "feature", "--goal", "Add a page", ...GO);
    ran(outcome, 0);
    inOrder(outcome.events, ["design"], "implement-core");
    for (const after of ["test", "document"]) inOrder(outcome.events, ["implement-core", "implement-edge"], after);
    equal(finished(outcome.events).length, 5);
    equal(outcome.events.filter((e) => e.type === "review.completed").length, 2);
    equal(outcome.events.filter((e) => e.type === "accept.completed").length, 4);
    ok(!outcome.events.some((e) => e.type.startsWith("amendment")));
    ok(outcome.events.some((e) => e.type === "synthesis.completed"));
    equal(t.repo.git("status", "--porcelain"), "");
  });

  it("review: four at once on exactly the changes, then one synthesis; findings in status and report, no diff", async () => {
    t.repo.git("switch", "-qc", "work");
    t.repo.write("src/a.js", "export const a = 1;\n");
    const head = t.repo.commit("add a");
    const base = t.repo.git("rev-parse", "main");
    const outcome = await t.braid("run", "--pattern", "review", "--against", "main", ...GO);
    ran(outcome, 0);
    equal(mostAtOnce(outcome.events), 4);
    deepEqual(finished(outcome.events).toSorted(), ["coverage", "performance", "quality", "security"]);
    ok(outcome.events.every((e) => e.type !== "subtask.finished" || e["result"] === null));
    match(firstOf("security"), new RegExp(`changes from ${base} to ${head}\\.`, "u"));
    match(firstOf("security"), /- src\/a\.js \(added, \+1 -0\)/u);
    match(firstOf("security"), /\+export const a = 1;/u);
    const { findings } = JSON.parse((await t.braid("status", "--json")).stdout).runs[0];
    equal(findings.length, 4);
    deepEqual(
      [findings[0].subtask, findings[0].role, findings[0].file, findings[0].line, findings[0].commit],
      ["security", "reviewer", "src/a.js", 1, head],
    );
    const report = (await t.braid("report")).stdout;
    match(report, /^# Review what changed since main$/mu);
    match(report, /^\| info \| ` src\/a\.js:1 ` \| A scripted security review begins here/mu);
    match(report, /^## Synthesis$/mu);
    ran(await t.braid("report", "-o", "report.md"), 0);
    equal(readFileSync(join(t.repo.dir, "report.md"), "utf8").trimEnd(), report.trimEnd());
  });

  it("review: a plan of it is a file that names the commits, and runs again", async () => {
    t.repo.write("src/a.js", "1\n");
    t.repo.commit("a");
    ran(await t.braid("plan", "--pattern", "review", "--against", "HEAD~1", "-o", "r.yml"), 0);
    const { plan } = readPlanFile(readFileSync(join(t.repo.dir, "r.yml"), "utf8"));
    deepEqual(plan?.scope, { from: t.repo.git("rev-parse", "HEAD~1"), to: t.repo.git("rev-parse", "HEAD") });
    equal(plan?.pattern, "scatter-gather");
    ran(await t.braid("run", "r.yml", ...GO), 0);
    match(firstOf("coverage"), /- src\/a\.js/u);
  });

  it("review: says that local changes are not looked at, where there are some", async () => {
    t.repo.write("a.js", "1\n");
    t.repo.commit("a");
    equal((await t.braid("plan", "--pattern", "review", "--against", "HEAD~1")).stderr, "");
    t.repo.write("a.js", "2\n");
    match(
      (await t.braid("plan", "--pattern", "review", "--against", "HEAD~1")).stderr,
      /Local changes are not part of the review/u,
    );
  });

  it("review: of a folder, its files and no diff", async () => {
    t.repo.write("src/a.js", "1\n");
    t.repo.write("lib/b.js", "1\n");
    t.repo.commit("two");
    mkdirSync(join(t.repo.dir, "src"), { recursive: true });
    ran(await t.braid("run", "--pattern", "review", "--folder", "src", "--goal", "Look", ...GO), 0);
    match(firstOf("quality"), /To look at: the files in src, as of [0-9a-f]{40}:\\n- src\/a\.js/u);
    ok(!/lib\/b\.js/u.test(firstOf("quality")));
  });

  it("research: areas side by side, their synthesis, a document", async () => {
    const outcome = await t.braid("run", "--pattern", "research", "--goal", "How are codes made?", ...GO);
    ran(outcome, 0);
    inOrder(outcome.events, ["area-code", "area-tests"], "synthesis");
    inOrder(outcome.events, ["synthesis"], "document");
    match(firstOf("synthesis"), /Report of area-code.*Report of area-tests/u);
    match(t.repo.read("notes/document.md"), /documenter/u);
  });

  it("pipeline: one stage at a time, each with the work of the one before in its worktree", async () => {
    const outcome = await t.braid("run", "--pattern", "pipeline", "--goal", "Ship", ...GO);
    ran(outcome, 0);
    equal(mostAtOnce(outcome.events), 1);
    inOrder(outcome.events, ["stage-look"], "stage-build");
    inOrder(outcome.events, ["stage-build"], "stage-tell");
    const base = outcome.events.find((e) => e.type === "subtask.started" && e.subtask === "stage-tell")?.["base"];
    match(t.repo.git("show", `${String(base)}:notes/stage-build.md`), /stage-build/u);
  });

  it("single: one worker, and no planner is asked", async () => {
    const before = t.server.requests.length;
    const outcome = await t.braid("run", "--pattern", "single", "--goal", "Write it", ...GO);
    ran(outcome, 0);
    deepEqual(finished(outcome.events), ["goal"]);
    ok(t.server.requests.slice(before).every((r) => r.facts.role === "implementer"));
    match(t.repo.read("notes/goal.md"), /goal/u);
  });

  describe("with something to look at that is not there", () => {
    const table: readonly (readonly [string, readonly string[], RegExp])[] = [
      ["an unknown branch", ["--against", "nope"], /There is no commit "nope"\. Name a branch/u],
      ["an option for a branch", ["--against=--output=x"], /There is no commit "--output=x"\./u],
      ["a file for a branch", ["--against", "HEAD:README.md"], /There is no commit "HEAD:README\.md"\./u],
      [
        "its own branch",
        ["--against", "main"],
        /Nothing differs between [0-9a-f]{10} and [0-9a-f]{10}\. Only what is committed/u,
      ],
      ["half a range nobody knows", ["--against", "main..gone"], /There is no commit "gone"\./u],
      ["no commit before the first", ["--against", "HEAD~1"], /There is no commit "HEAD~1"\./u],
      ["a folder that is not there", ["--folder", "gone"], /There is no folder .*gone\./u],
      ["a folder outside", ["--folder", ".."], /is not inside/u],
      ["a link that leads outside", ["--folder", "out"], /is not inside/u],
      ["a folder git knows nothing of", ["--folder", "empty"], /There are no files in empty at/u],
    ];
    for (const [what, args, words] of table)
      it(`${what}: says so, exit 2, and no run begins`, async () => {
        symlinkSync(t.home.dir, join(t.repo.dir, "out"));
        mkdirSync(join(t.repo.dir, "empty"));
        const outcome = await t.braid("plan", "--pattern", "review", ...args);
        ran(outcome, 2);
        match(outcome.stderr, words);
        match((await t.braid("status")).stdout, /No runs yet/u);
      });
  });

  describe("a plan file that names what to look at", () => {
    const plan = (scope: string) => `task: t\nscope: ${scope}\nsubtasks:\n  - { id: look, agent: reviewer }\n`;
    const run = (scope: string) => {
      writeFileSync(join(t.home.dir, "s.yml"), plan(scope));
      return t.braid("run", join(t.home.dir, "s.yml"), "--yes");
    };
    for (const [what, scope] of [
      ["an option", "{ from: --output=x }"],
      ["a path in a commit", "{ from: 'HEAD:README.md' }"],
      ["two words", "{ from: 'a b' }"],
      ["a folder above", "{ folder: src/../.. }"],
      ["a folder of the system", "{ folder: /etc }"],
      ["what nobody knows", "{ branch: main }"],
    ] as const)
      it(`and names ${what} is refused at its line`, async () => {
        const outcome = await run(scope);
        ran(outcome, 2);
        match(outcome.stderr, /s\.yml:2:\d+: /u);
      });
    it("and names a commit that is not there fails its reviewers before a call, and says why", async () => {
      const before = t.server.requests.length;
      const outcome = await run("{ from: gone }");
      ran(outcome, 1);
      match(outcome.stdout, /✗ look: There is no commit "gone"\. Name a branch/u);
      equal(t.server.requests.length, before);
    });
    it("by a branch is read when it runs, and said before it does", async () => {
      t.repo.git("branch", "old");
      t.repo.write("a b.js", "1\n");
      t.repo.commit("a");
      const outcome = await run("{ from: old }");
      ran(outcome, 0);
      match(outcome.stdout, /^  To look at: the changes from old to the base of the run$/mu);
      match(firstOf("look"), /- a b\.js \(added, \+1 -0\)/u);
    });
  });

  it("whose planner keeps to nothing is the pattern's own plan, and says so", async () => {
    t.repo.write("a.js", "1\n");
    t.repo.commit("a");
    const submit = "{ tool: submit_plan, input: { plan: { task: t, subtasks: [{ id: mine }] } } }";
    await t.play(`rules:\n  - when: { role: planner }\n    reply: [${submit}]\n`);
    const outcome = await t.braid("plan", "--pattern", "review", "--against", "HEAD~1");
    ran(outcome, 0);
    const { plan } = readPlanFile(outcome.stdout);
    deepEqual(
      plan?.subtasks.map((s) => s.agent),
      ["reviewer", "reviewer", "reviewer", "reviewer"],
    );
    const asked = t.server.requests.filter((r) => r.facts.role === "planner");
    equal(asked.length, 4);
    match(JSON.stringify(asked[1]?.body?.messages.at(-1)), /There is no subtask \\\\?"security/u);
    const run = JSON.parse((await t.braid("status", "--json")).stdout).runs[0];
    match(run.planNote, /refused 4 times .*this is the pattern as it stands/u);
  });

  it("is kept when the plan is made again after a cancelled start", async () => {
    t.repo.write("a.js", "1\n");
    t.repo.commit("a");
    await t.play("rules:\n  - when: { role: planner }\n    reply: []\n    stop_reason: refusal\n");
    ran(await t.braid("run", "--pattern", "review", "--against", "HEAD~1", ...GO), 1);
    await t.play("rules: []\ndefaults: { unmatched: end_turn }\n");
    const again = await t.braid("resume", "--yes", "--json");
    match(JSON.stringify(t.server.requests[0]?.body?.messages[0]), /Pattern: review.*To look at: the changes from/u);
    ok(again.code !== 0);
  });
});
