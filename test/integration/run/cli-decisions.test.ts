import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran, useCli } from "../../support/cli-fixture";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
const EDITED = LINES.with(1, "TWO").with(27, "28!");
const PLAN = `task: Two files
subtasks:
  - id: low
    description: Edit the text
  - id: high
    description: Build on it
    dependencies: [low]
`;

/** Workers that overwrite their files and report. */
const SCENARIO = `rules:
  - when: { subtask: low, turn: 1, contains: leave the markers }
    reply: [{ tool: report, input: { summary: "Left them." } }]
  - when: { subtask: low, turn: 1 }
    reply:
      - { tool: write, input: { file_path: text.txt, content: ${JSON.stringify(`${EDITED.join("\n")}\n`)} } }
      - { tool: write, input: { file_path: .npmrc, content: "ignore-scripts=false\\n" } }
  - when: { subtask: high, turn: 1 }
    reply: [{ tool: write, input: { file_path: high.txt, content: "id AKIAIOSFODNN7EXAMPLE\\n" } }]
  - when: { last_result_contains: "" }
    reply: [{ tool: report, input: { summary: "Did {{subtask}}." } }]
`;

describe("decisions on the command line", function () {
  this.timeout(120_000);
  const t = useCli();
  let run = "";
  beforeEach(async () => {
    t.repo.write("text.txt", `${LINES.join("\n")}\n`);
    t.repo.commit("text");
    await t.play(SCENARIO);
    writeFileSync(join(t.home.dir, "p.yml"), PLAN);
    const outcome = await t.braid("run", join(t.home.dir, "p.yml"), "--yes", "--json");
    ran(outcome, 3);
    run = outcome.events[0]?.run ?? "";
  });
  const text = () => t.repo.read("text.txt").trimEnd().split("\n");

  it("run no hook nobody allowed, and get past one that fails", async () => {
    const hook = join(t.repo.dir, ".git/hooks/commit-msg");
    mkdirSync(join(t.repo.dir, ".git/hooks"), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho by-hook >> "$1"\ngrep -q Revert "$1" && exit 1\nexit 0\n', { mode: 0o755 });
    const accept = ["accept", run, "low", "--only", "text.txt"];
    const refused = await t.braid(...accept);
    ran(refused, 3);
    match(refused.stderr, /hooks of \.git\/hooks were not allowed to run\..*--allow-hooks.*--no-hooks/su);
    ran(await t.braid(...accept, "--allow-hooks"), 0);
    match(t.repo.git("log", "-1", "--format=%B"), /by-hook/u);
    const undo = await t.braid("undo", run, "low", "--allow-hooks");
    ran(undo, 3);
    match(undo.stderr, /refused the commit/u);
    ran(await t.braid("undo", run, "low", "--no-hooks"), 0);
    deepEqual(text(), LINES);
  });

  it("number files and hunks, for people and as JSON", async () => {
    const shown = await t.braid("review", run, "low");
    ran(shown, 0);
    match(shown.stdout, /! Changes \.npmrc: the package manager obeys it\./u);
    match(shown.stdout, /text\.txt: modified \+2 −2\n {2}#1 @@ -1,5 \+1,5 @@.*\n {4}-line 2\n {4}\+TWO\n.* {2}#2 @@/su);
    const { files, choices, dependents, merge } = JSON.parse((await t.braid("review", run, "low", "--json")).stdout);
    deepEqual(
      files.map((f: { path: string; parts: number[]; whole: string | null }) => [f.path, f.parts, f.whole]),
      [
        [".npmrc", [], "it is new"],
        ["text.txt", [1, 2], null],
      ],
    );
    deepEqual(choices, [
      { path: ".npmrc", take: "none" },
      { path: "text.txt", take: "all" },
    ]);
    deepEqual([dependents, merge.conflicts], [["high"], []]);
  });

  it("take some hunks, then what rests on it, undo both and take the rest by name", async () => {
    ran(await t.braid("accept", run, "low", "--only", "text.txt#2", "--reason", "not the second line"), 0);
    deepEqual(text(), LINES.with(27, "28!"));
    ran(await t.braid("accept", run, "high"), 0);
    deepEqual(text(), LINES.with(27, "28!"));
    const undone = await t.braid("undo", run, "low", "--json");
    ran(undone, 0);
    deepEqual(
      undone.events.map((e) => e.type).filter((type) => type.startsWith("undo.")),
      ["undo.started", "undo.completed"],
    );
    deepEqual(text(), LINES);
    equal(t.repo.read("high.txt"), "id AKIAIOSFODNN7EXAMPLE\n");
    // Again without a word: what was left out stays out.
    ran(await t.braid("accept", run, "low"), 3);
    ran(await t.braid("accept", run, "low", "--except", ".npmrc", "--except", "text.txt#1"), 0);
    deepEqual(text(), LINES.with(27, "28!"));
    ran(await t.braid("undo", run, "low"), 0);
    ran(await t.braid("accept", run, "low", "--only", "text.txt", "--only", ".npmrc", "-m", "All of it"), 0);
    deepEqual(text(), EDITED);
    equal(t.repo.read(".npmrc"), "ignore-scripts=false\n");
    equal(t.repo.git("log", "-1", "--format=%s"), "All of it");
    equal(t.repo.git("status", "--porcelain"), "");
  });

  it("can be traced from a line, and make the text of a pull request", async () => {
    ran(await t.braid("accept", run, "low", "--only", "text.txt", "-m", "Words"), 0);
    const traced = await t.braid("origin", "text.txt:2");
    ran(traced, 0);
    match(traced.stdout, /Words[\s\S]*Subtask ` low `[\s\S]*attempt 1/u);
    ran(await t.braid("origin", "nowhere.txt:2"), 2);
    const text = await t.braid("report", run, "--pull-request");
    ran(text, 0);
    match(text.stdout, /^Two files[\s\S]*## What changes[\s\S]*low: 2 files, in part/u);
  });

  it("stage a result for the user to commit, or make a merge commit of it", async () => {
    const head = t.repo.git("rev-parse", "HEAD");
    const staged = await t.braid("accept", run, "low", "--only", "text.txt", "--merge", "stage");
    ran(staged, 0);
    match(staged.stdout, /low staged, for you to commit\./u);
    equal(t.repo.git("rev-parse", "HEAD"), head);
    equal(t.repo.git("status", "--porcelain"), "M  text.txt");
    ran(await t.braid("undo", run, "low"), 0);
    equal(t.repo.git("status", "--porcelain"), "");
    ran(await t.braid("accept", run, "low", "--only", "text.txt", "--merge", "merge"), 0);
    equal(t.repo.git("rev-list", "--parents", "-1", "HEAD").split(" ").length, 3);
  });

  it("let executable configuration in by name only, and never all at once", async () => {
    const head = t.repo.git("rev-parse", "HEAD");
    const refused = await t.braid("accept", run, "low");
    ran(refused, 3);
    match(refused.stderr, /"low" changes \.npmrc \(the package manager obeys it\)\..*--include-config PATH/u);
    const passing = await t.braid("accept", run, "--all-passing");
    ran(passing, 3);
    match(passing.stdout, /low stays in review: it changes \.npmrc.*\nhigh stays in review: it rests on low/u);
    equal(t.repo.git("rev-parse", "HEAD"), head);
    ran(await t.braid("accept", run, "high", "--with-dependencies"), 3);
    ran(await t.braid("accept", run, "low", "--include-config", ".npmrc"), 0);
    const suspicious = await t.braid("accept", run, "--all-passing");
    ran(suspicious, 3);
    match(suspicious.stdout, /high stays in review: it holds what looks like a key of AWS.*braid accept \S+ high/u);
    ran(await t.braid("accept", run, "high"), 0);
    equal(t.repo.git("rev-list", "--count", "HEAD"), "4");
  });

  it("refuse words that mean nothing, and nothing moves", async () => {
    const head = t.repo.git("rev-parse", "HEAD");
    const table: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["accept", run, "low", "--only", "nowhere"], 2, /does not change nowhere/u],
      [["accept", run, "low", "--only", "text.txt#9"], 2, /no hunk 9.*1, 2/u],
      [["accept", run, "low", "--only", ".npmrc#2"], 2, /only be taken whole: it is new/u],
      [["accept", run, "low", "--except", "text.txt", "--except", ".npmrc"], 1, /Nothing of "low" is chosen/u],
      [["accept", run, "low", "--include-config", "text.md"], 2, /does not change text\.md/u],
      [["accept", run, "nobody"], 2, /no subtask "nobody"/u],
      [["review", run, "nobody"], 2, /no subtask "nobody"/u],
      [["undo", run, "low"], 2, /"low" is not accepted/u],
    ];
    for (const [argv, code, words] of table) {
      const outcome = await t.braid(...argv);
      ran(outcome, code);
      match(outcome.stderr, words);
    }
    equal(t.repo.git("rev-parse", "HEAD"), head);
  });

  it("turn hunks down for another attempt, which is told and flagged", async () => {
    ran(await t.braid("retry", run, "low", "--turn-down", "text.txt#1", "--reason", "keep line two"), 0);
    ran(await t.braid("resume", run), 3);
    const asked = t.server.requests.find((r) => r.facts.subtask === "low" && r.facts.attempt === 2);
    match(JSON.stringify(asked?.body?.messages[0]), /turned these changes down.*keep line two.*\+TWO/u);
    match(
      (await t.braid("review", run, "low")).stdout,
      /Brings back what was turned down: text\.txt.*#1 .*left out before/su,
    );
    ran(await t.braid("accept", run, "low", "--except", ".npmrc", "--except", "text.txt#1"), 0);
    ok(text().includes("line 2"));
  });

  it("have a conflict resolved by an agent", async () => {
    t.repo.write("text.txt", `${LINES.with(1, "zwei").join("\n")}\n`);
    t.repo.commit("mine");
    const refused = await t.braid("accept", run, "low", "--include-config", ".npmrc");
    ran(refused, 3);
    match(refused.stderr, /conflicts with main in text\.txt.*braid resolve/u);
    match(
      (await t.braid("review", run, "low")).stdout,
      /conflict in text\.txt: both changed the same lines.*branch zwei.*result TWO/su,
    );
    await t.braid("resolve", run, "low", "--note", "leave the markers");
    const left = await t.braid("accept", run, "low", "--except", ".npmrc");
    ran(left, 3);
    match(left.stderr, /still holds the markers of its conflict in text\.txt\..*--by-hand.*--only PATH/u);
    ran(await t.braid("accept", run, "low", "--only", "text.txt"), 0);
    ok(text().some((line) => line.startsWith("<<<<<<< ")));
    ran(await t.braid("undo", run, "low"), 0);
    ran(await t.braid("resolve", run, "low", "--note", "keep both"), 3);
    ran(await t.braid("accept", run, "low", "--include-config", ".npmrc"), 0);
    deepEqual(text(), EDITED);
  });

  it("have a conflict resolved by hand", async () => {
    t.repo.write("text.txt", `${LINES.with(1, "zwei").join("\n")}\n`);
    t.repo.commit("mine");
    const opened = await t.braid("resolve", run, "low", "--by-hand");
    ran(opened, 3);
    const [, dir = ""] = /^Resolve the conflicts in (.+)$/mu.exec(opened.stdout) ?? [];
    ran(await t.braid("resolve", run, "low", "--done"), 3);
    writeFileSync(join(dir, "text.txt"), `${EDITED.join("\n")}\n`);
    ran(await t.braid("resolve", run, "low", "--done"), 0);
    ran(await t.braid("accept", run, "low", "--include-config", ".npmrc"), 0);
    deepEqual(text(), EDITED);
  });
});
