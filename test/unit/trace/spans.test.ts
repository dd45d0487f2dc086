import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { allSpans } from "../../../src/trace/spans";
import {
  begun,
  checked,
  failedWith,
  finished,
  planOf,
  proposed,
  record,
  reviewed,
  started,
  turned,
} from "../../support/builders";

const PLAN = planOf("a", "b", { id: "planner", agent: "tester", dependencies: ["a"] });
const toolsOf = (subtask: string | null, ...names: readonly string[]): RunEvent => ({
  type: "tools.called",
  subtask,
  attempt: 1,
  turn: 1,
  tools: names.map((name, i) => ({ id: `call-${i}`, name, at: 3000 + i, durationMs: 10 })),
});
const by = (event: RunEvent, who: "reviewer" | "synthesizer"): RunEvent => ({ ...event, by: who }) as RunEvent;

describe("the spans of a log", () => {
  const shape = (...events: readonly RunEvent[]) => {
    const spans = allSpans(record(events));
    const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
    return spans.map(({ name, parent, from, to }) => `${name} < ${names.get(parent ?? "") ?? "-"} ${from}-${to}`);
  };
  const RUN = "invoke_workflow braid";
  const table: readonly (readonly [string, readonly RunEvent[], readonly string[]])[] = [
    [
      "nothing but a run that plans",
      begun(PLAN).slice(0, 1),
      [`plan planner < ${RUN} 1000-1000`, `${RUN} < - 1000-1000`],
    ],
    [
      "a plan that was made",
      [...begun(PLAN).slice(0, 1), turned(null), proposed(PLAN)],
      ["chat claude-sonnet-5-5 < plan planner 1900-2000", `plan planner < ${RUN} 1000-3000`, `${RUN} < - 1000-3000`],
    ],
    [
      "a plan from a file, which nobody thought up",
      [...begun(PLAN).slice(0, 1), { ...proposed(PLAN), by: "file" } as RunEvent],
      [`${RUN} < - 1000-2000`],
    ],
    [
      "workers at the same time, one called like a planner",
      [
        ...begun(PLAN),
        started("a"),
        started("planner"),
        turned("planner"),
        finished("a"),
        failedWith("planner", "cancelled"),
      ],
      [
        `plan planner < ${RUN} 1000-2000`,
        "chat claude-sonnet-5-5 < invoke_agent tester 5900-6000",
        `invoke_agent implementer < ${RUN} 4000-7000`,
        `invoke_agent tester < ${RUN} 5000-8000`,
        `${RUN} < - 1000-8000`,
      ],
    ],
    [
      "tools, a check and a review under their worker",
      [
        ...begun(PLAN),
        started("a"),
        toolsOf("a", "read", "bash"),
        checked("a", "npm test", false),
        by(turned("a"), "reviewer"),
        reviewed("a", 1),
        finished("a"),
      ],
      [
        `plan planner < ${RUN} 1000-2000`,
        "execute_tool read < invoke_agent implementer 3000-3010",
        "execute_tool bash < invoke_agent implementer 3001-3011",
        "check < invoke_agent implementer 4500-6000",
        "chat claude-sonnet-5-5 < invoke_agent reviewer 6900-7000",
        "invoke_agent reviewer < invoke_agent implementer 6900-8000",
        `invoke_agent implementer < ${RUN} 4000-9000`,
        `${RUN} < - 1000-9000`,
      ],
    ],
  ];
  for (const [what, events, expected] of table) it(what, () => deepEqual(shape(...events), expected));

  it("have ids of their own, the same each time, whatever follows", () => {
    const events = [
      ...begun(PLAN),
      started("a"),
      turned("a"),
      toolsOf("a", "read", "read"),
      failedWith("a", "run.interrupted"),
    ];
    const again = [...events, { ...started("a"), continues: true } as RunEvent, turned("a", 2), finished("a")];
    const ids = allSpans(record(events)).map(({ spanId }) => spanId);
    equal(new Set(ids).size, ids.length);
    const later = allSpans(record(again)).map(({ spanId }) => spanId);
    equal(new Set(later).size, later.length);
    deepEqual(
      ids.filter((id) => !later.includes(id)),
      [],
    );
  });
  it("tell a failure by its code, and never by its words", () => {
    const spans = allSpans(record([...begun(PLAN), started("a"), failedWith("a", "checks.failed")]));
    deepEqual(
      spans.filter(({ error }) => error !== null).map(({ name, error }) => [name, error]),
      [["invoke_agent implementer", "checks.failed"]],
    );
    equal(JSON.stringify(spans).includes("a failed"), false);
  });
});
