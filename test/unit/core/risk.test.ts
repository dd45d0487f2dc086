import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { FileDiff } from "../../../src/core/review/diff";
import type { ChangedFile, RunEvent } from "../../../src/core/state/events";
import { passingSubtasks } from "../../../src/core/review/passing";
import { isInScope, isTestPath, risksOf, suspicionOf } from "../../../src/core/review/risk";
import { compareRisks } from "../../../src/core/review/risk-order";
import { subtaskState } from "../../../src/core/state/state";
import {
  accepted,
  accepting,
  begun,
  checked,
  failedWith,
  finished,
  planOf,
  rejected,
  retried,
  reviewed,
  started,
  stateAfter,
} from "../../support/builders";

const PLAN = planOf({ id: "a", files: ["src/**"], verify: ["npm test"] }, { id: "b", dependencies: ["a"] });
const B = begun(PLAN);

function finishedWith(subtask: string, ...files: readonly ChangedFile[]): RunEvent {
  const event = finished(subtask, "x");
  return event.type === "subtask.finished"
    ? { ...event, result: { commit: "c", tree: "t", files, executable: [] } }
    : event;
}
const modified = (path: string, more: Partial<ChangedFile> = {}): ChangedFile => ({
  path,
  status: "modified",
  ...more,
});

describe("risks of a result", () => {
  const check = (history: readonly RunEvent[], expected: readonly RegExp[], files: readonly FileDiff[] = []) => {
    const state = stateAfter(...B, started("a"), ...history);
    const a = subtaskState(state, "a");
    ok(a);
    const messages = risksOf(state, a, files).map((risk) => risk.message);
    equal(messages.length, expected.length, messages.join("\n"));
    expected.forEach((words, i) => match(messages[i] ?? "", words));
  };
  const GREEN = checked("a", "npm test", true);

  it("none where it did what it should", () => check([GREEN, finishedWith("a", modified("src/a.ts"))], []));
  it("a set-up that failed", () =>
    check(
      [
        {
          type: "setup.completed",
          subtask: "a",
          attempt: 1,
          steps: [{ kind: "command", name: "npm ci", outcome: "failed", reason: "exit code 1", durationMs: 1 }],
          durationMs: 1,
        },
        GREEN,
        finishedWith("a", modified("src/a.ts")),
      ],
      [/set-up of its worktree failed: npm ci \(exit code 1\)/u],
    ));
  it("a deleted test", () =>
    check(
      [GREEN, finishedWith("a", modified("src/a.test.ts", { status: "deleted" }))],
      [/Deletes tests: src\/a\.test\.ts/u],
    ));
  it("a test renamed to something nobody runs", () =>
    check(
      [GREEN, finishedWith("a", modified("src/a.old", { status: "renamed", from: "src/a.test.ts" }))],
      [/Deletes tests: src\/a\.test\.ts/u],
    ));
  it("a file out of scope, also as the source of a rename", () =>
    check(
      [GREEN, finishedWith("a", modified("lib/x.ts"), modified("src/y.ts", { status: "renamed", from: "lib/y.ts" }))],
      [/plan did not give it: lib\/x\.ts, src\/y\.ts/u],
    ));
  it("a red check", () =>
    check([checked("a", "npm test", false), finishedWith("a", modified("src/a.ts"))], [/Fails "npm test"/u]));
  it("a check that never ran", () => check([finishedWith("a", modified("src/a.ts"))], [/not checked by `npm test`/u]));
  it("an end without success", () =>
    check([failedWith("a", "limit.turns", "src/a.ts")], [/Did not finish: a failed/u]));
  it("findings left open", () =>
    check([GREEN, reviewed("a", 1, "too short"), finishedWith("a", modified("src/a.ts"))], [/left a finding open/u]));
  it("much of it", () =>
    check([GREEN, finishedWith("a", modified("src/a.ts", { added: 900 }))], [/Is large: 900 lines in 1 file\./u]));
  it("configuration first", () =>
    check(
      [GREEN, finished("a", ".husky/pre-commit", "src/a.test.ts")],
      [/Changes \.husky\/pre-commit: git runs it as a hook/u, /plan did not give it/u],
    ));

  const weaker = (added: string, deleted: string): FileDiff => ({
    path: "src/a.test.ts",
    status: "modified",
    binary: false,
    hunks: [
      {
        oldStart: 1,
        oldLines: 1,
        newStart: 1,
        newLines: 1,
        heading: "",
        lines: [
          { kind: "deleted", text: deleted },
          { kind: "added", text: added },
        ],
      },
    ],
  });
  const table: readonly (readonly [string, string, string, boolean])[] = [
    ["a test that is skipped now", "it.skip('x', () => {", "it('x', () => {", true],
    ["only one test that runs", "describe.only('x', () => {", "describe('x', () => {", true],
    ["an assertion that went", "const a = 1;", "assert.equal(a, 1);", true],
    ["an assertion for another", "expect(a).toBe(2);", "expect(a).toBe(1);", false],
    ["a skip that went", "it('x')", "it.skip('x')", false],
  ];
  for (const [name, added, deleted, isWeaker] of table)
    it(name, () =>
      check(
        [GREEN, finishedWith("a", modified("src/a.test.ts"))],
        isWeaker ? [/Skips tests or drops assertions: src\/a\.test\.ts/u] : [],
        [weaker(added, deleted)],
      ),
    );

  it("put results in order", () => {
    const [config, big, none] = [
      [{ kind: "executable", message: "", paths: [] }],
      [{ kind: "size", message: "", paths: [] }],
      [],
    ] as const;
    deepEqual([none, big, config].toSorted(compareRisks), [config, big, none]);
  });
});

describe("names", () => {
  for (const path of ["test/a.ts", "src/__tests__/a.ts", "a.test.ts", "pkg/test_x.py", "x_test.go", "FooTest.java"])
    it(`${path} is a test`, () => ok(isTestPath(path)));
  for (const path of ["src/latest.ts", "contest/a.ts", "src/testing.ts"])
    it(`${path} is none`, () => ok(!isTestPath(path)));
  it("are in scope by pattern, name or folder", () =>
    deepEqual(
      [
        isInScope("src/a/b.ts", ["src/**"]),
        isInScope("src/a.ts", ["src/a.ts"]),
        isInScope("docs/x.md", ["docs"]),
        isInScope("any", []),
        isInScope("srcs/a.ts", ["src"]),
      ],
      [true, true, true, true, false],
    ));
});

describe("what nobody should take without a look", () => {
  const lines = (...texts: readonly string[]): FileDiff => ({
    path: "src/a.ts",
    status: "modified",
    binary: false,
    hunks: [
      {
        oldStart: 1,
        oldLines: 0,
        newStart: 1,
        newLines: texts.length,
        heading: "",
        lines: texts.map((text) => ({ kind: "added", text })),
      },
    ],
  });
  const file = (result: number | null): FileDiff => ({
    path: "a.bin",
    status: "modified",
    binary: true,
    hunks: [],
    ...(result === null ? {} : { bytes: { base: 1, result } }),
  });
  const check = (files: readonly FileDiff[], words: RegExp | undefined) =>
    words === undefined ? equal(suspicionOf(files), undefined) : match(suspicionOf(files) ?? "", words);
  it("is not a plain change", () => check([lines("const a = 1;"), file(1_000)], undefined));
  it("is what looks like a secret, or deceives the eye", () =>
    check([lines("AKIAIOSFODNN7EXAMPLE", "a\u200bb")], /^it holds .* key of AWS: src\/a\.ts\. It adds characters/u));
  it("is what is too large to be looked through, or of a size nobody knows", () => {
    check([file(20_000_000)], /^it is too large/u);
    check([file(null)], /^it is too large/u);
  });
});

describe("what passes", () => {
  const check = (
    history: readonly RunEvent[],
    accept: readonly string[],
    left: readonly RegExp[],
    also?: "failed",
    suspicious: ReadonlyMap<string, string> = new Map(),
  ) => {
    const passing = passingSubtasks(stateAfter(...B, started("a"), ...history), suspicious, also);
    deepEqual(passing.accept, accept);
    equal(passing.left.length, left.length, JSON.stringify(passing.left));
    left.forEach((words, i) => match(`${passing.left[i]?.subtask}: ${passing.left[i]?.reason}`, words));
  };
  const GREEN = checked("a", "npm test", true);
  const DONE = [GREEN, finishedWith("a", modified("src/a.ts")), finished("b", "b.ts")];
  it("all that finished", () => check(DONE, ["a", "b"], []));
  it("not one whose review left something open, nor what rests on it", () =>
    check([reviewed("a", 1, "short"), ...DONE], [], [/^a: its review left findings open/u, /^b: it rests on a/u]));
  it("not one that none of its checks was run on", () =>
    check(DONE.slice(1), [], [/^a: `npm test` was not run on it/u, /^b: it rests on a/u]));
  it("not one whose accept was undone, whatever is asked, until it is another", () => {
    const undone: RunEvent = { type: "undo.completed", subtask: "a", commit: "r" };
    const back = [...DONE, accepting("a"), accepted("a"), undone];
    const stay = [/^a: its accept was undone/u, /^b: it rests on a/u];
    check(back, [], stay);
    check(back, [], stay, "failed");
    check([...back, retried("a"), started("a"), ...DONE.slice(0, 2)], ["a", "b"], []);
  });
  it("not one that failed, unless asked", () => {
    const failed = [failedWith("a", "limit.turns", "src/a.ts"), finished("b", "b.ts")];
    check(failed, [], [/^a: it did not finish/u, /^b: it rests on a/u]);
    check(failed, ["a", "b"], [], "failed");
  });
  it("not configuration, whatever was asked", () => {
    check([GREEN, finished("a", ".npmrc")], [], [/^a: it changes \.npmrc \(the package manager obeys it\)/u], "failed");
  });
  it("not what is suspicious, nor what rests on it, whatever was asked", () => {
    const found = new Map([["a", "it holds what looks like a key of AWS: src/a.ts."]]);
    check(DONE, [], [/^a: it holds what looks like a key of AWS/u, /^b: it rests on a/u], "failed", found);
    const { left } = passingSubtasks(stateAfter(...B, started("a"), ...DONE), found);
    deepEqual(
      left.map(({ byName }) => byName),
      [true, false],
    );
  });
  it("not what was decided", () => check([...DONE, rejected("a")], ["b"], []));
});
