import { deepEqual, throws } from "node:assert/strict";
import { parseCommandLine } from "../../../src/cli/arguments";

describe("--budget", () => {
  const given = (budget: string): unknown => Reflect.get(parseCommandLine(["resume", `--budget=${budget}`]), "budget");

  it("takes dollars, or limits by their names", () => {
    deepEqual(given("2.50"), { usd: 2.5 });
    deepEqual(given("usd=.5,tokens=9000,minutes=1.5"), { usd: 0.5, tokens: 9000, minutes: 1.5 });
  });

  for (const budget of ["0", "", "-1", "1e3", "$2", "tokens=1.5", "euro=2", "__proto__=1", "usd=1,2", "9".repeat(400)])
    it(`does not take "${budget.slice(0, 20)}"`, () => {
      throws(() => given(budget), /--budget takes dollars, or usd=N/u);
    });
});
