import { valueAt } from "../../../src/core/state/chunked";
import { deepEqual } from "node:assert/strict";
import type { RunCommand } from "../../../src/core/state/decide";
import { undecidedDependencies } from "../../../src/core/review/decide-accept";
import type { RunEvent } from "../../../src/core/state/events";
import type { FailureCode } from "../../../src/core/failure";
import {
  abandoned,
  accepted,
  accepting,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";
import { given } from "../../support/given";

const PLAN = planOf("a", "b: a");
const BEGUN = begun(PLAN);
const PAUSED: RunEvent = { type: "run.paused" };
const RESUMED: RunEvent = { type: "run.resumed" };
const CANCELLED: RunEvent = { type: "run.cancelled" };

const accept: RunCommand = { type: "accept", subtask: "a" };
const reject: RunCommand = { type: "reject", subtask: "a", reason: "no" };
const retry: RunCommand = { type: "retry", subtask: "a", by: "user", note: "smaller" };
const REJECTED = rejected("a", "no");
const RETRIED = retried("a", "smaller");

type Answer = readonly RunEvent[] | readonly [FailureCode, RegExp];

/** Every state a subtask can be in, and what accept, reject and retry come to there. */
const TABLE: readonly {
  readonly state: string;
  readonly history: readonly RunEvent[];
  readonly accept: Answer;
  readonly reject: Answer;
  readonly retry: Answer;
}[] = [
  {
    state: "pending",
    history: BEGUN,
    accept: ["run.state", /"a" has no result yet\. Wait for it/u],
    reject: ["run.state", /"a" has no result yet\. Wait for it/u],
    retry: ["run.state", /"a" is still on its way/u],
  },
  {
    state: "running",
    history: [...BEGUN, started("a")],
    accept: ["run.state", /"a" has no result yet/u],
    reject: ["run.state", /"a" has no result yet/u],
    retry: ["run.state", /"a" is still on its way/u],
  },
  {
    state: "finished with a diff",
    history: [...BEGUN, started("a"), finished("a", "x")],
    accept: [],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "finished without a diff",
    history: [...BEGUN, started("a"), finished("a")],
    accept: ["result.missing", /"a" changed no files/u],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "failed with a diff",
    history: [...BEGUN, started("a"), failedWith("a", "checks.failed", "x")],
    accept: [],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "failed without one",
    history: [...BEGUN, started("a"), failedWith("a", "model.auth")],
    accept: ["result.missing", /changed no files/u],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "cancelled",
    history: [...BEGUN, started("a"), failedWith("a", "cancelled", "x")],
    accept: [],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "skipped",
    history: begun(PLAN, "a"),
    accept: ["result.missing", /changed no files/u],
    reject: ["run.state", /"a" was skipped/u],
    retry: [RETRIED],
  },
  {
    state: "being accepted",
    history: [...BEGUN, finished("a", "x"), accepting("a")],
    accept: ["run.state", /"a" is being accepted\. Wait/u],
    reject: ["run.state", /"a" is being accepted\. Wait/u],
    retry: ["run.state", /"a" is being accepted\. Wait/u],
  },
  {
    state: "accepted",
    history: [...BEGUN, finished("a", "x"), accepting("a"), accepted("a")],
    accept: ["run.state", /already accepted/u],
    reject: ["run.state", /already accepted\. Undo/u],
    retry: ["run.state", /already accepted\. Undo/u],
  },
  {
    state: "accept that did not land",
    history: [...BEGUN, finished("a", "x"), accepting("a"), abandoned("a", "target.moved")],
    accept: [],
    reject: [REJECTED],
    retry: [RETRIED],
  },
  {
    state: "rejected",
    history: [...BEGUN, finished("a", "x"), rejected("a")],
    accept: ["run.state", /was rejected\. Retry it/u],
    reject: [],
    retry: [RETRIED],
  },
  {
    state: "retried",
    history: [...BEGUN, finished("a", "x"), rejected("a"), retried("a")],
    accept: ["run.state", /no result yet/u],
    reject: ["run.state", /no result yet/u],
    retry: ["run.state", /still on its way/u],
  },
  {
    state: "not there",
    history: begun(planOf("b")),
    accept: ["run.state", /Run r0000001 has no subtask "a"\. It has: b\./u],
    reject: ["run.state", /no subtask "a"/u],
    retry: ["run.state", /no subtask "a"/u],
  },
];

function check(history: readonly RunEvent[], command: RunCommand, answer: Answer): void {
  const result = given(...history).when(command);
  if (isRefusal(answer)) result.refused(...answer);
  else result.records(...answer);
}

function isRefusal(answer: Answer): answer is readonly [FailureCode, RegExp] {
  return typeof answer[0] === "string";
}

for (const row of TABLE)
  describe(`a subtask that is ${row.state}`, () => {
    it("accept", () => check(row.history, accept, row.accept));
    it("reject", () => check(row.history, reject, row.reject));
    it("retry", () => check(row.history, retry, row.retry));
  });

describe("message", () => {
  const message = (text: string, subtask = "a"): RunCommand => ({ type: "message", subtask, text });
  it("reaches a running worker", () =>
    given(...BEGUN, started("a"))
      .when(message(" use tabs \n"))
      .records({ type: "worker.messaged", subtask: "a", attempt: 1, text: "use tabs" }));
  for (const [what, events, command, words] of [
    ["nobody", [...BEGUN], message("x", "z"), /no subtask "z"/u],
    ["one that has not begun", [...BEGUN], message("x"), /not running.*Retry it with a note/u],
    ["one that has ended", [...BEGUN, started("a"), finished("a")], message("x"), /not running/u],
    ["a worker, without words", [...BEGUN, started("a")], message(" \n"), /empty/u],
  ] as const)
    it(`to ${what} is refused`, () =>
      given(...events)
        .when(command)
        .refused("run.state", words));
});

describe("retry by policy", () => {
  const again: RunCommand = { type: "retry", subtask: "a", by: "policy" };
  const FAILED = [...BEGUN, started("a"), failedWith("a", "checks.failed", "x")];
  it("of what failed", () =>
    given(...FAILED)
      .when(again)
      .records({ type: "subtask.retried", subtask: "a", by: "policy" }));
  it("not of what somebody rejected or dropped meanwhile", () => {
    check([...FAILED, rejected("a")], again, ["run.state", /"a" is decided/u]);
    check(begun(PLAN, "a"), again, ["run.state", /"a" is decided/u]);
  });
});

describe("retry by another role or model", () => {
  const failed = [...BEGUN, started("a"), failedWith("a", "checks.failed")];
  it("is recorded with both", () =>
    given(...failed)
      .when({ type: "retry", subtask: "a", by: "user", agent: "tester", model: "opus" })
      .records({ type: "subtask.retried", subtask: "a", by: "user", agent: "tester", model: "opus" }));
  it("by a role nobody knows is refused, by a user's own is not", () => {
    const retry: RunCommand = { type: "retry", subtask: "a", by: "user", agent: "poet" };
    given(...failed)
      .when(retry)
      .refused("run.state", /Unknown role "poet".*Known: planner/u);
    given(...failed)
      .when({ ...retry, knownRoles: ["poet"] })
      .records({ type: "subtask.retried", subtask: "a", by: "user", agent: "poet" });
  });
  it("changes the subtask from then on", () => {
    const state = stateAfter(...failed, {
      type: "subtask.retried",
      subtask: "a",
      by: "user",
      agent: "tester",
      model: "opus",
    });
    deepEqual(
      [valueAt(state.subtasks, 0)?.subtask.agent, valueAt(state.subtasks, 0)?.subtask.model],
      ["tester", "opus"],
    );
  });
});

describe("pause, resume and cancel say nothing twice", () => {
  for (const [what, history, type, expected] of [
    ["pause", BEGUN, "pause", [PAUSED]],
    ["pause when paused", [...BEGUN, PAUSED], "pause", []],
    ["resume", [...BEGUN, PAUSED], "resume", [RESUMED]],
    ["resume what is cancelled", [...BEGUN, CANCELLED], "resume", [RESUMED]],
    ["resume what runs", BEGUN, "resume", []],
    ["cancel", BEGUN, "cancel", [CANCELLED]],
    ["cancel what is paused", [...BEGUN, PAUSED], "cancel", [CANCELLED]],
    ["cancel when cancelled", [...BEGUN, CANCELLED], "cancel", []],
  ] as const)
    it(what, () =>
      given(...history)
        .when({ type })
        .records(...expected),
    );
});

describe("a result does not go in before what it rests on", () => {
  const plan = planOf("a", "b: a", "c: b", "d: c");
  const history = [...begun(plan), finished("a", "x"), finished("b"), finished("c", "y"), finished("d", "z")];
  const acceptD: RunCommand = { type: "accept", subtask: "d" };

  it("names what is open, the root first, through those without changes", () => {
    deepEqual(undecidedDependencies(stateAfter(...history), "d"), ["a", "c"]);
    given(...history)
      .when(acceptD)
      .refused("merge.dependency", /"d" rests on "a", "c".*Accept or reject "a", "c" first/u);
  });
  it("one that is being accepted is still open", () =>
    given(...history, accepted("a"), accepting("c"))
      .when(acceptD)
      .refused("merge.dependency", /rests on "c"/u));
  it("goes in when all are decided, either way", () =>
    given(...history, accepted("a"), rejected("c"))
      .when(acceptD)
      .records());

  it("one that is being tried again is not decided", () => {
    const tree = [started("a"), finished("a", "x"), started("d"), finished("d", "y"), retried("a")];
    given(...begun(planOf("a", "d: a")), ...tree)
      .when(acceptD)
      .refused(
        "merge.dependency",
        /^"d" rests on "a", which is not decided yet\. Accept or reject "a" first, or accept all in one step \(--with-dependencies\)\.$/u,
      );
  });

  it("a lattice of 1,000 is asked about its edges, not its paths", () => {
    const lattice = planOf(
      ...Array.from({ length: 1000 }, (_, i) => {
        const row = i - (i % 2);
        return { id: `s${i}`, dependencies: row === 0 ? [] : [`s${row - 2}`, `s${row - 1}`] };
      }),
    );
    deepEqual(undecidedDependencies(stateAfter(...begun(lattice), finished("s0", "x")), "s999"), ["s0"]);
  });
});

it("a refusal for an empty run names no subtasks", () => {
  given(created())
    .when(accept)
    .refused("run.state", /^Run r0000001 has no subtask "a"\. $/u);
});
