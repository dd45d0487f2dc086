import assert from "node:assert/strict";
import { BraidError } from "../../../src/core/failure";
import { parseScenario } from "../../../src/demo/scenario";

describe("parseScenario", () => {
  it("fills in what a file leaves out", () => {
    assert.deepEqual(parseScenario("", "s.yml"), {
      require_key: false,
      seed: 1,
      defaults: { latency: { first_token_ms: 0, per_token_ms: 0 }, unmatched: "end_turn" },
      rules: [],
    });
  });

  it("reads every part of a rule", () => {
    const text = `
rules:
  - name: everything
    when: { role: [a, /b/i], turn: "2..4", attempt: 1, contains: "/x(.)/", last_result_error: true, times: 2, probability: 0.5 }
    reply: [{ text: hello }, { thinking: hm }, { tool: read, input: { n: 1 } }, { raw: { type: news } }]
    stop_reason: pause_turn
    usage: { input_tokens: 5 }
    latency: { first_token_ms: 3 }
    fault: { kind: chunks, bytes: 1 }
`;
    const [rule] = parseScenario(text, "s.yml").rules;
    assert.deepEqual(rule?.when.role, ["a", /b/i]);
    assert.deepEqual(rule?.when.turn, { from: 2, to: 4 });
    assert.deepEqual(rule?.when.attempt, { from: 1, to: 1 });
    assert.deepEqual(rule?.when.contains, /x(.)/);
    assert.deepEqual(
      rule?.reply?.map(({ type }) => type),
      ["text", "thinking", "tool", "raw"],
    );
    assert.deepEqual(rule?.fault, { kind: "chunks", bytes: 1 });
  });

  const refused: readonly (readonly [name: string, text: string, message: string | RegExp])[] = [
    ["a syntax error", "rules: [\n  {", /^s\.yml:2:\d+: .+/u],
    ["a key twice", "seed: 1\nseed: 2", "s.yml:2:1: Map keys must be unique"],
    ["an alias without anchor", "goal: *nowhere", /^s\.yml:1:\d+: .*nowhere/u],
    ["an unknown key", "goal: x\nspeed: 3", 's.yml:2:1: unknown key "speed"'],
    ["an unknown condition", "rules:\n  - when: { rule: x }", 's.yml:2:13: unknown key "rule"'],
    ["a wrong type", "rules:\n  - reply:\n      - text: 7", /^s\.yml:3:9: .*expected string/u],
    ["an empty goal", 'goal: ""', /^s\.yml:1:1: /u],
    ["a block of two kinds", "rules:\n  - reply:\n      - { text: a, tool: b }", /^s\.yml:3:9: .*exactly one of/u],
    ["a block of no kind", "rules:\n  - reply:\n      - {}", /^s\.yml:3:9: .*exactly one of/u],
    ["input without a tool", "rules:\n  - reply:\n      - { text: a, input: {} }", /^s\.yml:3:9: .*belong to a tool/u],
    ["a bad span", "rules:\n  - when: { turn: 2-4 }", 's.yml:2:13: expected a number, "2.." or "2..4"'],
    ["a bad regular expression", "rules:\n  - when: { contains: /(/ }", /^s\.yml:2:13: Invalid regular expression/u],
    ["an unknown fault", "rules:\n  - fault: { kind: flood }", /^s\.yml:2:14: /u],
    [
      "a fault with a key of another",
      "rules:\n  - fault: { kind: chunks, bytes: 1, by: eof }",
      's.yml:2:38: unknown key "by"',
    ],
    [
      "an unknown template",
      "rules:\n  - reply:\n      - text: a {{name}}",
      /^s\.yml:3:9: unknown template \{\{name\}\}/u,
    ],
    [
      "an unknown template deep in an input",
      "rules:\n  - reply:\n      - tool: t\n        input: { a: [{ b: '{{ goals }}' }] }",
      /^s\.yml:4:24: unknown template \{\{ goals \}\}/u,
    ],
    [
      "match without contains",
      "rules:\n  - reply: [{ text: '{{match.1}}' }]",
      /needs a "contains" given as \/regex\//u,
    ],
    [
      "a group too many",
      "rules:\n  - when: { contains: /a(b)/ }\n    reply: [{ text: '{{match.2}}' }]",
      /^s\.yml:3:15: \{\{match\.2\}\}: the "contains" of this rule has 1 groups$/u,
    ],
  ];
  for (const [name, text, expected] of refused)
    it(`refuses ${name}, at its place`, () => {
      const { failure } = thrown(() => parseScenario(text, "s.yml"));
      const [line] = failure.message.split("\n");
      if (typeof expected === "string") assert.ok(line?.startsWith(expected), line);
      else assert.match(line ?? "", expected);
    });

  it("says everything that is wrong, one line each", () => {
    const { failure } = thrown(() => parseScenario("speed: 1\nrules:\n  - whem: {}\n    fault: { kind: x }", "s.yml"));
    assert.deepEqual(
      failure.message
        .split("\n")
        .map((line) => line.slice(0, "s.yml:1:1".length))
        .toSorted(),
      ["s.yml:1:1", "s.yml:3:5", "s.yml:4:1"],
    );
  });
});

function thrown(call: () => unknown): BraidError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof BraidError, String(error));
    return error;
  }
  assert.fail("Nothing was refused.");
}
