import { deepEqual, equal } from "node:assert/strict";
import { effortOf, type Efforts, parseEfforts } from "../../../src/core/effort";

describe("the effort of a role", () => {
  const chosen: Efforts = { "*": "low", planner: "max" };
  for (const [role, own, given, expected] of [
    ["tester", "medium", {}, "medium"],
    ["tester", undefined, {}, undefined],
    ["tester", "medium", chosen, "low"],
    ["planner", "high", chosen, "max"],
    ["toString", undefined, {}, undefined],
    ["__proto__", "low", {}, "low"],
  ] as const)
    it(`${role}, ${own} by itself, ${JSON.stringify(given)} chosen: ${expected}`, () =>
      equal(effortOf(role, own, given), expected));
});

describe("efforts as users write them", () => {
  const check = (entries: readonly (readonly [string, unknown])[], expected: Efforts | string) =>
    it(JSON.stringify(entries), () => {
      const parsed = parseEfforts(entries);
      deepEqual(parsed.ok ? parsed.efforts : parsed.problem, expected);
    });
  check([], {});
  check([["planner", "max"]], { planner: "max" });
  check([["planning-agent", "xhigh"]], { architect: "xhigh" });
  check([["my-own.role", "low"]], { "my-own.role": "low" });
  check([["*", "high"]], { "*": "high" });
  check([["planner", "HIGH"]], 'The effort of planner is one of low, medium, high, xhigh, max, not "HIGH".');
  check([["planner", 3]], "The effort of planner is one of low, medium, high, xhigh, max, not 3.");
  check([["planner", null]], "The effort of planner is one of low, medium, high, xhigh, max, not null.");
  check([["", "low"]], '"" is not the name of a role.');
  check([["../x", "low"]], '"../x" is not the name of a role.');
  check([["__proto__", "low"]], '"__proto__" is not the name of a role.');
});
