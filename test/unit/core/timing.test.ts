import { deepEqual, equal } from "node:assert/strict";
import { timePlan } from "../../../src/core/gate/timing";
import { estimateMs } from "../../../src/core/plan/schedule";
import { planOf, type Sketch } from "../../support/builders";

const time = (workers: number, ...sketches: readonly (string | Sketch)[]) => {
  const t = timePlan(planOf(...sketches).subtasks, { msOf: estimateMs, workers });
  const minutes = (ms: number) => ms / 60_000;
  return [minutes(t.sequentialMs), minutes(t.parallelMs), minutes(t.criticalMs), t.criticalPath.join(" ")];
};
const of = (id: string, minutes: number, ...dependencies: readonly string[]): Sketch => ({
  id,
  estimated_time: `${minutes}min`,
  dependencies,
});

describe("the time a plan takes: one after the other, with workers, and along its longest path", () => {
  const table: readonly (readonly [string, number, readonly (string | Sketch)[], readonly (number | string)[]])[] = [
    ["one", 4, [of("a", 20)], [20, 20, 20, "a"]],
    ["a quarter of an hour unless it says so", 4, ["a"], [15, 15, 15, "a"]],
    ["a pipeline", 4, [of("a", 20), of("b", 30, "a")], [50, 50, 50, "a b"]],
    ["three side by side", 4, [of("a", 20), of("b", 30), of("c", 10)], [60, 30, 30, "b"]],
    ["three, one worker", 1, [of("a", 20), of("b", 30), of("c", 10)], [60, 60, 30, "b"]],
    ["three, two workers", 2, [of("a", 20), of("b", 30), of("c", 10)], [60, 30, 30, "b"]],
    ["a diamond", 4, [of("a", 10), of("b", 20, "a"), of("c", 30, "a"), of("d", 5, "b", "c")], [65, 45, 45, "a c d"]],
    ["the longest path first", 2, [of("s1", 10), of("s2", 10), of("l", 10), of("m", 20, "l")], [50, 30, 30, "l m"]],
    [
      "the same file one after the other",
      4,
      [
        { ...of("a", 20), files: ["x"] },
        { ...of("b", 20), files: ["x"] },
      ],
      [40, 40, 20, "a"],
    ],
    [
      "the same pattern at the same time",
      4,
      [
        { ...of("a", 20), files: ["x/*"] },
        { ...of("b", 20), files: ["x/*"] },
      ],
      [40, 20, 20, "a"],
    ],
  ];
  for (const [what, workers, sketches, expected] of table)
    it(what, () => deepEqual(time(workers, ...sketches), expected));

  it("1,000 side by side on four workers", () =>
    equal(time(4, ...Array.from({ length: 1000 }, (_, i) => `s${i}`))[1], 250 * 15));
});
