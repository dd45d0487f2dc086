import { deepEqual, equal, match, ok } from "node:assert/strict";
import { formatDiagnostic, readPlanFile } from "../../../src/core/plan/plan-file";
import { durationMs, objectiveOf, Plan } from "../../../src/core/plan/plan";
import { unlessQuick } from "../../support/size";

const WHOLE = `task: "Build user authentication"
pattern: hierarchical
constraints: ["REST only, no GraphQL"]
budget: { usd: 5, tokens: 2000000, minutes: 60 }
subtasks:
  - id: auth-research
  - id: auth-design
    description: "Design the authentication architecture"
    agent: planning-agent
    model: opus
    dependencies: [auth-research]
    estimated_time: 45min
    files: ["src/auth/**"]
    focus: ["token expiry", "CSRF"]
    acceptance: ["all endpoints have a threat note"]
    verify: ["npm test -- auth"]
    output: { required: [file, line, issue, severity, fix], max_items: 10 }
    constraints: { max_tokens: 200000, time_budget: 20min, max_turns: 40 }
    review: { agent: reviewer, rounds: 2 }
    best_of: 1
integration:
  strategy: merge-and-validate
  validation_tests: ["npm test"]
`;

const EMPTY_SUBTASK = {
  agent: "implementer",
  dependencies: [],
  files: [],
  focus: [],
  acceptance: [],
  verify: [],
  best_of: 1,
};

describe("a plan file that is right", () => {
  it("reads as it is written, with every field there is", () =>
    deepEqual(readPlanFile(WHOLE), {
      plan: {
        task: "Build user authentication",
        pattern: "hierarchical",
        constraints: ["REST only, no GraphQL"],
        budget: { usd: 5, tokens: 2_000_000, minutes: 60 },
        subtasks: [
          { ...EMPTY_SUBTASK, id: "auth-research" },
          {
            id: "auth-design",
            description: "Design the authentication architecture",
            agent: "planning-agent",
            model: "opus",
            dependencies: ["auth-research"],
            estimated_time: "45min",
            files: ["src/auth/**"],
            focus: ["token expiry", "CSRF"],
            acceptance: ["all endpoints have a threat note"],
            verify: ["npm test -- auth"],
            output: { required: ["file", "line", "issue", "severity", "fix"], max_items: 10 },
            constraints: { max_tokens: 200_000, time_budget: "20min", max_turns: 40 },
            review: { agent: "reviewer", rounds: 2 },
            best_of: 1,
          },
        ],
        integration: { strategy: "merge-and-validate", validation_tests: ["npm test"] },
      },
      diagnostics: [],
    }));

  it("may be JSON, carry a byte order mark and end its lines as Windows does", () => {
    const plan = readPlanFile(WHOLE).plan;
    for (const text of [JSON.stringify(plan), JSON.stringify(plan, null, 2), `\ufeff${WHOLE.replaceAll("\n", "\r\n")}`])
      deepEqual(readPlanFile(text), { plan, diagnostics: [] });
  });

  it("needs no description: the id says what to do, and so does a blank one", () => {
    const { plan } = readPlanFile(
      'task: t\nsubtasks: [{id: fix-login}, {id: b, description: " "}, {id: c, description: " do\\n"}]',
    );
    deepEqual(plan?.subtasks.map(objectiveOf), ["fix-login", "b", " do\n"]);
  });

  it("has no integration unless it says so", () =>
    equal(readPlanFile("task: t\nsubtasks: [{id: a}]").plan?.integration, undefined));

  it("may hold 1,000 subtasks", () => equal(readPlanFile(many(1000)).plan?.subtasks.length, 1000));

  it("keeps a warning beside the plan", () => {
    const { plan, diagnostics } = readPlanFile("task: !mine t\nsubtasks: [{id: a}]");
    equal(plan?.task, "t");
    deepEqual(diagnostics, [{ severity: "warning", line: 1, column: 7, message: "Unresolved tag: !mine" }]);
  });

  for (const [text, ms] of [
    ["90s", 90_000],
    ["45min", 2_700_000],
    ["1.5h", 5_400_000],
    ["2 hours", 7_200_000],
    ["1d", 86_400_000],
    ["10 sec", 10_000],
    ["3m", 180_000],
  ] as const)
    it(`${text} is ${ms} ms`, () => equal(durationMs(text), ms));
});

describe("a plan file that is wrong says where", () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ["unknown key at the top", "task: t\nowner: me\nsubtasks: [{id: a}]", ['2:1: Unknown key "owner".']],
    ["unknown key in a subtask", "task: t\nsubtasks:\n  - id: a\n    depends: [b]", ['4:5: Unknown key "depends".']],
    ["unknown key deeper", "task: t\nsubtasks: [{id: a, output: {max: 1}}]", ['2:29: Unknown key "max".']],
    ["a key that is a number", "task: t\n1: x\nsubtasks: [{id: a}]", ['2:1: Unknown key "1".']],
    ["a key of the language", "task: t\nsubtasks: [{id: a, __proto__: 1}]", ['2:20: Unknown key "__proto__".']],
    [
      "wrong type",
      "task: t\nsubtasks:\n  - id: a\n    files: src",
      ["4:12: subtasks.0.files: Invalid input: expected array, received string"],
    ],
    [
      "wrong type in a list",
      "task: t\nsubtasks:\n  - id: a\n    verify: [ok, 7]",
      ["4:18: subtasks.0.verify.1: Invalid input: expected string, received number"],
    ],
    [
      "missing id",
      "task: t\nsubtasks:\n  - id: a\n  - agent: tester",
      ["4:5: subtasks.1.id: Invalid input: expected string, received undefined"],
    ],
    ["duplicate id", "task: t\nsubtasks:\n  - id: a\n  - id: a", ['4:9: Duplicate id "a" (also subtask 1).']],
    ["duplicate key", "task: t\nsubtasks:\n  - id: a\n    id: b", ['4:5: Duplicate key "id".']],
    [
      "unknown dependency",
      "task: t\nsubtasks:\n  - id: a\n    dependencies: [b]",
      ['4:20: Unknown dependency "b" of subtask "a".'],
    ],
    ["self dependency", "task: t\nsubtasks: [{id: a, dependencies: [a]}]", ['2:35: Subtask "a" depends on itself.']],
    [
      "cycle",
      "task: t\nsubtasks:\n  - {id: x}\n  - {id: a, dependencies: [x, c]}\n  - {id: b, dependencies: [a]}\n  - {id: c, dependencies: [b]}",
      ["4:31: Dependencies form a cycle: a → c → b → a."],
    ],
    [
      "unknown role",
      "task: t\nsubtasks: [{id: a, agent: wizard}]",
      [
        '2:27: Unknown role "wizard"; known: planner, researcher, architect, implementer, tester, reviewer, documenter, synthesizer.',
      ],
    ],
    [
      "a role by a name of the language",
      "task: t\nsubtasks: [{id: a, agent: constructor}]",
      [
        '2:27: Unknown role "constructor"; known: planner, researcher, architect, implementer, tester, reviewer, documenter, synthesizer.',
      ],
    ],
    [
      "bad duration",
      "task: t\nsubtasks: [{id: a, estimated_time: soon}]",
      ['2:36: subtasks.0.estimated_time: a duration is like "45min" or "2h"'],
    ],
    [
      "a duration no clock counts to",
      `task: t\nsubtasks: [{id: a, estimated_time: 999999d, constraints: {time_budget: 1${"9".repeat(400)}d}}]`,
      ['2:72: subtasks.0.constraints.time_budget: a duration is like "45min" or "2h"'],
    ],
    ["no subtasks", "task: t\nsubtasks: []", ["2:11: subtasks: Too small: expected array to have >=1 items"]],
    ["subtasks left out", "# plan\ntask: t", ["2:1: subtasks: Invalid input: expected array, received undefined"]],
    [
      "best_of 2",
      "task: t\nsubtasks: [{id: a, best_of: 2}]",
      ["2:29: best_of above 1 is not built yet; remove it or set it to 1."],
    ],
    [
      "bad id",
      "task: t\nsubtasks: [{id: ../etc}]",
      ["2:17: subtasks.0.id: an id is 1 to 64 letters, digits, dots, dashes or underscores"],
    ],
    [
      "YAML syntax",
      "task: t\nsubtasks: [{id: a}",
      ["2:19: Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ],
    ["tab", "task: t\nsubtasks:\n\t- id: a", ["3:1: Tabs are not allowed as indentation"]],
    ["two documents", "task: t\n---\ntask: u", ["2:1: A plan file holds one document."]],
    ["unknown alias", "task: t\nsubtasks: [{id: *nobody}]", ['2:17: Unknown alias "*nobody".']],
    ["not a mapping", "- a\n- b", ["1:1: A plan is a mapping with `task` and `subtasks`."]],
    ["nothing at all", "", ["1:1: A plan is a mapping with `task` and `subtasks`."]],
    ["1,001 subtasks", many(1001), ["3:1: subtasks: Too big: expected array to have <=1000 items"]],
    [
      "several things, in their order",
      "x: 1\ntask: 2\nsubtasks: [{id: a, y: 1}]",
      ['1:1: Unknown key "x".', "2:7: task: Invalid input: expected string, received number", '3:20: Unknown key "y".'],
    ],
  ];
  for (const [what, text, expected] of table)
    it(what, () => {
      const { plan, diagnostics } = readPlanFile(text);
      equal(plan, undefined);
      deepEqual(
        diagnostics.map((d) => formatDiagnostic("P", d)),
        expected.map((line) => `P:${line}`),
      );
    });

  it("in words of its own", () => {
    const messages = table
      .filter(([what]) => what !== "nothing at all" && !what.startsWith("several"))
      .flatMap(([, , lines]) => lines.map((line) => line.replace(/^\d+:\d+: /u, "")));
    deepEqual(
      messages.filter((message, i) => messages.indexOf(message) !== i),
      [],
    );
  });

  it("a warning is marked as one", () =>
    equal(
      formatDiagnostic("plan.yml", { severity: "warning", line: 3, column: 7, message: "Hm." }),
      "plan.yml:3:7: warning: Hm.",
    ));
});

describe("a hostile plan file is a diagnostic, never an exception", () => {
  const refs = "abcdefghijklmnop";
  const bomb = refs.split("").map(
    (c, i) =>
      `${c}: &${c} [${Array(9)
        .fill(i === 0 ? "x" : `*${refs[i - 1] ?? ""}`)
        .join()}]`,
  );
  const errors: readonly (readonly [string, string, RegExp])[] = [
    ...["[", "{a: ", "- ", "? ", "[{? "].map(
      (unit) => [`20,000 levels of ${JSON.stringify(unit)}`, unit.repeat(2e4), /^Nested too deeply\.$/u] as const,
    ),
    ["an alias bomb", bomb.join("\n"), /^This cannot be read as a plan: Excessive alias count/u],
    [
      "an alias inside its own anchor",
      "task: t\nsubtasks: &s [{id: a, files: *s}]",
      /expected string, received object/u,
    ],
    ["4,000 keys", Array.from({ length: 4000 }, (_, i) => `k${i}: 1`).join("\n"), /^Unknown key "k0"\.$/u],
    ["nul and half a surrogate pair", "\0\u0001\ufffd\ud800", /^A plan is a mapping/u],
    ["a mapping as a key", "? {a: b}\n: c\ntask: t\nsubtasks: [{id: a}]", /^Unknown key /u],
    ["nothing but errors", "}\n".repeat(500), /./u],
    ["warnings enough to hide an error", `a: [${"!x 1,".repeat(500)}]`, /^task: Invalid input/u],
  ];
  for (const [what, text, words] of errors)
    it(what, () => {
      const { plan, diagnostics } = readPlanFile(text);
      equal(plan, undefined);
      ok(diagnostics.length <= 100);
      match(diagnostics.find((d) => d.severity === "error" && words.test(d.message))?.message ?? "(none)", words);
      for (const { line, column } of diagnostics) ok(line >= 1 && column >= 1);
    });

  it("any byte changed to any of a few leaves a plan or a diagnostic", () => {
    const bytes = Buffer.from(WHOLE);
    for (let i = 0; i < bytes.length; i += unlessQuick(67, 331))
      for (const odd of [0, 0x22, 0x5b, 0xff]) {
        const text = Buffer.from(bytes)
          .fill(odd, i, i + 1)
          .toString("utf8");
        const { plan, diagnostics } = readPlanFile(text);
        if (plan === undefined) ok(diagnostics.some((d) => d.severity === "error"));
        else deepEqual(Plan.parse(plan), plan);
      }
  });
});

function many(count: number): string {
  return `task: t\nsubtasks:\n${Array.from({ length: count }, (_, i) => `- id: s${i}`).join("\n")}`;
}
