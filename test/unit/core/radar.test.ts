import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { liveKey, type KnownOverlap } from "../../../src/core/review/live-overlap";
import {
  acceptOrder,
  overlapEvent,
  overlapsNow,
  overlapsOf,
  toCompareLive,
  toCompareWith,
} from "../../../src/core/review/radar";
import type { RunState } from "../../../src/core/state/state";
import {
  accepted,
  accepting,
  begun,
  finished,
  planOf,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";

const startedOn = (subtask: string, ...restsOn: readonly string[]): RunEvent =>
  ({ ...started(subtask), restsOn }) as RunEvent;
const found = (a: string, b: string, kind: KnownOverlap["kind"], more: Partial<KnownOverlap> = {}): RunEvent => ({
  type: "overlap.found",
  a,
  b,
  kind,
  files: kind === "none" ? [] : ["x"],
  commits: [`commit-${a}`, `commit-${b}`],
  ...more,
});
const PLAN = planOf("a", "b", "c", "on-a: a", "far: on-a");
const ALL = [
  ...begun(PLAN),
  ...["a", "b", "c"].flatMap((id) => [started(id), finished(id, id === "c" ? "y" : "x")]),
  startedOn("on-a", "a"),
  finished("on-a", "x"),
  startedOn("far", "on-a"),
  finished("far", "x", "y"),
];

describe("which results are compared", () => {
  const rows: readonly (readonly [string, readonly RunEvent[], string, readonly string[]])[] = [
    ["those that share a file", [], "b", ["a", "on-a", "far"]],
    ["not what it was built on, near or far", [], "far", ["b", "c"]],
    ["not what was built on it", [], "a", ["b"]],
    ["not what is decided", [rejected("a"), accepting("on-a"), accepted("on-a")], "b", ["far"]],
    ["not one that is being tried again", [retried("b")], "a", []],
    ["nothing for one that is decided itself", [rejected("b")], "b", []],
    ["nothing for one nobody knows", [], "nobody", []],
  ];
  for (const [what, events, id, expected] of rows)
    it(what, () => deepEqual(toCompareWith(stateAfter(...ALL, ...events), id), expected));

  it("workers at work by what they touched, results by what they change", () => {
    const state = stateAfter(...ALL, retried("b"), started("b", 2), retried("c"), started("c", 2));
    const compared = (touched: Readonly<Record<string, readonly string[]>>, id: string) =>
      toCompareLive(state, id, new Map(Object.entries(touched)));
    deepEqual(compared({ b: ["x"], c: ["x", "z"] }, "b"), ["a", "c", "on-a", "far"]);
    deepEqual(compared({ b: ["z"], c: ["x"] }, "b"), []);
    deepEqual(compared({ b: ["x"] }, "b"), ["a", "on-a", "far"]);
    deepEqual(compared({}, "b"), []);
  });
});

describe("what is known of overlaps", () => {
  const now = (state: RunState) => overlapsNow(state).map(({ a, b, kind }) => `${a}+${b} ${kind}`);
  const live = [retried("b"), started("b", 2)];
  const rows: readonly (readonly [string, readonly RunEvent[], readonly string[]])[] = [
    ["a conflict of two results", [found("a", "b", "conflict")], ["a+b conflict"]],
    [
      "the last look counts, whichever way round",
      [found("a", "b", "conflict"), found("b", "a", "same files")],
      ["b+a same files"],
    ],
    ["a conflict that is gone", [found("a", "b", "conflict"), found("a", "b", "none")], []],
    ["none with another result than was compared", [found("a", "b", "conflict", { commits: ["commit-a", "old"] })], []],
    ["none once a side is decided", [found("a", "b", "conflict"), rejected("a")], []],
    ["none once a side is tried again", [found("a", "b", "conflict"), retried("b")], []],
    [
      "with the attempt that is under way",
      [...live, found("a", "b", "conflict", { commits: ["commit-a", liveKey(2)] })],
      ["a+b conflict"],
    ],
    [
      "not with an attempt of before",
      [...live, found("a", "b", "conflict", { commits: ["commit-a", liveKey(1)] })],
      [],
    ],
  ];
  for (const [what, events, expected] of rows) it(what, () => deepEqual(now(stateAfter(...ALL, ...events)), expected));

  it("is told from either side", () => {
    const state = stateAfter(...ALL, found("a", "b", "conflict"));
    deepEqual(
      ["a", "b", "c"].map((id) => overlapsOf(state, id).map((each) => each.with)),
      [["b"], ["a"], []],
    );
  });

  it("is news only where it is another", () => {
    const state = stateAfter(...ALL, found("a", "b", "conflict"));
    const told = (kind: KnownOverlap["kind"], more: Partial<KnownOverlap> = {}) => {
      const { type: _type, ...look } = { ...found("a", "b", kind, more) } as Extract<
        RunEvent,
        { type: "overlap.found" }
      >;
      return overlapEvent(state, look) !== undefined;
    };
    deepEqual(
      [
        told("conflict"),
        told("same files"),
        told("none"),
        told("conflict", { files: ["y"] }),
        told("conflict", { commits: ["commit-a", "new"] }),
      ],
      [false, true, true, true, true],
    );
    // The same look from the other side.
    equal(told("conflict", { a: "b", b: "a", commits: ["commit-b", "commit-a"] }), false);
  });
});

describe("the order results go in best", () => {
  it("each behind what it rests on, those that conflict with the fewest first", () => {
    const state = stateAfter(...ALL, found("a", "b", "conflict"), found("b", "on-a", "conflict"));
    deepEqual(acceptOrder(state), ["c", "a", "on-a", "far", "b"]);
  });
});
