import { deepEqual, equal } from "node:assert/strict";
import { call, callTools, type Line, say, text } from "../../support/scripted-model";
import { play, tool, WORD } from "./agent";

/** Plays a script in which the user says something while an answer is being written. */
async function trial(script: (tell: (words: string) => void) => readonly Line[]) {
  const said: string[] = [];
  const lines = script((words) => void said.push(words));
  return play(lines, { conclusion: WORD, tools: [tool("read", { readOnly: true })], inbox: () => said.splice(0) });
}

const told = (words: string) => text(`Message from the user: ${words}`);

describe("what the user says to a running agent", () => {
  it("comes behind its next tool results, once", async () => {
    const { model } = await trial((tell) => [
      () => {
        tell("use tabs");
        tell("and LF");
        return callTools(call("1", "read"));
      },
      callTools(call("2", "read")),
      callTools(call("3", "finish", { word: "ok" })),
    ]);
    const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "read" });
    deepEqual(model.requests[1]?.messages.at(-1)?.content, [result("1"), told("use tabs"), told("and LF")]);
    deepEqual(model.requests[2]?.messages.at(-1)?.content, [result("2")]);
  });
  for (const [what, end] of [
    ["reported", callTools(call("1", "finish", { word: "early" }))],
    ["ended its turn", say("early")],
  ] as const)
    it(`is heard by one that has just ${what}, which has to end anew`, async () => {
      const { outcome, model } = await trial((tell) => [
        () => {
          tell("wait");
          return end;
        },
        callTools(call("2", "finish", { word: "late" })),
      ]);
      deepEqual(outcome, { kind: "done", value: "late" });
      deepEqual(model.requests[1]?.messages.at(-1)?.content.at(-1), told("wait"));
    });
  it("comes behind what its conclusion asks for", async () => {
    const { model } = await trial((tell) => [
      () => {
        tell("wait");
        return say("again");
      },
      callTools(call("1", "finish", { word: "ok" })),
    ]);
    deepEqual(model.requests[1]?.messages.at(-1)?.content, [text("Not yet."), told("wait")]);
  });
  it("does not save one that has failed", async () => {
    const { outcome } = await trial((tell) => [
      () => {
        tell("wait");
        return callTools(call("1", "finish", { word: "fail" }));
      },
    ]);
    equal(outcome.kind, "failed");
  });
});
