import { deepEqual, equal, match } from "node:assert/strict";
import { addUsage, costText, NO_USAGE, type Usage } from "../../../src/core/usage";
import { withOwnPrices } from "../../../src/model/own-prices";
import { costOf, priceOf } from "../../../src/model/prices";

describe("prices of one's own", () => {
  const prices = (value: unknown) => {
    const own = withOwnPrices(value);
    if (!own.ok) throw new Error(own.problem);
    return own.prices;
  };
  for (const [value, model, input] of [
    [{ mine: { input: 1, output: 2 } }, "mine", 1],
    [{ mine: { input: 1, output: 2 } }, "mine-20260101", 1],
    [{ mine: { input: 1, output: 2 } }, "minefield", undefined],
    [{ "a.b/c+d": { input: 1, output: 2 } }, "a.b/c+d", 1],
    [{ "a.b": { input: 1, output: 2 } }, "axb", undefined],
    [{ "claude-opus-5-5": { input: 9, output: 2 } }, "claude-opus-5-5", 9],
    [{ opus: { input: 9, output: 2 } }, "claude-opus-5-5", 9],
    [{ mine: { input: 0, output: 0 } }, "claude-opus-5-5", 4],
    [{ __proto__x: { input: 3, output: 2 } }, "__proto__x", 3],
  ] as const)
    it(`${JSON.stringify(value)}: ${model} ${input}`, () => equal(priceOf(model, prices(value))?.input, input));

  it("cached tokens cost as much as others where nothing is said of them", () => {
    const million = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 1e6, cacheWriteTokens: 1e6 };
    equal(costOf("mine", million, prices({ mine: { input: 3, output: 0 } })), 6);
    equal(costOf("mine", million, prices({ mine: { input: 3, output: 0, cacheRead: 1, cacheWrite: 0 } })), 1);
  });

  for (const [value, words] of [
    [[], /expected record, received array.*Prices are like/u],
    ["x", /expected record/u],
    [{ m: 3 }, /^m: .*expected object/u],
    [{ m: { input: 1 } }, /^m\.output: /u],
    [{ m: { input: -1, output: 1 } }, /^m\.input: .*>=0/u],
    [{ m: { input: "1", output: 1 } }, /^m\.input: .*expected number/u],
    [{ m: { input: 1, output: 1, cached: 1 } }, /^m: .*"cached"/u],
    [{ " ": { input: 1, output: 1 } }, /Prices are like/u],
  ] as const)
    it(`${JSON.stringify(value)} is refused`, () => {
      const own = withOwnPrices(value);
      match(own.ok ? "taken" : own.problem, words);
    });
});

describe("what is told of a cost", () => {
  const dollars = (usd: number) => `$${usd}`;
  const unknown: Usage = { ...NO_USAGE, inputTokens: 1500, unpricedTokens: 1500 };
  const known: Usage = { ...NO_USAGE, usd: 2 };
  for (const [usage, text] of [
    [NO_USAGE, "$0"],
    [known, "$2"],
    [unknown, "price unknown"],
    [{ ...known, estimatedTokens: 3 }, "about $2"],
    [addUsage({ ...known, estimatedTokens: 3 }, known), "about $4"],
    [addUsage(unknown, known), "$2 and 1,500 tokens of unknown price"],
    [addUsage(unknown, addUsage(unknown, known)), "$2 and 3,000 tokens of unknown price"],
  ] as const)
    it(text, () => equal(costText(usage, dollars), text));
  it("a sum of known costs says nothing of unknown ones", () => deepEqual(addUsage(known, NO_USAGE), known));
});
