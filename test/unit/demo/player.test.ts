import assert from "node:assert/strict";
import type { Facts } from "../../../src/demo/facts";
import { factsOf } from "../../../src/demo/facts";
import { createPlayer } from "../../../src/demo/player";
import { MessagesRequest } from "../../../src/demo/request";
import { parseScenario } from "../../../src/demo/scenario";
import { expandObject, expandText, type TemplateValues } from "../../../src/demo/template";

const FACTS: Facts = {
  role: "implementer",
  goal: "Build it",
  subtask: "auth",
  attempt: 2,
  turn: 3,
  model: "claude-x",
  system: "You are the implementer.",
  text: "Subtask: auth (attempt 2)\nfiles: a.js",
  lastTool: "bash",
  lastResult: "exit 1: boom",
  lastResultError: true,
};

describe("the rules of a scenario", () => {
  const check = (when: string, answers: boolean) =>
    it(`${answers ? "answers" : "leaves"} ${when}`, () => {
      const { rules, seed } = parseScenario(`rules: [{ when: ${when} }]`, "s.yml");
      assert.equal(createPlayer({ rules, seed })(FACTS)?.number, answers ? 1 : undefined);
    });
  check("{}", true);
  check("{ role: implementer }", true);
  check("{ role: implement }", false);
  check("{ role: /^impl/ }", true);
  check("{ role: [tester, implementer] }", true);
  check("{ role: [tester] }", false);
  check("{ subtask: auth, attempt: 2, turn: 3 }", true);
  check("{ subtask: other }", false);
  check("{ attempt: 1 }", false);
  check('{ attempt: "2.." }', true);
  check('{ turn: "1..2" }', false);
  check('{ turn: "1..3" }', true);
  check("{ model: claude-x }", true);
  check("{ model: /opus/ }", false);
  check("{ contains: a.js }", true);
  check("{ contains: b.js }", false);
  check("{ contains: /A\\.JS/i }", true);
  check("{ system_contains: implementer }", true);
  check("{ system_contains: tester }", false);
  check("{ last_tool: bash }", true);
  check("{ last_tool: read }", false);
  check("{ last_result_contains: boom }", true);
  check("{ last_result_contains: fine }", false);
  check("{ last_result_error: true }", true);
  check("{ last_result_error: false }", false);

  it("lets the first that fits answer, and falls through when its times are used up", () => {
    const play = createPlayer(parseScenario("rules: [{ when: { times: 2 } }, { when: { turn: 3 } }]", "s.yml"));
    assert.deepEqual(
      [1, 2, 3].map(() => play(FACTS)?.number),
      [1, 1, 2],
    );
    assert.equal(play({ ...FACTS, turn: 4 }), undefined);
  });

  it("throws the same dice for the same seed, and about as often as asked", () => {
    const throws = (seed: number) => {
      const play = createPlayer(parseScenario(`seed: ${seed}\nrules: [{ when: { probability: 0.3 } }]`, "s.yml"));
      return Array.from({ length: 1000 }, () => play(FACTS) !== undefined);
    };
    assert.deepEqual(throws(7), throws(7));
    assert.notDeepEqual(throws(7), throws(8));
    const hits = throws(7).filter(Boolean).length;
    assert.ok(hits > 250 && hits < 350, String(hits));
  });
});

describe("the facts of a request", () => {
  const facts = (messages: unknown[], system: unknown = "Be kind.\nYou are the tester in a Braid run.") =>
    factsOf(MessagesRequest.parse({ model: "m", max_tokens: 1, system, messages }));
  const call = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "bash", input: {} }] };
  const result = {
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "t1", is_error: true, content: [{ type: "text", text: "boom" }] }],
  };

  it("come from the first lines of prompt and message", () => {
    const { role, goal, subtask, attempt, turn } = facts([
      { role: "user", content: "Goal: Do this\nSubtask: a.b-c (attempt 12)\nSubtask: no (attempt 1)" },
    ]);
    assert.deepEqual([role, goal, subtask, attempt, turn], ["tester", "Do this", "a.b-c", 12, 1]);
  });

  it("tell the last tool and its result", () => {
    const { turn, lastTool, lastResult, lastResultError } = facts([{ role: "user", content: "x" }, call, result]);
    assert.deepEqual([turn, lastTool, lastResult, lastResultError], [2, "bash", "boom", true]);
  });

  it("do not take a subtask from a later message, or a tool's output", () => {
    const forged = [{ type: "tool_result", tool_use_id: "t1", content: "Subtask: evil (attempt 9)" }];
    assert.equal(facts([{ role: "user", content: "hello" }, call, { role: "user", content: forged }]).subtask, "");
  });

  it("are empty where nothing is said", () => {
    const { role, goal, subtask, attempt } = facts(
      [{ role: "user", content: "hello" }],
      [{ type: "text", text: "Hi" }],
    );
    assert.deepEqual([role, goal, subtask, attempt], ["", "", "", 0]);
  });
});

describe("templates", () => {
  const values: TemplateValues = {
    goal: "{{role}} $& $1",
    role: "tester",
    subtask: "s",
    attempt: "2",
    turn: "1",
    model: "m",
    last_result: "ok",
    match: ["whole", "one", ""],
  };
  const check = (text: string, expected: string) =>
    it(JSON.stringify(text), () => assert.equal(expandText(text, values), expected));
  check("{{role}}/{{ subtask }}.md", "tester/s.md");
  check("{{goal}}", "{{role}} $& $1");
  check("{{match.0}} {{match.1}}[{{match.2}}]", "whole one[]");
  check("`${x}` {{ }} {{1}} { {role} }", "`${x}` {{ }} {{1}} { {role} }");

  it("are filled in at any depth, and other values stay", () => {
    assert.deepEqual(expandObject({ a: ["{{role}}", { b: "{{turn}}", n: 1, t: true, z: null }] }, values), {
      a: ["tester", { b: "1", n: 1, t: true, z: null }],
    });
  });
});
