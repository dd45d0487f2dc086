import assert from "node:assert/strict";
import type * as vscode from "vscode";
import type { RecordedEvent, RunEvent } from "../../src/core/state/events";
import { failure } from "../../src/core/failure";
import { evolve } from "../../src/core/state/fold";
import { initialState, type RunState } from "../../src/core/state/state";
import { toRunView } from "../../src/core/state/view";
import { tellNotices, type NoticeSource } from "../../src/host/notices";
import { answered, asked, begun, created, failedWith, finished, planOf, retried, started } from "../support/builders";

const BOTH = [...begun(planOf("a", "b")), started("a"), started("b")];
const LS: RunEvent = {
  type: "approval.requested",
  key: "k1",
  subtask: "a",
  about: "command",
  source: "worker a",
  commands: ["ls"],
};
const ALLOWED: RunEvent = { type: "approval.answered", key: "k1", answer: "once" };
const WITHDRAWN: RunEvent = { type: "approval.withdrawn", key: "k1" };
const dependencyConflict = (subtask: string): RunEvent => ({
  type: "subtask.failed",
  subtask,
  attempt: 1,
  failure: failure("merge.dependency", "a and b conflict in x.ts."),
  result: null,
});

/** A window with a run in it, and what was told there. */
function openWindow(memento: vscode.Memento, focused = true) {
  const listeners = new Set<() => void>();
  const told: string[] = [];
  let state: RunState | undefined;
  let run: NoticeSource["run"];
  const source: NoticeSource = {
    get run() {
      return run;
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const adopt = (events: readonly RunEvent[]): void => {
    state = fold(initialState(), events);
    const current = (): RunState => state ?? initialState();
    run = {
      id: "r0000001",
      state: current,
      get view() {
        return toRunView(current());
      },
    };
    for (const listener of listeners) listener();
  };
  const telling = tellNotices(source, {
    memento,
    isFocused: () => focused,
    tell: (notice) => void told.push(notice.id),
    tellEnd: (view) => void told.push(`end ${view.phase}`),
  });
  return {
    told,
    adopt,
    happens(...events: readonly RunEvent[]) {
      for (const event of events) {
        state = fold(state ?? initialState(), [event]);
        for (const listener of listeners) listener();
      }
    },
    dispose: () => telling.dispose(),
  };
}

function fold(state: RunState, events: readonly RunEvent[]): RunState {
  return events
    .map((event, i): RecordedEvent => ({ seq: state.seq + i + 1, at: (state.seq + i + 1) * 1000, event }))
    .reduce(evolve, state);
}

function memory(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => (kept.get(key) as T | undefined) ?? otherwise,
    update: (key: string, value: unknown) => {
      kept.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
}

/** Longer than a run may be at rest between two steps. */
const RESTED_MS = 2_000;
const rested = () => new Promise((resolve) => setTimeout(resolve, RESTED_MS));

describe("what the user is told of unasked", () => {
  const rows: readonly (readonly [string, readonly RunEvent[], readonly string[]])[] = [
    ["nothing of a run that goes its way", [finished("a", "x"), failedWith("b", "limit.turns"), retried("b")], []],
    ["a question, once", [asked(1, "a"), finished("b")], ["question 1"]],
    ["each of two", [asked(1, "a"), asked(2, "b")], ["question 1", "question 2"]],
    [
      "the same once more after its answer",
      [asked(1, "a"), answered(1, "x"), asked(2, "a")],
      ["question 1", "question 2"],
    ],
    ["a command that needs a word, once", [LS, finished("b")], ["approval k1"]],
    ["the same for another worker later", [LS, ALLOWED, LS], ["approval k1", "approval k1"]],
    ["a conflict that keeps a subtask from starting", [dependencyConflict("a")], ["conflict 1 a"]],
    [
      "the budget once, however many it stops",
      [failedWith("a", "budget.reached"), failedWith("b", "budget.reached")],
      ["budget"],
    ],
  ];
  for (const [what, events, expected] of rows)
    it(what, () => {
      const w = openWindow(memory());
      w.adopt([created()]);
      w.happens(...BOTH.slice(1), ...events);
      assert.deepEqual(w.told, expected);
      w.dispose();
    });

  it("nothing of what a run needed when it was opened: its user looks at it", () => {
    const w = openWindow(memory());
    w.adopt([...BOTH, asked(1, "a"), LS, dependencyConflict("b")]);
    assert.deepEqual(w.told, []);
    w.dispose();
  });

  it("nothing again after a reload, when the worker asks once more; what is new, and what was answered, yes", () => {
    const memento = memory();
    const before = openWindow(memento);
    before.adopt([created()]);
    before.happens(...BOTH.slice(1), asked(1, "a"), LS, asked(2, "b"), answered(2, "yes"));
    assert.deepEqual(before.told, ["question 1", "approval k1", "question 2"]);
    // The window goes, and with it who asked.
    before.happens(failedWith("a", "run.interrupted"), failedWith("b", "run.interrupted"), WITHDRAWN);
    before.dispose();

    const after = openWindow(memento);
    after.adopt([...BOTH, failedWith("a", "run.interrupted"), failedWith("b", "run.interrupted")]);
    const again = (subtask: string): readonly RunEvent[] => [
      { ...retried(subtask), continues: true } as RunEvent,
      { ...started(subtask), continues: true } as RunEvent,
    ];
    after.happens(...again("a"), ...again("b"), asked(1, "a"), LS);
    assert.deepEqual(after.told, []);
    after.happens(ALLOWED, LS, asked(2, "b"));
    assert.deepEqual(after.told, ["approval k1", "question 2"], "asked anew after a word on it");
    after.dispose();
  });

  it("the end, when nobody looks, and once; not at a rest between two steps", async () => {
    const w = openWindow(memory(), false);
    w.adopt([created()]);
    w.happens(...BOTH.slice(1), finished("a", "x"), finished("b"));
    w.happens({ type: "synthesis.started" });
    await rested();
    assert.deepEqual(w.told, [], "the reports are being brought together");
    w.happens({ type: "synthesis.failed", failure: failure("model.refusal", "No.") });
    await rested();
    assert.deepEqual(w.told, ["end review"]);
    w.dispose();
  });

  it("not the end, when the user looks, when they ended it, or when the budget did", async () => {
    const looked = openWindow(memory());
    const cancelled = openWindow(memory(), false);
    const spent = openWindow(memory(), false);
    for (const w of [looked, cancelled, spent]) {
      w.adopt([created()]);
      w.happens(...BOTH.slice(1));
    }
    looked.happens(finished("a", "x"), finished("b"));
    cancelled.happens({ type: "run.cancelled" }, failedWith("a", "cancelled"), failedWith("b", "cancelled"));
    spent.happens(failedWith("a", "budget.reached"), failedWith("b", "budget.reached"));
    await rested();
    assert.deepEqual([looked.told, cancelled.told, spent.told], [[], [], ["budget"]]);
    for (const w of [looked, cancelled, spent]) w.dispose();
  });

  it("after a stop by the budget: the end of what was tried again, and the next stop", async () => {
    const ended = openWindow(memory(), false);
    const again = openWindow(memory(), false);
    for (const w of [ended, again]) {
      w.adopt([created()]);
      w.happens(...BOTH.slice(1), failedWith("a", "budget.reached"), failedWith("b", "budget.reached"));
      w.happens(retried("b"), { ...started("b"), attempt: 2 } as RunEvent);
    }
    ended.happens({ ...finished("b", "x"), attempt: 2 } as RunEvent);
    again.happens({ ...failedWith("b", "budget.reached"), attempt: 2 } as RunEvent);
    const later = openWindow(memory(), false);
    later.adopt([created()]);
    later.happens(...BOTH.slice(1), failedWith("a", "budget.reached"), failedWith("b", "budget.reached"));
    for (const id of ["a", "b"]) later.happens({ ...retried(id), continues: true } as RunEvent);
    for (const id of ["a", "b"]) later.happens({ ...started(id), continues: true } as RunEvent);
    later.happens(finished("a", "x"), failedWith("b", "budget.reached"));
    await rested();
    assert.deepEqual(
      [ended.told, again.told, later.told],
      [
        ["budget", "end review"],
        ["budget", "budget"],
        ["budget", "budget"],
      ],
    );
    for (const w of [ended, again, later]) w.dispose();
  });
});
