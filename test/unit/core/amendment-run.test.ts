import { deepEqual, equal } from "node:assert/strict";
import { Amendment } from "../../../src/core/amendment/amendment";
import { MAX_LEVELS, MAX_RESCUES } from "../../../src/core/amendment/amendment-policy";
import { amendmentDue } from "../../../src/core/amendment/amendment-due";
import type { RunEvent } from "../../../src/core/state/events";
import { failure, type FailureCode } from "../../../src/core/failure";
import { concurrencyOf } from "../../../src/core/plan/schedule";
import { isSynthesisDue } from "../../../src/core/synthesis";
import { toRunView } from "../../../src/core/state/view";
import {
  amended,
  approved,
  askedForAmendment,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  proposedAmendment,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";
import { given } from "../../support/given";

const of = (sketch: object) => Amendment.parse({ reason: "r", ...sketch });
const ADD = of({ add: [{ id: "c" }] });
const PLAN = planOf("a", "b: a");
const WITH_C = planOf("a", "b: a", "c");
const BEGUN = begun(PLAN);
const PROPOSED = proposedAmendment(ADD);
const UNNEEDED: RunEvent = { type: "amendment.unneeded", reason: "enough" };
const PAUSED: RunEvent = { type: "run.paused" };
const CANCELLED: RunEvent = { type: "run.cancelled" };
const RESUMED: RunEvent = { type: "run.resumed" };
const DECLINED: RunEvent = { type: "amendment.declined", number: 1, reason: "no" };
const gaveUp = (code: FailureCode): RunEvent => ({ type: "amendment.failed", failure: failure(code, "No answer.") });

describe("asking for an amendment", () => {
  const ask = (note?: string) => ({ type: "ask-amendment", note }) as const;
  it("is in the log, with the note", () =>
    given(...BEGUN)
      .when(ask(" more tests "))
      .records({ type: "amendment.requested", occasion: "user", note: "more tests" }));
  it("takes the place of one that waits", () =>
    given(...BEGUN, PROPOSED)
      .when(ask())
      .records(
        { type: "amendment.declined", number: 1, reason: "Another amendment takes its place." },
        askedForAmendment("user"),
      ));
  for (const [what, events, words] of [
    ["before the plan is approved", [created(), proposed(PLAN)], /not approved yet/u],
    ["when the run is cancelled", [...BEGUN, CANCELLED], /cancelled\. Resume it/u],
    ["while the planner is at it", [...BEGUN, askedForAmendment("user")], /at work on an amendment\. Wait/u],
    ["while the reports are brought together", [...BEGUN, { type: "synthesis.started" }], /brought together\. Wait/u],
  ] as readonly (readonly [string, readonly RunEvent[], RegExp])[])
    it(`is refused ${what}`, () =>
      given(...events)
        .when(ask())
        .refused("run.state", words));
});

describe("deciding on an amendment", () => {
  const approve = (number = 1) => ({ type: "approve-amendment", number, by: "user" }) as const;
  const decline = (number = 1) => ({ type: "decline-amendment", number, reason: " no " }) as const;
  it("amends the plan", () =>
    given(...BEGUN, PROPOSED)
      .when(approve())
      .records({ type: "plan.amended", number: 1, amendment: ADD, plan: WITH_C, by: "user" }));
  it("declines it with the reason", () =>
    given(...BEGUN, PROPOSED)
      .when(decline())
      .records(DECLINED));
  it("is refused where none waits", () =>
    given(...BEGUN)
      .when(approve())
      .refused("run.state", /Amendment 1 does not wait/u));
  it("is refused for one that another has replaced", () =>
    given(...BEGUN, PROPOSED, DECLINED, proposedAmendment(ADD, 2))
      .when(decline(1))
      .refused("run.state", /Amendment 2 waits now/u));
  it("is refused for one that was decided", () =>
    given(...BEGUN, PROPOSED, amended(WITH_C, ADD))
      .when(approve())
      .refused("run.state", /does not wait/u));
  const DROP_B = proposedAmendment(of({ drop: ["b"] }));
  it("is refused when what it is about has started since", () => {
    const events = [...BEGUN, started("a"), DROP_B, finished("a"), started("b")];
    given(...events)
      .when(approve())
      .refused("run.state", /no longer fits the run: "b" is running.*Decline it, or ask for another/u);
    equal(
      toRunView(stateAfter(...events)).amendments.open?.problem,
      '"b" is running; only what has not started or has failed can be changed.',
    );
  });
  it("is not about what only others have done since", () =>
    given(...BEGUN, DROP_B, started("a"))
      .when(approve())
      .records({ type: "plan.amended", number: 1, amendment: of({ drop: ["b"] }), plan: PLAN, by: "user" }));
});

describe("the planner is to be asked", () => {
  const FLAT = planOf("a", "b: a");
  const LEVELS = { ...planOf("a"), pattern: "hierarchical" as const };
  const FAILED = [started("a"), failedWith("a", "checks.failed")];
  const DONE = [started("a"), finished("a")];
  const another = (n: number): readonly RunEvent[] => [
    askedForAmendment("failures"),
    UNNEEDED,
    retried("a"),
    started("a", n),
    { ...failedWith("a", "checks.failed"), attempt: n } as RunEvent,
  ];
  for (const [what, plan, events, expected] of [
    ["when failures hold others up", FLAT, FAILED, "failures"],
    ["not when nobody waits for what failed", planOf("a", "b"), FAILED.concat(started("b"), finished("b")), undefined],
    ["not while something may start", planOf("a", "b: a", "c"), FAILED, undefined],
    ["not about what no plan can help", FLAT, [started("a"), failedWith("a", "model.auth")], undefined],
    ["not about what the user rejected", FLAT, [started("a"), finished("a", "x"), rejected("a")], undefined],
    [
      "not about a failure that was rejected",
      FLAT,
      [started("a"), failedWith("a", "checks.failed", "x"), rejected("a")],
      undefined,
    ],
    ["not twice about the same failures", FLAT, [...FAILED, askedForAmendment("failures"), UNNEEDED], undefined],
    ["again about a new failure", FLAT, [...FAILED, ...another(2)], "failures"],
    ["not for ever", FLAT, [...FAILED, ...[2, 3, 4, 5, 6].flatMap(another)], undefined],
    ["when a level has ended", LEVELS, DONE, "level"],
    ["not when a level brought no report", LEVELS, FAILED, undefined],
    ["not before the level has ended", { ...LEVELS, subtasks: FLAT.subtasks }, DONE, undefined],
    ["not for plans of another shape", planOf("a"), DONE, undefined],
    ["not while one waits", LEVELS, [...DONE, askedForAmendment("level"), PROPOSED], undefined],
    ["not again when it was declined", LEVELS, [...DONE, askedForAmendment("level"), PROPOSED, DECLINED], undefined],
    ["not again when nothing is needed", LEVELS, [...DONE, askedForAmendment("level"), UNNEEDED], undefined],
    ["not while it is asked", LEVELS, [...DONE, askedForAmendment("level")], undefined],
    ["although the user has asked before", LEVELS, [...DONE, askedForAmendment("user"), UNNEEDED], "level"],
    [
      "again when that was cut short",
      LEVELS,
      [...DONE, askedForAmendment("level"), gaveUp("run.interrupted")],
      "level",
    ],
    ["not by itself when it gave up", LEVELS, [...DONE, askedForAmendment("level"), gaveUp("plan.invalid")], undefined],
    [
      "again when it gave up and the run is resumed",
      LEVELS,
      [...DONE, askedForAmendment("level"), gaveUp("plan.invalid"), RESUMED],
      "level",
    ],
    ["also while the run is paused, for when it goes on", LEVELS, [...DONE, PAUSED], "level"],
    ["not when the run is cancelled", LEVELS, [...DONE, CANCELLED], undefined],
    [
      "about the next level",
      LEVELS,
      [
        ...DONE,
        askedForAmendment("level"),
        PROPOSED,
        amended({ ...LEVELS, subtasks: planOf("a", "c").subtasks }, ADD),
        started("c"),
        finished("c"),
      ],
      "level",
    ],
  ] as const)
    it(what, () => equal(amendmentDue(stateAfter(created(), proposed(plan), approved(plan), ...events)), expected));

  it(`for no more than ${MAX_LEVELS} levels and ${MAX_RESCUES} sets of failures`, () => {
    const events: RunEvent[] = [created(), proposed(LEVELS), approved(LEVELS), ...DONE];
    for (let level = 2; level <= MAX_LEVELS; level += 1) {
      equal(amendmentDue(stateAfter(...events)), "level");
      const ids = Array.from({ length: level }, (_, i) => (i === 0 ? "a" : `l${i}`));
      const id = `l${level - 1}`;
      events.push(
        askedForAmendment("level"),
        proposedAmendment(of({ add: [{ id }] }), level),
        amended({ ...planOf(...ids), pattern: "hierarchical" }, of({ add: [{ id }] }), level),
        started(id),
        finished(id),
      );
    }
    equal(amendmentDue(stateAfter(...events)), "last-level");
    equal(amendmentDue(stateAfter(...events, UNNEEDED)), undefined);
  });

  it("never where amendments are off; always where an old log does not say", () => {
    const options = { concurrency: 1, attempts: 1, amendments: "off" as const };
    const off = { ...created(), options } as RunEvent;
    equal(amendmentDue(stateAfter(off, proposed(LEVELS), approved(LEVELS), ...DONE)), undefined);
  });

  it("and the synthesis waits until it was", () => {
    const plan = { ...LEVELS, integration: { strategy: "synthesize" as const, validation_tests: [] } };
    const due = (...events: readonly RunEvent[]) =>
      isSynthesisDue(stateAfter(created(), proposed(plan), approved(plan), ...DONE, ...events));
    const REQUESTED = askedForAmendment("level");
    deepEqual(
      [due(), due(REQUESTED), due(REQUESTED, PROPOSED), due(REQUESTED, gaveUp("plan.invalid"))],
      [false, false, false, false],
    );
    deepEqual([due(REQUESTED, UNNEEDED), due(REQUESTED, PROPOSED, DECLINED)], [true, true]);
  });
});

describe("a run with an amendment", () => {
  const phase = (...events: readonly RunEvent[]) => toRunView(stateAfter(...events)).phase;
  const DONE = [started("a"), finished("a"), started("b"), finished("b")];
  for (const [what, events, expected] of [
    ["waits for it when nothing else runs", [...BEGUN, ...DONE, PROPOSED], "amendment"],
    ["goes on meanwhile", [...BEGUN, started("a"), PROPOSED], "running"],
    ["is running while the planner is asked", [...BEGUN, ...DONE, askedForAmendment("user")], "running"],
    [
      "is cancelled, whatever waits",
      [...BEGUN, started("a"), failedWith("a", "cancelled"), PROPOSED, CANCELLED],
      "cancelled",
    ],
    [
      "has failed where the planner was to say how it goes on and did not",
      [...BEGUN, ...DONE, askedForAmendment("level"), gaveUp("plan.invalid")],
      "failed",
    ],
    [
      "is done all the same where only the user had asked",
      [...BEGUN, ...DONE, askedForAmendment("user"), gaveUp("plan.invalid")],
      "done",
    ],
  ] as readonly (readonly [string, readonly RunEvent[], string])[])
    it(what, () => equal(phase(...events), expected));

  it("counts it among what waits", () => {
    const { waiting, results } = toRunView(stateAfter(...BEGUN, started("a"), finished("a", "x"), PROPOSED));
    deepEqual([waiting, results], [2, 1]);
  });

  it("has one worker at a time until it says otherwise", () => {
    const sequential = (value: boolean, number: number) => amended(PLAN, of({ sequential: value }), number);
    equal(concurrencyOf(stateAfter(...BEGUN, sequential(true, 1))), 1);
    equal(concurrencyOf(stateAfter(...BEGUN, sequential(true, 1), amended(WITH_C, ADD, 2))), 1);
    equal(concurrencyOf(stateAfter(...BEGUN, sequential(true, 1), sequential(false, 2))), 4);
  });

  it("says each change in words", () => {
    const amendment = of({
      add: [{ id: "c", agent: "testing-agent", model: "haiku", dependencies: ["a"], verify: ["npm test"] }],
      change: [{ id: "b", model: "opus", dependencies: ["c"], verify: ["npm test", "npm run lint"] }],
      drop: ["d"],
      sequential: true,
    });
    const plan = planOf("a", "b: a", "d");
    const { open } = toRunView(stateAfter(...begun(plan), proposedAmendment(amendment))).amendments;
    deepEqual(
      open?.changes.map(({ kind, id, text }) => `${kind} ${id}: ${text}`),
      [
        "added c: tester, haiku after a: c",
        "changed b: model unset → opus; dependencies a → c; verify none → npm test, npm run lint",
        "dropped d: will not be carried out",
        "order : one worker at a time from now on",
      ],
    );
    deepEqual(open?.commands, ["npm test", "npm run lint"]);
    equal(open?.problem, null);
  });
});
