import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { stallBudgets, stallMinutes } from "../../../src/core/stall";
import { toFailure } from "../../../src/core/failure";
import type { Model, ModelProgress } from "../../../src/model/model";
import { watchForStalls, type After } from "../../../src/run/attempt/stall-watch";
import type { Tool, ToolContext } from "../../../src/agent/tool";
import { bashTool } from "../../../src/agent/tools/bash";

const MINUTE = 60_000;
const BUDGETS = stallBudgets({ tool: 15, turn: 9 });

/** Time that moves when it is told to, and what the watch said meanwhile. */
function watch({ isWaiting = (): boolean => false } = {}) {
  let now = 0;
  const due = new Set<{ readonly at: number; readonly action: () => void }>();
  const after: After = (ms, action) => {
    const timer = { at: now + ms, action };
    due.add(timer);
    return () => void due.delete(timer);
  };
  const said: string[] = [];
  const opened = watchForStalls({
    budgets: BUDGETS,
    after,
    isWaiting,
    onStalled: (stall, ms) => said.push(`${now / MINUTE}: ${stall.where} ${ms / MINUTE}`),
    onMoved: () => said.push(`${now / MINUTE}: moved`),
  });
  opened.stuck.addEventListener("abort", () => said.push(`${now / MINUTE}: stopped`));
  return {
    ...opened,
    said,
    timers: () => due.size,
    pass(minutes: number): void {
      const until = now + minutes * MINUTE;
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = next.at;
        due.delete(next);
        next.action();
      }
      now = until;
    },
  };
}

/** A model that answers when it is told to, and says what it is told to say. */
function slowModel() {
  const held: { say?: (progress: ModelProgress) => void; fail?: (error: Error) => void } = {};
  const model: Model = {
    respond: (_, { signal, onProgress }) =>
      new Promise((_resolve, reject) => {
        held.say = (progress) => onProgress?.(progress);
        held.fail = reject;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  return { model, held };
}

const REQUEST = { model: "m", system: "", messages: [], tools: [], maxTokens: 1 };
const CONTEXT = {} as ToolContext;

/** A tool that ends when it is told to, and hears nothing. */
function deafTool(): { readonly tool: Tool; end(): void } {
  const ends: (() => void)[] = [];
  return {
    tool: { ...bashTool, call: () => new Promise((resolve) => ends.push(() => resolve({ content: "" }))) },
    end: () => ends.shift()?.(),
  };
}

describe("a model that says nothing", () => {
  const ask = (w: ReturnType<typeof watch>) => {
    const { model, held } = slowModel();
    const stop = AbortSignal.any([w.stuck]);
    const reply = w.model(model, stop).respond(REQUEST, { signal: stop });
    reply.catch(() => undefined);
    return { reply, held };
  };

  it("is shown after a third of its time, stopped at the end of it, and the failure says so", async () => {
    const w = watch();
    const { reply } = ask(w);
    w.pass(8.9);
    deepEqual(w.said, ["3: turn 3"]);
    w.pass(0.2);
    deepEqual(w.said, ["3: turn 3", "9: stopped"]);
    await rejects(reply, (error) => {
      const { code, message, hint } = toFailure(error);
      equal(code, "stall.turn");
      match(message, /the model has said nothing for 9 min/u);
      match(hint ?? "", /kept.*braid\.stalls\.turnMinutes, --turn-minutes/u);
      return true;
    });
    equal(w.timers(), 0);
  });
  it("falls silent in mid-answer: the time runs from its last word", () => {
    const w = watch();
    const { held } = ask(w);
    for (let minute = 0; minute < 20; minute += 1) {
      w.pass(1);
      held.say?.({ type: "text", text: "." });
    }
    deepEqual(w.said, []);
    w.pass(9);
    deepEqual(w.said, ["23: turn 3", "29: stopped"]);
  });
  it("goes on after it was shown", () => {
    const w = watch();
    const { held } = ask(w);
    w.pass(4);
    held.say?.({ type: "tool", name: "write" });
    w.pass(2);
    deepEqual(w.said, ["3: turn 3", "4: moved"]);
  });
  it("is parked by a rate limit, which has its own bounds", () => {
    const w = watch();
    const { held } = ask(w);
    held.say?.({ type: "waiting", reason: "slow down", ms: 1 });
    w.pass(100);
    deepEqual(w.said, []);
    held.say?.({ type: "sent" });
    w.pass(9);
    deepEqual(w.said, ["103: turn 3", "109: stopped"]);
  });
  it("leaves nothing behind when it has answered", async () => {
    const w = watch();
    const { reply, held } = ask(w);
    held.fail?.(new Error("no"));
    await rejects(reply);
    equal(w.timers(), 0);
  });
});

describe("a tool that does not end", () => {
  const call = (w: ReturnType<typeof watch>, tool: Tool, input: unknown = { command: "npm test\nmore" }) => {
    const outcome = w.tools([tool], w.stuck)[0]?.call(input, CONTEXT) ?? Promise.reject(new Error("no tool"));
    outcome.catch(() => undefined);
    return outcome;
  };

  it("is shown, stopped, and given up where it does not even hear that", async () => {
    const w = watch();
    const outcome = call(w, deafTool().tool);
    w.pass(15);
    deepEqual(w.said, ["5: tool 5", "15: stopped"]);
    w.pass(0.1);
    await rejects(outcome, (error) => {
      const { code, message } = toFailure(error);
      equal(code, "stall.tool");
      match(message, /bash \(npm test\) has not ended for 15 min/u);
      return true;
    });
    equal(w.timers(), 0);
  });
  it("has its own time beside others", async () => {
    const w = watch();
    const first = deafTool();
    const outcome = call(w, first.tool);
    w.pass(4);
    void call(w, deafTool().tool);
    w.pass(0.5);
    first.end();
    await outcome;
    w.pass(5);
    deepEqual(w.said, ["9: tool 5"]);
  });
  it("waits for the user, which is nobody's fault, however long", () => {
    let waits = true;
    const w = watch({ isWaiting: () => waits });
    void call(w, deafTool().tool);
    w.pass(600);
    deepEqual(w.said, []);
    waits = false;
    w.pass(15);
    deepEqual(w.said, ["605: tool 5", "615: stopped"]);
  });
  it("that is called off goes on in nobody's eyes", async () => {
    const w = watch();
    const stop = new AbortController();
    const hears: Tool = {
      ...bashTool,
      call: () => new Promise((_, reject) => stop.signal.addEventListener("abort", () => reject(stop.signal.reason))),
    };
    const outcome = w.tools([hears], stop.signal)[0]?.call({ command: "x" }, CONTEXT);
    w.pass(6);
    stop.abort(new Error("cancelled"));
    await rejects(outcome ?? Promise.resolve());
    deepEqual(w.said, ["5: tool 5"]);
    equal(w.timers(), 0);
  });
});

describe("minutes that can be set", () => {
  for (const [value, expected] of [
    [10, 10],
    [0.05, 0.05],
    [0, undefined],
    [-1, undefined],
    [10_000, undefined],
    [Number.NaN, undefined],
    ["10", undefined],
    [null, undefined],
  ] as const)
    it(`${String(value)}: ${expected ?? "none"}`, () => equal(stallMinutes(value), expected));
});
