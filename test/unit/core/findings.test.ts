import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { countFindings, findingPath, findingsOf } from "../../../src/core/findings";
import type { Finding, Report } from "../../../src/core/report";
import { toRunView } from "../../../src/core/state/view";
import { begun, finished, planOf, rejected, retried, reviewed, started, stateAfter } from "../../support/builders";

const finding = (message: string, more: Partial<Finding> = {}): Finding => ({
  file: "a.ts",
  line: 1,
  severity: "warning",
  message,
  ...more,
});
const report = (...findings: readonly Finding[]): Report => ({
  summary: "s",
  files: [],
  findings: [...findings],
  decisions: [],
  open_points: [],
});
const reports = (subtask: string, ...findings: readonly Finding[]): RunEvent => ({
  type: "subtask.finished",
  subtask,
  attempt: 1,
  report: report(...findings),
  result: null,
});
const found = (...events: readonly RunEvent[]) =>
  findingsOf(toRunView(stateAfter(...begun(planOf({ id: "a", agent: "reviewer" }, "b")), ...events)));
const messages = (...events: readonly RunEvent[]) => found(...events).map((f) => f.message);

describe("the findings of a run", () => {
  it("say who found them, in which commit, and what to do", () =>
    deepEqual(found(started("a"), reports("a", finding("bad", { fix: "mend it" }))), [
      {
        subtask: "a",
        role: "reviewer",
        commit: "base",
        file: "a.ts",
        line: 1,
        severity: "warning",
        message: "bad",
        fix: "mend it",
      },
    ]));
  it("come worst first, and in the order of the plan", () =>
    deepEqual(
      messages(
        started("a"),
        reports("a", finding("w"), finding("i", { severity: "info" }), finding("e", { severity: "error" })),
        started("b"),
        reports("b", finding("w2")),
      ),
      ["e", "w", "w2", "i"],
    ));
  it("count lines in a worker's result where it left one", () => {
    const event = { ...finished("b", "a.ts"), report: report(finding("odd")) } as RunEvent;
    equal(found(started("b"), event)[0]?.commit, "commit-b");
  });
  it("hold what a review left open", () => {
    const [f] = found(started("b"), reviewed("b", 1, "wrong"), finished("b", "a.ts"));
    deepEqual([f?.message, f?.role, f?.severity], ["wrong", "reviewer", "error"]);
  });
  it("hold each thing once, whoever said it", () =>
    deepEqual(
      messages(
        started("a"),
        reports(
          "a",
          finding("Same  thing."),
          finding("same thing", { file: "./a.ts" }),
          finding("same thing", { line: 2 }),
        ),
        { type: "synthesis.started" },
        { type: "synthesis.completed", report: report(finding("Same thing")), commit: "c" },
      ),
      ["Same  thing.", "same thing"],
    ));
  it("hold the synthesis's own, in the commit it looked at", () => {
    const [f] = found(
      { type: "synthesis.started" },
      { type: "synthesis.completed", report: report(finding("both")), commit: "c" },
    );
    deepEqual([f?.subtask, f?.role, f?.commit], [null, "synthesizer", "c"]);
  });
  it("of a rejected, a retried and a running subtask are none", () => {
    const done = [started("a"), reports("a", finding("bad"))];
    deepEqual(messages(...done, rejected("a")), []);
    deepEqual(messages(...done, retried("a")), []);
    deepEqual(messages(...done, retried("a"), started("a", 2)), []);
  });
  it("of a synthesis that a new start overtook are none", () =>
    deepEqual(
      messages(
        { type: "synthesis.started" },
        { type: "synthesis.completed", report: report(finding("x")) },
        started("a"),
      ),
      [],
    ));
});

it("findings are counted by severity", () => {
  const of = (...severities: readonly Finding["severity"][]) =>
    countFindings(
      found(started("a"), reports("a", ...severities.map((severity, i) => finding(`m${i}`, { severity })))),
    );
  equal(of(), "");
  equal(of("info", "error", "info"), "1 error, 2 info");
  equal(of("warning", "error", "error", "warning"), "2 errors, 2 warnings");
});

describe("the path a finding means", () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ["src/a.ts", "src/a.ts"],
    ["./src/a.ts", "src/a.ts"],
    ["/home/u/.cache/braid/0a1b2c3d/r0abcdef-1-1/tree/src/a.ts", "src/a.ts"],
    ["/c/r0abcdef-synthesis/tree/x", "x"],
    ["/etc/passwd", undefined],
    ["../x", undefined],
    ["src/../../x", undefined],
    ["/c/r0abcdef-1-1/tree/../../x", undefined],
    [".git/config", undefined],
    ["a/.GIT/hooks/x", undefined],
    ["C:\\windows\\x", undefined],
    ["a\u0000b", undefined],
    ["", undefined],
    [".", undefined],
    ["a//b", undefined],
    ["a/".repeat(3_000), undefined],
  ];
  for (const [file, path] of table)
    it(`of ${JSON.stringify(file.slice(0, 40))} is ${path ?? "none"}`, () => equal(findingPath(file), path));
});
