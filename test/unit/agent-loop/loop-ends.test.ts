import { deepEqual, equal, rejects } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import type { Block } from "../../../src/model/model";
import { call, callTools, type Line, reply, say, text } from "../../support/scripted-model";
import { contextOf, play, tool, WORD } from "./agent";

const TOOLS = [tool("write"), tool("read", { readOnly: true })];
const trial = (...script: readonly Line[]) => play(script, { conclusion: WORD, tools: TOOLS });
const finish = (id: string): Block => call(id, "finish", { word: "ok" });

describe("the end for other reasons", () => {
  for (const [stop, code] of [
    ["refusal", "model.refusal"],
    ["context", "model.context"],
  ] as const)
    it(stop, async () => {
      const { outcome, log } = await trial(reply(stop, text("No."), call("1", "write")));
      equal(outcome.kind === "failed" && outcome.failure.code, code);
      deepEqual(log, [`turn 1 ${stop}`]);
    });
  it("the model cannot be reached", async () => {
    const why = failure("model.network", "No line.");
    deepEqual(await trial({ kind: "failed", failure: why, transient: true }).then((t) => [t.outcome, t.log]), [
      { kind: "failed", failure: why },
      [],
    ]);
  });
  it("the turns are used up", async () => {
    const script = [callTools(call("1", "read")), callTools(call("2", "read"))];
    const { outcome, model } = await play(script, { conclusion: WORD, tools: TOOLS, maxTurns: 2 });
    deepEqual([outcome.kind === "failed" && outcome.failure.code, model.requests.length], ["limit.turns", 2]);
  });
  it("it may not go on: asked before each call", async () => {
    let asked = 0;
    const { outcome, model } = await play([callTools(call("1", "read"))], {
      conclusion: WORD,
      tools: TOOLS,
      mayContinue: () => ((asked += 1) === 2 ? failure("budget.reached", "spent") : undefined),
    });
    deepEqual(outcome, { kind: "failed", failure: failure("budget.reached", "spent") });
    equal(model.requests.length, 1);
  });
  it("the turn could not be recorded: none of its tools run", async () => {
    const calls: string[] = [];
    await rejects(
      play([callTools(call("1", "read"))], {
        conclusion: WORD,
        tools: TOOLS,
        onTurn: () => Promise.reject(new Error("disk")),
        onActivity: (activity) => calls.push(activity.type),
      }),
      /disk/u,
    );
    deepEqual(calls, []);
  });
  it("a tool has a bug", () =>
    rejects(
      play([callTools(call("1", "bad"))], {
        conclusion: WORD,
        tools: [tool("bad", { run: () => Promise.reject(new Error("bug")) })],
      }),
      /bug/u,
    ));
});

describe("an abort", () => {
  const stopped = new Error("stopped by the user");
  const aborting = async (script: (stop: () => void) => readonly Line[], tools = TOOLS) => {
    const controller = new AbortController();
    const lines = script(() => controller.abort(stopped));
    await rejects(play(lines, { conclusion: WORD, tools, context: contextOf(controller.signal) }), stopped);
  };
  it("before the first call asks nothing", () => aborting((stop) => (stop(), [])));
  it("while the model answers", () => aborting((stop) => [() => (stop(), callTools(finish("1")))]));
  it("in the middle of a tool ends the turn: the next call does not run", async () => {
    const ran: string[] = [];
    let stop: () => void = () => undefined;
    const halting = tool("halt", {
      run: async () => {
        ran.push("halt");
        stop();
        return { content: "never read" };
      },
    });
    const other = tool("write", { run: async () => (ran.push("write"), { content: "" }) });
    await aborting((abort) => ((stop = abort), [callTools(call("1", "halt"), call("2", "write"))]), [halting, other]);
    deepEqual(ran, ["halt"]);
  });
  it("while the end is judged is not the end that was judged", async () => {
    for (const line of [say("done"), callTools(finish("1"))]) {
      const controller = new AbortController();
      const judge = async () => {
        controller.abort(stopped);
        return { kind: "failed", failure: failure("checks.failed", "killed") } as const;
      };
      const conclusion = { spec: WORD.spec, conclude: judge, concludeText: judge };
      await rejects(play([line], { conclusion, context: contextOf(controller.signal) }), stopped);
    }
  });
});
