import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { BraidError } from "../../../src/core/failure";
import { effortsIn, pricesIn, webDomainsIn } from "../../../src/host/model/model-settings";
import { PRICES, priceOf } from "../../../src/model/prices";

describe("settings about models", () => {
  it("that are not there change nothing", () => {
    for (const none of [undefined, null]) {
      deepEqual(effortsIn(none), {});
      equal(pricesIn(none), PRICES);
      equal(webDomainsIn(none), undefined);
    }
    equal(webDomainsIn([]), undefined);
  });
  it("that are understood", () => {
    deepEqual(effortsIn({ planner: "max", "*": "low" }), { planner: "max", "*": "low" });
    equal(priceOf("mine", pricesIn({ mine: { input: 1, output: 2 } }))?.output, 2);
    deepEqual(webDomainsIn(["Example.com"]), ["example.com"]);
  });
  for (const [name, read, words] of [
    ["a list of efforts", () => effortsIn([]), /braid\.roles\.effort cannot be used\. It is an object like/u],
    ["an effort there is not", () => effortsIn({ planner: "huge" }), /The effort of planner is one of low/u],
    [
      "a price in words",
      () => pricesIn({ m: { input: "1", output: 2 } }),
      /braid\.model\.prices cannot be used\. m\.input/u,
    ],
    ["a domain by itself", () => webDomainsIn("example.com"), /It is a list like \["example\.com"\]/u],
    [
      "an address",
      () => webDomainsIn(["https://example.com"]),
      /braid\.web\.allowedDomains cannot be used\. .*is no domain/u,
    ],
    ["a domain that is a number", () => webDomainsIn([3]), /3 is no domain/u],
  ] as const)
    it(`${name} is refused with words`, () =>
      throws(read, (error) => {
        ok(error instanceof BraidError);
        equal(error.failure.code, "setting.invalid");
        match(error.failure.message, words);
        return true;
      }));
});
