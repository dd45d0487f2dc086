import assert from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { subtasksOf } from "../../../src/core/state/view";
import { chooseSelected, follow, neighbour, queueGroups } from "../../../src/protocol/queue-order";
import type { ReviewComment } from "../../../src/core/review/review-comment";
import { reuse } from "../../../webview/reuse";
import {
  diffKey,
  EMPTY_STATE,
  MAX_KEPT_DIFFS,
  reduce,
  whatChanged,
  type DiffState,
  type PanelState,
} from "../../../webview/state";
import { FakeSource } from "../../e2e/panel/fake-source";
import { halfwayRun, proposedRun } from "../../e2e/panel/fixture";

const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value));

function started(source: FakeSource, remembered: string | null = null): PanelState {
  const snapshot = { view: wire(source.view), preview: null, readOnly: null, selected: null, activity: {} };
  return reduce(EMPTY_STATE, { type: "snapshot", snapshot, remembered });
}

const isAboutForm = (event: RunEvent): boolean => event.type === "subtask.finished" && event.subtask === "login-form";
const FORM_DONE = halfwayRun().filter(isAboutForm);

/** As far as two are at work and nothing waits. */
function asRunning(): readonly RunEvent[] {
  const events = halfwayRun();
  return events.slice(
    0,
    events.findLastIndex((event) => event.type === "subtask.started" && event.subtask === "login-form") + 1,
  );
}

describe("the panel's state", () => {
  it("shows what waits first, then wave by wave", () => {
    assert.deepEqual(
      queueGroups(new FakeSource(halfwayRun()).view).map((group) => [
        group.wave ?? group.key,
        group.subtasks.map((s) => s.id),
      ]),
      [
        ["waiting", ["session-store", "rate-limit", "login-form"]],
        [1, ["auth-design"]],
        [3, ["auth-tests"]],
        [4, ["security-review"]],
      ],
    );
  });

  it("says what was opened, and leaves a decision that is under way alone", () => {
    const busy = reduce(started(new FakeSource(halfwayRun())), { type: "began", about: "session-store" });
    const said = reduce(busy, { type: "said", said: "Diff editor opened." });
    assert.deepEqual([said.said, [...said.busy]], ["Diff editor opened.", ["session-store"]]);
  });

  const chosen: readonly (readonly [string, FakeSource, string | null, string | null])[] = [
    ["the wanted one", new FakeSource(halfwayRun()), "auth-tests", "auth-tests"],
    ["what waits, for one that is gone", new FakeSource(halfwayRun()), "gone", "session-store"],
    ["the first of a proposed plan", new FakeSource(proposedRun()), null, "auth-design"],
    ["none before there is a plan", new FakeSource(proposedRun().slice(0, 1)), null, null],
  ];
  for (const [name, source, wanted, expected] of chosen)
    it(`selects ${name}`, () => assert.equal(chooseSelected(source.view, wanted), expected));

  const followed: readonly (readonly [string, FakeSource, string | null, string | null])[] = [
    ["who waits for the user, from who is at work", new FakeSource(halfwayRun()), "auth-tests", "session-store"],
    ["the one on show, where it waits as well", new FakeSource(halfwayRun()), "login-form", "login-form"],
    ["who is at work, where nobody waits", new FakeSource(asRunning()), "auth-design", "session-store"],
    ["the one at work on show, of several", new FakeSource(asRunning()), "login-form", "login-form"],
    ["the one on show, where nothing has begun", new FakeSource(proposedRun()), "security-review", "security-review"],
    ["the first, for one that is gone", new FakeSource(proposedRun()), "gone", "auth-design"],
  ];
  for (const [name, source, shown, expected] of followed)
    it(`follows ${name}`, () => assert.equal(follow(source.view, shown), expected));

  it("follows the run until the user picks a subtask or reads one", () => {
    const source = new FakeSource(asRunning());
    const seen = (state: PanelState) =>
      reduce(state, { type: "view", view: wire(source.view), preview: null, readOnly: null });
    const before = started(source);
    assert.deepEqual([before.selected, before.picked], ["session-store", false]);
    const reading = reduce(before, { type: "stays" });
    const picking = reduce(before, { type: "select", subtask: "auth-tests" });
    for (const event of FORM_DONE) source.record(event);
    assert.equal(seen(before).selected, "login-form");
    assert.equal(seen(reading).selected, "session-store");
    assert.equal(seen(picking).selected, "auth-tests");
    assert.equal(reduce(EMPTY_STATE, { type: "stays" }).picked, false);
  });

  const steps: readonly (readonly [string | null, number, string])[] = [
    ["session-store", 1, "rate-limit"],
    ["session-store", -1, "session-store"],
    ["security-review", 1, "security-review"],
    ["auth-design", -1, "login-form"],
    ["gone", 1, "session-store"],
    ["auth-design", 99, "security-review"],
  ];
  for (const [from, step, to] of steps)
    it(`goes from ${from} by ${step} to ${to}`, () =>
      assert.equal(neighbour(new FakeSource(halfwayRun()).view, from, step), to));

  it("remembers the selection over a reload, unless the host has another", () => {
    const source = new FakeSource(halfwayRun());
    assert.equal(started(source, "rate-limit").selected, "rate-limit");
    const snapshot = { view: source.view, preview: null, readOnly: null, selected: "login-form", activity: {} };
    assert.equal(reduce(EMPTY_STATE, { type: "snapshot", snapshot, remembered: "rate-limit" }).selected, "login-form");
  });

  it("keeps the identity of every subtask that did not change", () => {
    const source = new FakeSource(halfwayRun());
    const before = started(source);
    source.record({ type: "subtask.rejected", subtask: "login-form", reason: "no" });
    const after = reduce(before, { type: "view", view: wire(source.view), preview: null, readOnly: null });
    const ids = (state: PanelState) => new Map(state.view === null ? [] : subtasksOf(state.view).map((s) => [s.id, s]));
    const changed = [...ids(after)].filter(([id, s]) => ids(before).get(id) !== s).map(([id]) => id);
    // What waits for it hears that it waits in vain.
    assert.deepEqual(changed, ["login-form", "auth-tests"]);
  });

  it("says what a change means", () => {
    const source = new FakeSource(halfwayRun());
    const before = source.view;
    source.record({ type: "subtask.rejected", subtask: "login-form", reason: "no" });
    assert.equal(whatChanged(before, source.view), "login-form: Rejected.");
    assert.equal(whatChanged(source.view, source.view), "");
    const proposed = new FakeSource(proposedRun());
    const old = proposed.view;
    proposed.record({ type: "run.cancelled" });
    assert.match(whatChanged(old, proposed.view), /Run: Cancelled\.$/u);
  });

  it("shows a problem until the next try", () => {
    const problem = failure("target.moved", "main moved.");
    let state = reduce(started(new FakeSource(halfwayRun())), { type: "began", about: "login-form" });
    assert.equal(state.busy.has("login-form"), true);
    state = reduce(state, { type: "failed", about: "login-form", failure: problem });
    assert.deepEqual([state.busy.size, state.problems.get("login-form")], [0, problem]);
    const dismissed = reduce(state, { type: "dismissed", about: "login-form", message: problem.message });
    assert.deepEqual([dismissed.problems.size, dismissed.dismissed.get("login-form")], [0, "main moved."]);
    assert.equal(reduce(dismissed, { type: "began", about: "login-form" }).dismissed.size, 0);
    state = reduce(state, { type: "began", about: "login-form" });
    assert.equal(state.problems.size, 0);
    assert.equal(reduce(state, { type: "done", about: "login-form", said: "Done." }).said, "Done.");
  });

  it("keeps the latest diffs", () => {
    let state = EMPTY_STATE;
    for (let i = 0; i <= MAX_KEPT_DIFFS; i += 1)
      state = reduce(state, { type: "diff", key: diffKey(`s${i}`, "c"), diff: { kind: "loading", stale: false } });
    assert.equal(state.diffs.size, MAX_KEPT_DIFFS);
    assert.equal(state.diffs.has("s0@c"), false);
    state = reduce(state, { type: "diff", key: "s1@c", diff: { kind: "loading", stale: false } });
    assert.equal([...state.diffs.keys()].at(-1), "s1@c");
  });

  describe("of a large result on its way", () => {
    const file = { path: "a.ts", viewed: false };
    const review = { subtask: "rate-limit", commit: "c", files: [file], comments: [], choices: [], taken: null };
    const key = diffKey("rate-limit", "c");
    const put = (state: PanelState, diff: object) => reduce(state, { type: "diff", key, diff: diff as DiffState });
    const put3 = (at: "loading" | "head", happens: (state: PanelState) => PanelState) => {
      let state = put(started(new FakeSource(halfwayRun())), { kind: "loading", stale: false });
      if (at === "loading") state = happens(state);
      state = put(state, { kind: "head", head: review, stale: false });
      if (at === "head") state = happens(state);
      return put(state, { kind: "shown", review, stale: false }).diffs.get(key);
    };
    const decided = (state: PanelState) => {
      const source = new FakeSource(halfwayRun());
      source.record({ type: "subtask.rejected", subtask: "login-form", reason: "no" });
      return reduce(state, { type: "view", view: wire(source.view), preview: null, readOnly: null });
    };
    const ways: readonly (readonly [string, "loading" | "head", (state: PanelState) => PanelState, boolean])[] = [
      ["a decision elsewhere before its head came makes it out of date", "loading", decided, true],
      ["a decision elsewhere after its head came makes it out of date", "head", decided, true],
      ["nothing that happens leaves it as it was asked for", "head", (state) => state, false],
      [
        "asked for anew it is what is so now",
        "head",
        (state) =>
          put(put(decided(state), { kind: "loading", stale: false }), { kind: "head", head: review, stale: false }),
        false,
      ],
    ];
    for (const [name, at, happens, expected] of ways)
      it(name, () => {
        const shown = put3(at, happens);
        assert.deepEqual([shown?.kind, shown?.kind === "failed" ? null : shown?.stale], ["shown", expected]);
      });

    it("what is marked or said in its head is seen there", () => {
      let state = put(started(new FakeSource(halfwayRun())), { kind: "head", head: review, stale: false });
      state = reduce(state, { type: "viewed", key, path: "a.ts", viewed: true });
      const comments = [{ id: "1" }] as unknown as readonly ReviewComment[];
      state = reduce(state, { type: "comments", commit: "c", comments });
      const diff = state.diffs.get(key);
      assert.ok(diff?.kind === "head");
      assert.deepEqual([diff.head.files[0]?.viewed, diff.head.comments], [true, comments]);
    });
  });

  it("keeps activity by subtask, whatever the subtask is called", () => {
    let state = reduce(EMPTY_STATE, { type: "activity", subtask: "__proto__", line: "one" });
    state = reduce(state, { type: "activity", subtask: "__proto__", line: "two" });
    assert.deepEqual([...state.activity], [["__proto__", "two"]]);
  });
});

describe("reuse", () => {
  const rows: readonly (readonly [string, unknown, unknown, boolean])[] = [
    ["equal objects", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    ["another value", { a: 1 }, { a: 2 }, false],
    ["a key more", { a: 1 }, { a: 1, b: undefined }, false],
    ["a key less", { a: 1, b: 2 }, { a: 1 }, false],
    ["another key of the same value", { a: undefined }, { b: undefined }, false],
    ["a shorter list", [1, 2], [1], false],
    ["a list for an object", { 0: 1 }, [1], false],
    ["null", { a: null }, { a: null }, true],
    ["an inherited key", {}, { constructor: Object }, false],
  ];
  for (const [name, before, after, same] of rows)
    it(name, () => {
      const result = reuse(before, after);
      assert.equal(result === before, same);
      assert.deepEqual(result, after);
    });

  it("shares the parts that are equal", () => {
    const before = { kept: { a: 1 }, changed: { b: 1 } };
    const after = reuse(before, { kept: { a: 1 }, changed: { b: 2 } });
    assert.equal(after.kept, before.kept);
    assert.notEqual(after.changed, before.changed);
  });

  it("does not touch a prototype", () => {
    const after = reuse({}, JSON.parse('{"__proto__":{"admin":true}}'));
    assert.equal(Object.getPrototypeOf(after), Object.prototype);
    assert.equal("admin" in {}, false);
  });
});
