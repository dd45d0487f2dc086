import { deepEqual, equal, match, ok } from "node:assert/strict";
import { isPlanDocument } from "../../../src/core/plan/plan-name";
import { schemaAt } from "../../../src/core/plan/plan-schema";
import { explanationAt, suggestionsAt } from "../../../src/core/plan/plan-words";

/** The suggestions where the bar stands. */
const at = (text: string) =>
  suggestionsAt(text.replace("|", ""), text.indexOf("|"), {
    models: ["opus", "haiku"],
    ownRoles: new Map([["poet", "Writes verse."]]),
    scripts: ["test:unit", "a b$"],
  });
const labels = (text: string) =>
  at(text)
    .map((s) => s.label)
    .join(" ");

const TOP = "task pattern scope constraints budget subtasks integration";
const SUBTASK =
  "id description agent model dependencies estimated_time files focus acceptance verify output constraints review best_of";
const but = (words: string, ...left: readonly string[]) =>
  words
    .split(" ")
    .filter((word) => !left.includes(word))
    .join(" ");
const ROLES = "planner researcher architect implementer tester reviewer documenter synthesizer poet";

describe("what may be written in a plan", () => {
  for (const [what, text, expected] of [
    ["nothing yet", "|", TOP],
    ["a key at the top", "task: t\n|\nsubtasks:\n  - id: a\n", but(TOP, "task", "subtasks")],
    ["a key at the end", "task: t\nsubtasks:\n  - id: a\nint|", but(TOP, "task", "subtasks")],
    ["the first key of a subtask", "task: t\nsubtasks:\n  - |\n", SUBTASK],
    ["a key of a subtask", "subtasks:\n  - id: a\n    |\n", but(SUBTASK, "id")],
    [
      "a key before others",
      "subtasks:\n  - id: a\n    fi|\n    agent: tester\n  - id: b\n",
      but(SUBTASK, "id", "agent"),
    ],
    ["a key in braces", "subtasks:\n  - { id: a, | }\n", but(SUBTASK, "id")],
    ["a key in a block below", "subtasks:\n  - id: a\n    output:\n      |\n", "required max_items"],
    ["a key in braces below", "subtasks:\n  - id: a\n    review: { rounds: 1, | }\n", "agent"],
    ["a key of the budget", "budget: { | }", "usd tokens minutes"],
    ["a role", "subtasks:\n  - id: a\n    agent: |\n    files: []\n", ROLES],
    ["a role, begun", "subtasks:\n  - id: a\n    agent: impl|ementer\n", ROLES],
    ["a reviewer's role", "subtasks:\n  - { id: a, review: { agent: | } }\n", ROLES],
    ["a model", "subtasks:\n  - id: a\n    model: |\n", "opus haiku"],
    ["a pattern", "pattern: |\n", "fan-out pipeline hierarchical scatter-gather iterative"],
    ["a strategy", "integration: { strategy: | }\n", "aggregate synthesize merge-and-validate"],
    ["a duration", "subtasks:\n  - { id: a, estimated_time: | }\n", "15min 30min 45min 60min"],
    ["an id, but not its own", "subtasks:\n  - id: a\n  - id: b\n    dependencies: [|]\n", "a"],
    ["an id not named yet", "subtasks:\n  - id: a\n  - id: b\n  - id: c\n    dependencies: [a, |]\n", "b"],
    ["an id in a list that is open", "subtasks:\n  - id: a\n  - id: b\n    dependencies: [|\n", "a"],
    ["an id in a block", "subtasks:\n  - id: a\n  - id: b\n  - id: c\n    dependencies:\n      - a\n      - |\n", "b"],
    ["nothing where there is free text", "task: |\n", ""],
    ["nothing in a list of free text", "subtasks:\n  - id: a\n    focus: [|]\n", ""],
    ["a check", "subtasks:\n  - id: a\n    verify: [|]\n", "test:unit a b$"],
    ["a check of the whole", "integration: { validation_tests: [|] }\n", "test:unit a b$"],
    ["nothing below an unknown key", "subtasks:\n  - id: a\n    colour: { | }\n", ""],
    ["nothing in a comment", "task: t # |\n", ""],
    ["nothing 100,000 brackets deep", `${"[".repeat(1e5)}|`, ""],
  ] as const)
    it(what, () => equal(labels(text), expected));

  for (const [what, text, label, expected] of [
    ["a plain key", "|", "task", "task: $0"],
    ["a list", "subtasks:\n  - id: a\n    |\n", "files", "files: [$0]"],
    ["a mapping", "|", "budget", "budget: { $0 }"],
    ["the subtasks", "|", "subtasks", "subtasks:\n  - id: $0"],
    ["a key that has its colon", "subtasks:\n  - id: a\n    fil|: []\n", "files", "files"],
    ["a value", "subtasks:\n  - id: a\n    agent: |\n", "tester", "tester"],
    ["a value that needs quotes", "subtasks:\n  - id: a\n    verify: [|]\n", "a b$", String.raw`"a b\$"`],
  ] as const)
    it(`writes ${what}`, () => equal(at(text).find((s) => s.label === label)?.insert, expected));

  it("takes the place of the word that is there", () => {
    const text = "subtasks:\n  - id: a\n    agent: impl|ementer\n";
    const [first] = at(text);
    deepEqual([first?.from, first?.to], [text.indexOf("impl"), text.indexOf("impl") + "implementer".length]);
  });
});

describe("what a word in a plan means", () => {
  const explained = (text: string) => explanationAt(text.replace("|", ""), text.indexOf("|"));
  for (const [what, text, title, words] of [
    ["a key", "task: t\nsub|tasks: [{id: a}]", "subtasks", /^The parts of the work/u],
    ["a value", "task: t\nsubtasks: [{id: a, agent: tes|ter}]", "agent", /role .* Unless given: implementer\.$/u],
    ["a value of a list", "subtasks: [{id: a, verify: [np|m]}]", "verify", /^Checks that must pass/u],
    [
      "a choice",
      "pat|tern: pipeline",
      "pattern",
      /One of fan-out, pipeline, hierarchical, scatter-gather, iterative\.$/u,
    ],
    ["a key below", "subtasks: [{id: a, review: {rou|nds: 1}}]", "rounds", /Unless given: 2\.$/u],
  ] as const)
    it(what, () => {
      const found = explained(text);
      equal(found?.title, title);
      match(found?.description ?? "", words);
    });
  it("a user's own role, in its file's words", () => {
    const text = "task: t\nsubtasks: [{id: a, agent: poet}]";
    const quoted = (roles: ReadonlyMap<string, string>) => explanationAt(text, text.indexOf("poet") + 1, roles)?.quoted;
    equal(quoted(new Map([["poet", "Writes *verse*."]])), "Writes *verse*.");
    equal(quoted(new Map([["poet", ""]])), undefined);
    equal(quoted(new Map()), undefined);
  });
  for (const text of ["colour: r|ed", "task: t #| x", "|", "subtasks: [{id: a, __pro|to__: 1}]"])
    it(`${JSON.stringify(text)} nothing`, () => equal(explained(text), undefined));

  it("there are words for every key", () => {
    const silent = (path: readonly (string | number)[]): readonly string[] => {
      const node = schemaAt(path);
      const inner = node?.items === undefined ? path : [...path, 0];
      return Object.keys(schemaAt(inner)?.properties ?? {}).flatMap((key) => {
        const own = [...inner, key];
        return [...(schemaAt(own)?.description === undefined ? [own.join(".")] : []), ...silent(own)];
      });
    };
    deepEqual(silent([]), []);
    ok(schemaAt(["subtasks", 0, "review", "rounds"])?.description);
    equal(schemaAt(["subtasks", 0, "constructor"]), undefined);
  });
});

describe("a document is a plan", () => {
  const plan = "task: t\nsubtasks:\n  - id: a\n";
  for (const [name, untitledYaml, text, expected] of [
    ["/x/tasks-orchestration.yml", false, "", true],
    ["C:\\x\\my-Orchestration.YAML", false, "", true],
    ["/x/auth.braid.yml", false, "", true],
    ["/x/plan.yml", false, plan, true],
    ["/x/plan.yaml", false, plan.replace("task", "'task'"), false],
    ["/x/plan.yml", false, "on: push\n", false],
    ["/x/plan.yml", false, "a:\n  task: t\n  subtasks: []\n", false],
    ["/x/deploy.yml", false, plan, false],
    ["/orchestration.yml/x.yml", false, plan, false],
    ["Untitled-1", true, plan, true],
    ["Untitled-1", true, "task: t\n", false],
    ["docs/links.plan.yml", false, plan, true],
    ["docs/links.plan.yml", false, "a: 1\n", false],
    ["floorplan.yml", false, plan, false],
    ["Untitled-1", false, plan, false],
  ] as const)
    it(`${name}${untitledYaml ? ", untitled" : ""}: ${expected ? "yes" : "no"}`, () =>
      equal(isPlanDocument({ name, untitledYaml, text }), expected));
});
