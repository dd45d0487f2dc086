import assert from "node:assert/strict";
import { branchName, dollars, duration, planSize, tokens } from "../../../webview/format";

const check = <T>(name: string, format: (value: T) => string, rows: readonly (readonly [T, string])[]) =>
  describe(name, () => {
    for (const [value, expected] of rows) it(expected, () => assert.equal(format(value), expected));
  });

check("tokens", tokens, [
  [0, "0"],
  [999, "999"],
  [1_000, "1k"],
  [12_340, "12.3k"],
  [99_949, "99.9k"],
  [99_950, "100k"],
  [999_499, "999k"],
  [999_500, "1M"],
  [2_345_000, "2.3M"],
]);
check("dollars", dollars, [
  [0, "$0.00"],
  [0.004, "<$0.01"],
  [0.29, "$0.29"],
  [12.345, "$12.35"],
]);
check("duration", duration, [
  [-5, "0s"],
  [400, "0.4s"],
  [9_960, "10s"],
  [45_400, "45s"],
  [59_600, "1m 0s"],
  [130_000, "2m 10s"],
  [3_900_000, "1h 5m"],
]);
check("planSize", ([subtasks, waves]: readonly [number, number]) => planSize(subtasks, waves), [
  [[0, 0], "0 subtasks in 0 waves"],
  [[1, 1], "1 subtask in 1 wave"],
  [[2_000, 12], "2,000 subtasks in 12 waves"],
]);
check("branchName", branchName, [
  ["refs/heads/feature/a", "feature/a"],
  ["refs/tags/v1", "refs/tags/v1"],
]);
