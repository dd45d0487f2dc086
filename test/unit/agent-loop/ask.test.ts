import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { askTool, MAX_QUESTIONS, type Answer, type Question } from "../../../src/agent/ask";
import { call, callTools } from "../../support/scripted-model";
import { contextOf, play, WORD } from "./agent";

/** The tool on its own, with an answer ready, and what it asked. */
function use(answer: Answer = { by: "user", answer: "blue" }) {
  const asked: Question[] = [];
  const tool = askTool(async (question) => {
    asked.push(question);
    return answer;
  });
  return { asked, tool, ask: (input: unknown) => tool.call(input, contextOf(new AbortController().signal)) };
}

describe("asking the user", () => {
  it("gives the answer back", async () => {
    const { ask, asked } = use();
    deepEqual(await ask({ question: " Which colour? ", options: ["blue", "red", "blue"], why: "It is printed." }), {
      content: "The user answers: blue",
    });
    deepEqual(asked, [{ text: "Which colour?", options: ["blue", "red"], why: "It is printed." }]);
  });
  it("tells the agent to decide, and to own up to it, where nobody answers", async () => {
    const { content, isError } = await use({ by: "nobody", answer: "" }).ask({ question: "Which?" });
    match(
      content,
      /Nobody can be asked in this run\. Decide yourself, and say in your report or plan what you assumed/u,
    );
    equal(isError, undefined);
  });
  it("has a limit for each attempt", async () => {
    const { ask, asked } = use();
    for (let i = 0; i < MAX_QUESTIONS; i += 1) await ask({ question: `Question ${i}?` });
    const { content, isError } = await ask({ question: "One more?" });
    match(content, /which is the limit/u);
    ok(isError);
    equal(asked.length, MAX_QUESTIONS);
  });
  it("counts what it asked before it was interrupted; the same again is not another question", async () => {
    const before = ["One?", "Two?", "Three?"];
    const tool = askTool(
      async () => ({ by: "user", answer: "blue" }),
      (text) => before.filter((one) => one !== text).length,
    );
    const ask = (question: string) => tool.call({ question }, contextOf(new AbortController().signal));
    match((await ask("Four?")).content, /which is the limit/u);
    match((await ask("Three?")).content, /The user answers: blue/u);
  });
  for (const [what, input] of [
    ["no question", { question: "  " }],
    ["a question that is too long", { question: "x".repeat(1001) }],
    ["one option", { question: "Which?", options: ["a"] }],
    ["six options", { question: "Which?", options: ["a", "b", "c", "d", "e", "f"] }],
    ["an option of two lines", { question: "Which?", options: ["a\nb", "c"] }],
    ["options that are no texts", { question: "Which?", options: [1, 2] }],
    ["nothing", undefined],
  ] as const)
    it(`${what} goes back to the agent and costs no question`, async () => {
      const { ask, asked } = use();
      const { content, isError } = await ask(input);
      match(content, /Invalid input for ask/u);
      ok(isError);
      deepEqual(asked, []);
    });

  it("keeps the history valid: one answer to each call, also beside other calls", async () => {
    const { tool } = use();
    const { model } = await play(
      [
        callTools(call("1", "ask", { question: "Which?" }), call("2", "ask", { question: "And?" })),
        callTools(call("3", "ask", {})),
        callTools(call("4", "finish", { word: "ok" })),
      ],
      { conclusion: WORD, tools: [tool] },
    );
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /"1".*The user answers: blue.*"2".*The user answers/u);
  });
  it("ends with the attempt", async () => {
    const stop = new AbortController();
    const tool = askTool(
      (_question, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    const asked = play([callTools(call("1", "ask", { question: "Which?" }))], {
      conclusion: WORD,
      tools: [tool],
      context: contextOf(stop.signal),
    });
    stop.abort(new Error("stopped"));
    await rejects(asked, /stopped/u);
  });
});
