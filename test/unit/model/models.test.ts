import { deepEqual, equal } from "node:assert/strict";

import { MODEL_ALIASES, modelLimits, resolveModel } from "../../../src/model/models";
import { PRICES_DATE, costOf, hasPrice, priceOf } from "../../../src/model/prices";

describe("model names", () => {
  for (const [name, id] of [
    ["opus", "claude-opus-5-5"],
    ["Sonnet", "claude-sonnet-5-5"],
    [" haiku ", "claude-haiku-5-5"],
    ["claude-opus-4-5-20251101", "claude-opus-4-5-20251101"],
    ["my-gateway/model", "my-gateway/model"],
  ] as const)
    it(`${JSON.stringify(name)} is ${id}`, () => equal(resolveModel(name), id));

  it("every alias has a price and room for more than an unknown model", () => {
    for (const alias of MODEL_ALIASES) {
      equal(hasPrice(resolveModel(alias)), true, alias);
      equal(modelLimits(alias).contextTokens > modelLimits("unknown").contextTokens, true, alias);
    }
  });
});

describe("model limits", () => {
  for (const [model, contextTokens, maxOutputTokens] of [
    ["opus", 1_000_000, 128_000],
    ["claude-sonnet-5", 1_000_000, 128_000],
    ["claude-haiku-4-5-20251001", 200_000, 64_000],
    ["claude-haiku-50", 200_000, 32_000],
  ] as const)
    it(model, () => deepEqual(modelLimits(model), { contextTokens, maxOutputTokens }));
});

describe("prices", () => {
  const million = { inputTokens: 1e6, outputTokens: 1e6, cacheReadTokens: 1e6, cacheWriteTokens: 1e6 };
  for (const [model, usd] of [
    ["claude-opus-5-5", 4 + 20 + 0.2 + 5],
    ["claude-sonnet-5-5", 2 + 10 + 0.1 + 2.5],
    ["claude-sonnet-4-5-20250929", 3 + 15 + 0.3 + 3.75],
    ["claude-opus-4-1-20250805", 15 + 75 + 1.5 + 18.75],
    ["claude-haiku-5-5", 0.5 + 2.5 + 0.05 + 0.625],
    ["claude-opus-5-9", 0],
    ["gpt", 0],
  ] as const)
    it(`${model} costs ${usd} for a million of each`, () => equal(costOf(model, million).toFixed(6), usd.toFixed(6)));

  it("haiku is cheaper up to 100,000 tokens of prompt, cached ones counted", () => {
    const short = { inputTokens: 40_000, outputTokens: 0, cacheReadTokens: 60_000, cacheWriteTokens: 0 };
    equal(costOf("claude-haiku-5-5", short).toFixed(6), "0.004600");
    equal(costOf("claude-haiku-5-5", { ...short, cacheReadTokens: 60_001 }).toFixed(6), "0.023000");
  });

  it("a table of one's own replaces ours", () => {
    const prices = [{ pattern: /^mine$/u, price: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } }];
    equal(costOf("mine", million, prices), 10);
    equal(hasPrice("claude-opus-5-5", prices), false);
    deepEqual(priceOf("mine", prices), prices[0]?.price);
  });

  it("an unknown model is marked, and the table is dated", () => {
    equal(hasPrice("gpt"), false);
    equal(priceOf("gpt"), undefined);
    equal(Number.isNaN(Date.parse(PRICES_DATE)), false);
  });
});
