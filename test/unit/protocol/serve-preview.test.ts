import { deepEqual, equal, match } from "node:assert/strict";
import { checkPlanText } from "../../../src/core/plan/plan-check";
import type { PreviewState } from "../../../src/protocol/preview-messages";
import type { Message } from "../../../src/protocol/rpc";
import { MAX_SHOWN_PROBLEMS, servePreview } from "../../../src/protocol/serve-preview";

const WORKER = { model: "m", price: undefined, contextTokens: 200_000, maxTurns: 40 };
const checked = (text: string) => checkPlanText(text, { workers: 4, workerFor: () => WORKER });
const GOOD = "task: t\nsubtasks:\n  - id: a\n  - id: b\n    dependencies: [a]\n";

/** A preview with its page's end in the hand. */
function given() {
  const posted: Message[] = [];
  const opened: (string | number)[] = [];
  const service = servePreview({
    name: "p.yml",
    post: (message) => void posted.push(message),
    open: async (subtask) => void opened.push(subtask),
    openLine: async (line) => void opened.push(line),
  });
  const ask = async (name: string, params: unknown): Promise<Message | undefined> => {
    posted.length = 0;
    service.receive({ kind: "request", id: 1, name, params });
    await new Promise((resolve) => setImmediate(resolve));
    return posted.at(-1);
  };
  const state = async (): Promise<PreviewState | undefined> => {
    const reply = await ask("ready", {});
    return reply?.kind === "reply" ? (reply.value as PreviewState) : undefined;
  };
  return { service, opened, posted, ask, state };
}

describe("a plan's preview", () => {
  it("has no picture before the text was a plan, and the problems", async () => {
    const t = given();
    t.service.show(checked("task: ["));
    const state = await t.state();
    equal(state?.preview, null);
    equal(state?.problemCount, state?.problems.length);
    match(state?.problems[0]?.message ?? "", /./u);
  });

  it("keeps the last good picture while the text is broken, and says what is wrong", async () => {
    const t = given();
    t.service.show(checked(GOOD));
    deepEqual(
      (await t.state())?.preview?.waves.map((wave) => wave.subtasks.map((s) => s.id)),
      [["a"], ["b"]],
    );
    t.service.show(checked(GOOD.replace("id: b", "id: b\n    colour: red")));
    const broken = await t.state();
    deepEqual(broken?.preview?.waves.length, 2);
    equal(broken?.problemCount, 1);
    t.service.show(checked(GOOD.replace("id: b", "id: c")));
    deepEqual((await t.state())?.problems, []);
    equal((await t.state())?.preview?.waves[1]?.subtasks[0]?.id, "c");
  });

  it("tells of each reading unasked", () => {
    const t = given();
    t.service.show(checked(GOOD));
    equal(t.posted[0]?.kind === "event" ? t.posted[0].name : undefined, "state");
  });

  it("counts problems beyond those it shows", async () => {
    const t = given();
    t.service.show(checked(`task: t\nsubtasks:\n${"  - id: a\n".repeat(20)}`));
    const state = await t.state();
    equal(state?.problems.length, MAX_SHOWN_PROBLEMS);
    equal(state?.problemCount, 19);
  });

  it("opens what it is asked to, and refuses what is no request", async () => {
    const t = given();
    await t.ask("open", { subtask: "b" });
    await t.ask("openLine", { line: 3 });
    deepEqual(t.opened, ["b", 3]);
    for (const [name, params] of [
      ["open", { subtask: "" }],
      ["open", { subtask: "b", path: "/etc" }],
      ["openLine", { line: 0 }],
      ["openLine", { line: "1" }],
      ["run", {}],
    ] as const)
      equal((await t.ask(name, params))?.kind, "error", `${name} ${JSON.stringify(params)}`);
    deepEqual(t.opened, ["b", 3]);
  });
});
