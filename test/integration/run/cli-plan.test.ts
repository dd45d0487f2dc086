import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cli } from "../../support/cli";
import { ran, useCli, wide } from "../../support/cli-fixture";

const EXAMPLES = ["described.yml", "bare.yml"] as const;
const SCRIPTS = { unit_tests: "ls notes/*.md", integration_tests: "test -f README.md", test: "true" };

describe("braid plan --check", function () {
  this.timeout(60_000);
  const t = useCli();
  const check = (text: string) => {
    writeFileSync(join(t.repo.dir, "p.yml"), text);
    return t.braid("plan", "--check", "p.yml");
  };

  describe("on a bad plan prints what is wrong at its place, nothing else, exit 2", () => {
    const two = (more: string) => `task: t\nsubtasks:\n  - id: a\n  - id: b\n    ${more}\n`;
    const table: readonly (readonly [string, string, string])[] = [
      ["an unknown key", two("owner: me"), '5:5: Unknown key "owner".'],
      ["a wrong type", two("files: src"), "5:12: subtasks.1.files: Invalid input: expected array, received string"],
      [
        "a duplicate id",
        two("id: a").replace("- id: b\n    id: a", "- id: a"),
        '4:9: Duplicate id "a" (also subtask 1).',
      ],
      ["a duplicate key", two("id: c"), '5:5: Duplicate key "id".'],
      ["an unknown dependency", two("dependencies: [z]"), '5:20: Unknown dependency "z" of subtask "b".'],
      [
        "a cycle",
        two("dependencies: [a]").replace("id: a\n", "id: a\n    dependencies: [b]\n"),
        "4:20: Dependencies form a cycle: a → b → a.",
      ],
      [
        "an unknown role",
        two("agent: wizard"),
        '5:12: Unknown role "wizard"; known: planner, researcher, architect, implementer, tester, reviewer, documenter, synthesizer.',
      ],
      [
        "a bad duration",
        two("estimated_time: soon"),
        '5:21: subtasks.1.estimated_time: a duration is like "45min" or "2h"',
      ],
      [
        "a bad id",
        two("").replace("id: b", "id: ../b"),
        "4:9: subtasks.1.id: an id is 1 to 64 letters, digits, dots, dashes or underscores",
      ],
      ["more than one attempt", two("best_of: 3"), "5:14: best_of above 1 is not built yet; remove it or set it to 1."],
      ["no subtasks", "task: t\nsubtasks: []\n", "2:11: subtasks: Too small: expected array to have >=1 items"],
      [
        "no YAML",
        "task: t\nsubtasks: [{id: a}",
        "2:19: Flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
    ];
    for (const [what, text, expected] of table)
      it(what, async () => {
        const outcome = await check(text);
        ran(outcome, 2);
        assert.equal(outcome.stderr, `p.yml:${expected}\n`);
        assert.equal(outcome.stdout, "");
      });
    it("in twelve different ways", () => assert.equal(new Set(table.map(([, , message]) => message)).size, 12));
  });

  describe("on a plan that can be run warns at the line, exit 0", () => {
    const table: readonly (readonly [string, string, string])[] = [
      [
        "files two may change at once",
        "task: t\nsubtasks:\n  - { id: a, files: [src/**] }\n  - { id: b, files: [x, src/b.ts] }\n",
        '4:25: warning: src/b.ts overlaps src/** of "a" in wave 1: the results may conflict.',
      ],
      [
        "a model nobody knows",
        "task: t\nsubtasks:\n  - { id: a, model: opuss }\n",
        '3:21: warning: Unknown model "opuss": it is used as it is, without an estimate of its cost.',
      ],
      [
        "too fine a split",
        "task: t\nsubtasks:\n  - { id: a }\n  - { id: b, estimated_time: 5min }\n",
        '4:30: warning: "b" is split too fine: below 15 min, join it with a neighbour.',
      ],
      [
        "a check nobody knows",
        "task: t\nsubtasks:\n  - { id: a }\nintegration:\n  validation_tests: [unit_tests, lint]\n",
        '5:34: warning: Unknown check "lint": no package script has this name, and it does not look like a command.',
      ],
    ];
    for (const [what, text, expected] of table)
      it(what, async () => {
        t.repo.write("package.json", JSON.stringify({ scripts: SCRIPTS }));
        const outcome = await check(text);
        ran(outcome, 0);
        assert.equal(outcome.stderr, `p.yml:${expected}\n`);
      });

    it("prints no escape sequence a model may have written", async () => {
      const outcome = await check('task: t\nsubtasks:\n  - { id: a, verify: ["x\\e[2J"], model: "m\\e[2J" }\n');
      ran(outcome, 0);
      assert.ok(!`${outcome.stdout}${outcome.stderr}`.includes("\u001b"));
    });

    it("counts eight subtasks before they are run", async () => {
      writeFileSync(join(t.home.dir, "p.yml"), wide(8));
      const outcome = await t.braid("run", join(t.home.dir, "p.yml"));
      ran(outcome, 3);
      assert.match(outcome.stderr, /p\.yml:24:5: warning: 8 subtasks: more than 7/u);
      assert.match(outcome.stdout, /Time: 36 min in parallel, 2 h by one worker; at most 8 at the same time/u);
      assert.match(outcome.stdout, /Recommendation: in parallel\./u);
    });
  });

  for (const name of EXAMPLES) {
    it(`judges ${name}: four waves, critical path, times, cost, recommendation`, async () => {
      t.repo.write("package.json", JSON.stringify({ scripts: SCRIPTS }));
      const outcome = await check(readFileSync(resolve("test/fixtures/plans", name), "utf8"));
      ran(outcome, 0);
      assert.equal(outcome.stderr, "");
      assert.equal(outcome.stdout.match(/^Wave \d: /gmu)?.length, 4);
      assert.match(outcome.stdout, /^Critical path: \S+ → \S+ → \S+ → \S+ \(.* h( .* min)?\)$/mu);
      assert.match(outcome.stdout, /^Time: .* in parallel, .* by one worker/mu);
      assert.match(
        outcome.stdout,
        /^Estimate: \S+ to \S+ tokens, \$\d+\.\d\d to \$\d+\.\d\d, from the roles' defaults$/mu,
      );
      assert.match(outcome.stdout, /^Recommendation: (one worker|in parallel)\. \S/mu);
    });

    it(`braid run carries ${name} out as it is`, async () => {
      t.repo.write("package.json", JSON.stringify({ scripts: SCRIPTS }));
      t.repo.commit("scripts");
      const file = resolve("test/fixtures/plans", name);
      const outcome = await t.braid("run", file, "--yes", "--accept", "passing", "--json");
      ran(outcome, 0);
      const accepted = outcome.events.filter((e) => e.type === "accept.completed");
      assert.equal(accepted.length, 3);
      assert.equal(readdirSync(join(t.repo.dir, "notes")).length, 3);
      assert.equal(t.repo.git("status", "--porcelain"), "");
      const finished = outcome.events.filter((e) => e.type === "subtask.finished").length;
      assert.equal(finished, name === "bare.yml" ? 7 : 6);
    });
  }

  it("needs no repository", async () => {
    mkdirSync(join(t.home.dir, "outside"), { recursive: true });
    writeFileSync(join(t.home.dir, "outside/p.yml"), "task: t\nsubtasks: [{ id: a, verify: [unit_tests] }]\n");
    const outcome = await cli(["plan", "--check", "p.yml"], { cwd: join(t.home.dir, "outside"), env: t.env });
    ran(outcome, 0);
    assert.equal(outcome.stderr, "");
    assert.match(outcome.stdout, /Recommendation: one worker\. There is one subtask\./u);
  });

  it("learns from the repository's finished runs", async () => {
    writeFileSync(join(t.home.dir, "p.yml"), wide(5));
    ran(await t.braid("run", join(t.home.dir, "p.yml"), "--yes"), 3);
    const outcome = await check(wide(1));
    assert.match(outcome.stdout, /Estimate: .* from this repository's finished runs \(1 of 1 subtasks\)/u);
  });
});
